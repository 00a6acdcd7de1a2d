/** Distances on a sphere (4.10, 4.23.1): "calculating spherical distance using the Haversine formula". */

import type { Geometry } from './ast.ts'
import { type Edges, type Part, pairsOf, tooManyPairs, wholeOf } from './geometry-edges.ts'
import { intersects } from './geometry-relate.ts'
import { shapeOf } from './geometry-shape.ts'

/** Mean radius of the Earth (IUGG), metres. */
export const RADIUS = 6_371_008.8
/** Of a degree. */
export const RADIANS = Math.PI / 180

/**
 * Metres between the points of two geometries that are nearest to each other; 0 where they have one in common. Edges are
 * straight on the plane of longitude and latitude (RFC 7946, 3.1.1), and what lies on both sides of the antimeridian is
 * near. Throws TooComplexQuery where millions of edges would have to be compared.
 */
export function distanceBetween(a: Geometry, b: Geometry): number {
  if (a.type === 'Point' && b.type === 'Point') {
    const [ax, ay] = a.coordinates as readonly [number, number]
    const [bx, by] = b.coordinates as readonly [number, number]
    return metresOf(haversine(ax, ay, bx, by))
  }
  const [one, other] = [shapeOf(a), shapeOf(b)]
  return intersects(one, other) ? 0 : metresOf(nearest(one.edges, other.edges))
}

/** Of the square of half the chord. */
function metresOf(square: number): number {
  return 2 * RADIUS * Math.asin(Math.min(1, Math.sqrt(square)))
}

/** The square of half the chord between two places of a sphere with radius 1: the larger, the further. */
function haversine(ax: number, ay: number, bx: number, by: number): number {
  const along = Math.sin(((by - ay) * RADIANS) / 2)
  const across = Math.sin(((eastOf(bx) - eastOf(ax)) * RADIANS) / 2)
  return along * along + widthAt(ay) * widthAt(by) * across * across
}

/** One longitude for the antimeridian: what is the same place is as far to the last bit, so that further keys order it. */
function eastOf(longitude: number): number {
  return longitude === -180 ? 180 : longitude
}

/** Of a parallel, for the equator's 1. A pole has one place. */
function widthAt(latitude: number): number {
  return Math.abs(latitude) === 90 ? 0 : Math.cos(latitude * RADIANS)
}

/** Pairs of edges whose distance is computed, up to a second. Only geometries made for it have more. */
const MOST_PAIRS = 1 << 19

interface Search {
  readonly a: Edges
  readonly b: Edges
  /** The least that has been found. */
  least: number
  left: number
}

function nearest(a: Edges, b: Edges): number {
  const search: Search = { a, b, least: Number.POSITIVE_INFINITY, left: MOST_PAIRS }
  searchParts(search, wholeOf(a), wholeOf(b))
  return search.least
}

/** The nearer pair first: what it has makes most of the other needless. */
function searchParts(search: Search, a: Part, b: Part): void {
  if (boundBetween(search, a, b) >= search.least) return
  const pairs = pairsOf(a, b)
  if (pairs === undefined) {
    searchLeaves(search, a, b)
    return
  }
  const [one, other] = pairs
  const [nearer, further] = boundBetween(search, ...one) <= boundBetween(search, ...other) ? [one, other] : [other, one]
  searchParts(search, ...nearer)
  searchParts(search, ...further)
}

function boundBetween({ a, b }: Search, { node: nodeA }: Part, { node: nodeB }: Part): number {
  return boundOf(a.boxes, 4 * nodeA, b.boxes, 4 * nodeB)
}

/** Nothing in one box is nearer to anything in the other. */
function boundOf(a: ArrayLike<number>, i: number, b: ArrayLike<number>, j: number): number {
  const [westA, southA, eastA, northA] = [a[i] as number, a[i + 1] as number, a[i + 2] as number, a[i + 3] as number]
  const [westB, southB, eastB, northB] = [b[j] as number, b[j + 1] as number, b[j + 2] as number, b[j + 3] as number]
  const along = Math.max(0, southA - northB, southB - northA)
  const across = Math.max(0, Math.min(Math.max(westA - eastB, westB - eastA), gapAround(westA, eastA, westB, eastB)))
  const [sineAlong, sineAcross] = [Math.sin((along * RADIANS) / 2), Math.sin((across * RADIANS) / 2)]
  const poleward = Math.cos(Math.max(-southA, northA) * RADIANS) * Math.cos(Math.max(-southB, northB) * RADIANS)
  return sineAlong * sineAlong + Math.max(0, poleward) * sineAcross * sineAcross
}

/** Degrees of longitude between two ranges, across the antimeridian. */
function gapAround(westA: number, eastA: number, westB: number, eastB: number): number {
  return 360 - (Math.max(eastA, eastB) - Math.min(westA, westB))
}

function searchLeaves(search: Search, { first: firstA, end: endA }: Part, { first: firstB, end: endB }: Part): void {
  const { a, b } = search
  for (let i = firstA; i < endA; i++) {
    const box = boxOfEdge(a.ends, 4 * i)
    for (let j = firstB; j < endB; j++) {
      if (boundOf(box, 0, boxOfEdge(b.ends, 4 * j), 0) >= search.least) continue
      if (--search.left < 0) throw tooManyPairs()
      search.least = Math.min(search.least, edgeDistance(a.ends, 4 * i, b.ends, 4 * j))
    }
  }
}

