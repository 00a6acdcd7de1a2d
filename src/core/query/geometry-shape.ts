/** Geometries as they are computed with. */

import type { Geometry } from './ast.ts'
import { type Edges, edgesOf, isBetween, LEAF, visitPlace } from './geometry-edges.ts'
import { orientation } from './geometry-orientation.ts'

type Position = readonly number[]
type Line = readonly Position[]
type Rings = readonly Line[]

export interface Shape {
  /** Of points, of lines, of areas. */
  readonly dimension: 0 | 1 | 2
  /** All of them: of an area its boundary. */
  readonly edges: Edges
  /** The edges of each polygon of an area. */
  readonly polygons: readonly Edges[]
  /** The boxes of the polygons, as edges from corner to corner. */
  readonly polygonBoxes: Edges
  /** A place on each point, line and ring: longitude and latitude, one after the other. */
  readonly starts: readonly number[]
}

const known = new WeakMap<Geometry, Shape>()

/** Remembered for as long as the geometry is: that of a query is compared with many. */
export function shapeOf(geometry: Geometry): Shape {
  const shape = known.get(geometry)
  if (shape !== undefined) return shape
  const made = makeShape(geometry)
  known.set(geometry, made)
  return made
}

function makeShape({ type, coordinates }: Geometry): Shape {
  switch (type) {
    case 'Point':
      return shape(0, [[coordinates as Position]])
    case 'MultiPoint':
      return shape(
        0,
        (coordinates as Line).map((position) => [position]),
      )
    case 'LineString':
      return shape(1, [coordinates as Line])
    case 'MultiLineString':
      return shape(1, coordinates as Rings)
    case 'Polygon':
      return areaShape([coordinates as Rings])
    case 'MultiPolygon':
      return areaShape(coordinates as readonly Rings[])
  }
}

function shape(dimension: 0 | 1 | 2, lines: readonly Line[]): Shape {
  return { dimension, edges: edgesOf(endsOf(lines)), polygons: [], polygonBoxes: NO_EDGES, starts: startsOf(lines) }
}

const NO_EDGES = edgesOf(new Float64Array())

function areaShape(polygons: readonly Rings[]): Shape {
  const all = shape(2, polygons.flat())
  if (polygons.length === 1) return { ...all, polygons: [all.edges], polygonBoxes: boxesOf([all.edges]) }
  const edges = polygons.map((rings) => edgesOf(endsOf(rings)))
  return { ...all, polygons: edges, polygonBoxes: boxesOf(edges) }
}

function boxesOf(polygons: readonly Edges[]): Edges {
  return edgesOf(Float64Array.from(polygons.flatMap(({ boxes }) => [...boxes.subarray(0, 4)])))
}

function startsOf(lines: readonly Line[]): readonly number[] {
  return lines.flatMap(([[x = 0, y = 0] = []]) => [x, y])
}

/** An edge without length is left out where the line has others. */
function endsOf(lines: readonly Line[]): Float64Array {
  const ends: number[] = []
  for (const line of lines) {
    const before = ends.length
    let [ax = 0, ay = 0] = line[0] ?? []
    for (const [x = 0, y = 0] of line) {
      if (x !== ax || y !== ay) ends.push(ax, ay, x, y)
      ax = x
      ay = y
    }
    if (ends.length === before) ends.push(ax, ay, ax, ay)
  }
  return Float64Array.from(ends)
}

/** Where a place is, as OGC simple features have it: the boundary is no part of the interior. */
export type Location = 'interior' | 'boundary' | 'exterior'

/**
 * The location of a place in an area. Where rings cross, which RFC 7946 forbids, what is inside of an odd number of rings
 * of a polygon is inside of it.
 */
export function locate({ polygons, polygonBoxes }: Shape, x: number, y: number): Location {
  let found: Location = 'exterior'
  visitPlace(polygonBoxes, x, y, (number) => {
    const location = locateInPolygon(polygons[number] as Edges, x, y)
    if (location !== 'exterior') found = location
    return location === 'interior'
  })
  return found
}

/** By the edges that a ray to the east crosses. */
function locateInPolygon(edges: Edges, x: number, y: number): Location {
  const crossed = countCrossed(edges, 0, 0, edges.count, x, y)
  if (crossed === ON_EDGE) return 'boundary'
  return crossed % 2 === 1 ? 'interior' : 'exterior'
}

const ON_EDGE = -1

function countCrossed(edges: Edges, node: number, first: number, end: number, x: number, y: number): number {
  const { boxes } = edges
  const box = 4 * node
  if ((boxes[box + 1] as number) > y || (boxes[box + 3] as number) < y || (boxes[box + 2] as number) < x) return 0
  if (end - first <= LEAF) return countCrossedIn(edges.ends, first, end, x, y)
  const middle = (first + end) >> 1
  const left = countCrossed(edges, 2 * node + 1, first, middle, x, y)
  if (left === ON_EDGE) return ON_EDGE
  const right = countCrossed(edges, 2 * node + 2, middle, end, x, y)
  return right === ON_EDGE ? ON_EDGE : left + right
}

function countCrossedIn(ends: Float64Array, first: number, end: number, x: number, y: number): number {
  let crossed = 0
  for (let i = 4 * first; i < 4 * end; i += 4) {
    const ax = ends[i] as number
    const ay = ends[i + 1] as number
    const bx = ends[i + 2] as number
    const by = ends[i + 3] as number
    if ((ay > y && by > y) || (ay < y && by < y) || (ax < x && bx < x)) continue
    const side = orientation(ax, ay, bx, by, x, y)
    if (side === 0 && isBetween(x, y, ax, ay, bx, by)) return ON_EDGE
    // The lower end of an edge belongs to it, the upper one does not: where two meet, the ray crosses one of them or none.
    if (ay > y !== by > y && side > 0 === by > ay) crossed++
  }
  return crossed
}
