/** Boxes of longitude and latitude around geometries: what a spatial index looks for before anything exact is computed. */

import type { Geometry, GeoQuery } from './ast.ts'

/** In degrees; west is never east of east. */
export interface Box {
  readonly west: number
  readonly south: number
  readonly east: number
  readonly north: number
}

/** Metres of a degree of latitude on the sphere that distances are computed on, a little less, so that nothing is missed. */
const METRES_OF_DEGREE = 111_000

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
