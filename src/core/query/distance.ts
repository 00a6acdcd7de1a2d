/** Distances on a sphere (4.10, 4.23.1): "calculating spherical distance using the Haversine formula". */

import type { Geometry } from './ast.ts'
import { covers, segmentsCross } from './planar.ts'

/** Longitude and latitude in degrees. */
export type Position = readonly [longitude: number, latitude: number]
type Segment = readonly [Position, Position]

/** Mean radius of the Earth, metres. */
const RADIUS = 6_371_008.8
const RADIANS = Math.PI / 180

/** Metres. */
export function haversine([a, b]: Position, [c, d]: Position): number {
  const across = Math.sin(((c - a) * RADIANS) / 2)
  const along = Math.sin(((d - b) * RADIANS) / 2)
  const square = along * along + Math.cos(b * RADIANS) * Math.cos(d * RADIANS) * across * across
  return 2 * RADIUS * Math.asin(Math.min(1, Math.sqrt(square)))
}

/** Metres between the two points of two geometries that are nearest to each other; 0 where they have one in common. */
export function distanceBetween(a: Geometry, b: Geometry): number {
  if (a.type === 'Point' && b.type === 'Point') return haversine(positionOf(a), positionOf(b))
  const parts = [partsOf(a), partsOf(b)] as const
  if (isInside(parts[0], b) || isInside(parts[1], a)) return 0
  let least = Number.POSITIVE_INFINITY
  for (const one of parts[0]) {
    for (const other of parts[1]) least = Math.min(least, segmentDistance(one, other))
    if (least === 0) return 0
  }
  return least
}

function positionOf({ coordinates }: Geometry): Position {
  return coordinates as unknown as Position
}

/** A point is a segment that ends where it begins. */
function partsOf({ coordinates }: Geometry): readonly Segment[] {
  const [first] = coordinates
  if (typeof first === 'number') return [[coordinates as unknown as Position, coordinates as unknown as Position]]
  const inner = coordinates as readonly (readonly unknown[])[]
  if (typeof inner[0]?.[0] !== 'number') return inner.flatMap((part) => partsOf({ type: 'Point', coordinates: part }))
  return segmentsOf(inner as unknown as readonly Position[])
}

function segmentsOf(line: readonly Position[]): readonly Segment[] {
  return line.map((position, i): Segment => [line[i - 1] ?? position, position])
}

/** Whether a part of one lies in an area of the other: the first is enough where no edges cross. */
function isInside(parts: readonly Segment[], { type, coordinates }: Geometry): boolean {
  if (type !== 'Polygon' && type !== 'MultiPolygon') return false
  const polygons = (type === 'Polygon' ? [coordinates] : coordinates) as readonly (readonly (readonly Position[])[])[]
  return polygons.some((polygon) => parts.some(([position]) => covers(polygon, position)))
}

/** Metres. On a plane around the places, which between near ones is the sphere; between far ones, by their ends and middles. */
function segmentDistance([a, b]: Segment, [c, d]: Segment): number {
  if (segmentsCross(a, b, nearTo(a, c), nearTo(a, d))) return 0
  return Math.min(
    pointDistance(a, [c, d]),
    pointDistance(b, [c, d]),
    pointDistance(c, [a, b]),
    pointDistance(d, [a, b]),
  )
}

/** Metres between a point and the nearest point of a segment. */
function pointDistance(point: Position, [start, end]: Segment): number {
  if (start[0] === end[0] && start[1] === end[1]) return haversine(point, start)
  const a = nearTo(point, start)
  const b = nearTo(point, end)
  let nearest = closest(point, a, b)
  // The plane is that around the nearest point found so far: a second look is enough.
  nearest = closest(point, a, b, nearest[1])
  return haversine(point, nearest)
}

/** The point of a segment that is nearest on a plane where a degree of longitude is as long as at a latitude. */
function closest(point: Position, a: Position, b: Position, latitude = point[1]): Position {
  const scale = Math.cos(((latitude + point[1]) / 2) * RADIANS)
  const [x, y] = [(b[0] - a[0]) * scale, b[1] - a[1]]
  const square = x * x + y * y
  if (square === 0) return a
  const share = ((point[0] - a[0]) * scale * x + (point[1] - a[1]) * y) / square
  const part = Math.min(1, Math.max(0, share))
  return [a[0] + (b[0] - a[0]) * part, a[1] + (b[1] - a[1]) * part]
}

/** The same place with a longitude at most 180 degrees from that of another: across the antimeridian where that is nearer. */
function nearTo([longitude]: Position, position: Position): Position {
  const difference = position[0] - longitude
  if (difference > 180) return [position[0] - 360, position[1]]
  return difference < -180 ? [position[0] + 360, position[1]] : position
}