function boxOfEdge(ends: Float64Array, i: number): readonly number[] {
  const [ax, ay, bx, by] = [ends[i] as number, ends[i + 1] as number, ends[i + 2] as number, ends[i + 3] as number]
  return [Math.min(ax, bx), Math.min(ay, by), Math.max(ax, bx), Math.max(ay, by)]
}

/** Edges that do not cross are nearest at an end of one of them. */
function edgeDistance(a: Float64Array, i: number, b: Float64Array, j: number): number {
  return Math.min(
    toEdge(a[i] as number, a[i + 1] as number, b, j),
    toEdge(a[i + 2] as number, a[i + 3] as number, b, j),
    toEdge(b[j] as number, b[j + 1] as number, a, i),
    toEdge(b[j + 2] as number, b[j + 3] as number, a, i),
  )
}

/** From a place to the nearest of an edge. */
function toEdge(x: number, y: number, ends: Float64Array, i: number): number {
  const ax = ends[i] as number
  const ay = ends[i + 1] as number
  const bx = ends[i + 2] as number
  const by = ends[i + 3] as number
  if (ax === bx && ay === by) return haversine(x, y, ax, ay)
  let least = Number.POSITIVE_INFINITY
  // The whole turn by which the edge, or a part of it, is on the same side of the Earth as the place.
  for (let turn = -360; turn <= 360; turn += 360) {
    const west = Math.min(ax, bx) - x + turn
    const east = Math.max(ax, bx) - x + turn
    if (west > 180 || east < -180) continue
    const line = { x: ax + turn - x, y: ay, dx: bx - ax, dy: by - ay, placeY: y }
    least = Math.min(least, toLine(line, ...partNear(line)))
  }
  return least
}

/** Places by their share of the way, with longitudes from that of the place that the distance is from. */
interface Line {
  readonly x: number
  readonly y: number
  readonly dx: number
  readonly dy: number
  /** Latitude of the place. */
  readonly placeY: number
}

/** The shares between which a line is less than half a turn away. */
function partNear({ x, dx }: Line): readonly [number, number] {
  if (dx === 0) return [0, 1]
  const [one, other] = [(-180 - x) / dx, (180 - x) / dx]
  return [clamp(Math.min(one, other), 0, 1), clamp(Math.max(one, other), 0, 1)]
}

/** Degrees of a line on which there is no more than one nearest place. */
const PIECE = 5

function toLine(line: Line, first: number, last: number): number {
  const pieces = Math.ceil(((last - first) * Math.max(Math.abs(line.dx), Math.abs(line.dy))) / PIECE)
  if (pieces <= 1) return toPiece(line, first, last)
  let least = Number.POSITIVE_INFINITY
  const step = (last - first) / pieces
  for (let i = 0; i < pieces; i++) least = Math.min(least, toPiece(line, first + i * step, first + (i + 1) * step))
  return least
}

function distanceAt({ x, y, dx, dy, placeY }: Line, share: number): number {
  return haversine(0, placeY, x + share * dx, y + share * dy)
}

/** Newton's method on the slope of the distance, from the nearest place of a plane. */
function toPiece(line: Line, first: number, last: number): number {
  let share = clamp(shareOnPlane(line), first, last)
  for (let i = 0; i < 3; i++) {
    const step = newtonStep(line, share)
    if (step === 0) break
    share = clamp(share - step, first, last)
  }
  return Math.min(distanceAt(line, share), distanceAt(line, first), distanceAt(line, last))
}

function clamp(value: number, least: number, most: number): number {
  return Math.max(least, Math.min(most, value))
}

/** On a plane where a degree of longitude is as long as half way between the place and the line. */
function shareOnPlane({ x, y, dx, dy, placeY }: Line): number {
  const scale = Math.cos(((y + dy / 2 + placeY) / 2) * RADIANS)
  const [sx, sdx] = [x * scale, dx * scale]
  const length = sdx * sdx + dy * dy
  return length === 0 ? 0 : -(sx * sdx + (y - placeY) * dy) / length
}

/** The first derivative of {@link distanceAt} by its second one; 0 where the line is not curved towards the place. */
function newtonStep({ x, y, dx, dy, placeY }: Line, share: number): number {
  const [px, py] = [dx * RADIANS, dy * RADIANS]
  const longitude = (x + share * dx) * RADIANS
  const latitude = (y + share * dy) * RADIANS
  const along = latitude - placeY * RADIANS
  const [sine, cosine, placeCosine] = [Math.sin(latitude), Math.cos(latitude), Math.cos(placeY * RADIANS)]
  const half = Math.sin(longitude / 2) ** 2
  const first =
    (Math.sin(along) * py) / 2 - placeCosine * sine * py * half + (placeCosine * cosine * Math.sin(longitude) * px) / 2
  const second =
    (Math.cos(along) * py * py) / 2 -
    placeCosine * cosine * py * py * half -
    placeCosine * sine * py * Math.sin(longitude) * px +
    (placeCosine * cosine * Math.cos(longitude) * px * px) / 2
  return second > 0 ? first / second : 0
}
