/** Boxes of longitude and latitude around geometries: what a spatial index looks for before anything exact is computed. */

import type { Geometry, GeoQuery } from './ast.ts'
import { RADIANS, RADIUS } from './distance.ts'

/** In degrees; west is never east of east. */
export interface Box {
  readonly west: number
  readonly south: number
  readonly east: number
  readonly north: number
}

/** Metres of a degree of latitude on the sphere that distances are computed on, a little less, so that nothing is missed. */
const METRES_OF_DEGREE = 111_000

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

/** The box of a geometry. */
export function boundsOf({ coordinates }: Geometry): Box {
  const box = { west: 180, south: 90, east: -180, north: -90 }
  extend(box, coordinates)
  return box
}

function extend(
  box: { west: number; south: number; east: number; north: number },
  coordinates: readonly unknown[],
): void {
  const [longitude, latitude] = coordinates
  if (typeof longitude === 'number' && typeof latitude === 'number') {
    box.west = Math.min(box.west, longitude)
    box.east = Math.max(box.east, longitude)
    box.south = Math.min(box.south, latitude)
    box.north = Math.max(box.north, latitude)
    return
  }
  for (const inner of coordinates) extend(box, inner as readonly unknown[])
}

/** Boxes in one of which every geometry that matches has a part; undefined where it may be anywhere. */
export function searchBoxes({ relation, geometry }: GeoQuery): readonly Box[] | undefined {
  switch (relation.kind) {
    case 'disjoint':
    case 'minDistance':
      return undefined
    case 'maxDistance':
      return boxesWithin(boundsOf(geometry), relation.metres)
    default:
      return [boundsOf(geometry)]
  }
}

/** The places that are at most so many metres from a box: two boxes where they lie on both sides of the antimeridian. */
export function boxesWithin({ west, south, east, north }: Box, metres: number): readonly Box[] {
  const up = metres / METRES_OF_DEGREE
  const low = south - up
  const high = north + up
  const pole = Math.max(Math.abs(low), Math.abs(high))
  // Nearer to a pole than the distance, all meridians are near.
  const across = pole >= 90 ? 360 : up / Math.cos((pole * Math.PI) / 180)
  const rows = { south: Math.max(low, -90), north: Math.min(high, 90) }
  if (east - west + 2 * across >= 360) return [{ ...rows, west: -180, east: 180 }]
  const left = west - across
  const right = east + across
  // The antimeridian itself has two numbers.
  if (left <= -180) {
    return [
      { ...rows, west: -180, east: right },
      { ...rows, west: left + 360, east: 180 },
    ]
  }
  if (right >= 180) {
    return [
      { ...rows, west: left, east: 180 },
      { ...rows, west: -180, east: right - 360 },
    ]
  }
  return [{ ...rows, west: left, east: right }]
}

/** Metres for which a disc on the plane is nearly one on the sphere, and of which the squares are numbers. */
const FLAT = { least: 0.001, most: 50_000 }
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
