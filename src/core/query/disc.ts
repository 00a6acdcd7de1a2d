/** What is near a point, told on the plane of longitude and latitude: cheaper than on the sphere, and in a database. */

import type { GeoQuery } from './ast.ts'
import { boundsOf, boxesWithin } from './bounds.ts'
import { RADIANS, RADIUS } from './distance.ts'

/**
 * The surroundings of a point on the plane. Of a place, take the square of its distance in latitude and `across` times
 * that in longitude, degrees, together.
 */
export interface Disc {
  readonly longitude: number
  readonly latitude: number
  readonly across: number
  /** Up to this a place is near. */
  readonly certain: number
  /** Beyond this it is not. */
  readonly possible: number
}

/**
 * Metres for which a disc on the plane is nearly one on the sphere. Of less the squares are so small that a driver of a
 * database may take them for 0.
 */
const FLAT = { least: 1, most: 50_000 }
/** Degrees from the equator; beyond, parallels soon become shorter. */
const MOST_LATITUDE = 80
/** What rounding may change, and more. */
const ROUNDING = 1e-9

/** What is near a point, where the plane is good enough to tell of nearly all places whether they are. */
export function discOf({ relation, geometry }: GeoQuery): Disc | undefined {
  if (relation.kind !== 'maxDistance' || geometry.type !== 'Point') return undefined
  if (relation.metres < FLAT.least || relation.metres > FLAT.most) return undefined
  const [longitude, latitude] = geometry.coordinates as readonly [number, number]
  const [box, other] = boxesWithin(boundsOf(geometry), relation.metres)
  if (box === undefined || other !== undefined || Math.abs(latitude) > MOST_LATITUDE) return undefined
  const widths = [box.south, box.north, ...(box.south < 0 && box.north > 0 ? [0] : [])].map(
    (parallel) => Math.cos(latitude * RADIANS) * Math.cos(parallel * RADIANS),
  )
  const widest = Math.max(...widths)
  // The haversine of the distance is at most the square on the plane, where the longest parallel of the box counts for
  // all, because no sine is larger than its angle; and with the shortest it is at least nearly that.
  const square = (2 * Math.sin(relation.metres / (2 * RADIUS))) ** 2 / RADIANS ** 2
  const half = (Math.max(box.east - box.west, box.north - box.south) / 2) * RADIANS
  const stretched = (square * widest) / Math.min(...widths) / (1 - half ** 2 / 12)
  return {
    ...{ longitude, latitude, across: widest },
    ...{ certain: square * (1 - ROUNDING), possible: stretched * (1 + ROUNDING) },
  }
}
