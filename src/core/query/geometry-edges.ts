/** The edges of geometries in a tree of boxes, in which those that lie near something are found without looking at all. */

import { Problem } from '../model/problems.ts'
import { orientation } from './geometry-orientation.ts'

/** A point is an edge that ends where it begins. Degrees of longitude and latitude. */
export interface Edges {
  readonly count: number
  /** ax, ay, bx and by of each. */
  readonly ends: Float64Array
  /** Which it was before they were sorted. */
  readonly numbers: Uint32Array
  /** west, south, east and north of each node of a binary tree, in the order of a heap: children of n are 2n+1 and 2n+2. */
  readonly boxes: Float64Array
}

/** Edges that a leaf has at most. */
export const LEAF = 8
/** Pairs of edges that are looked at in less than a second. Only geometries made for it have more. */
const MOST_PAIRS = 1 << 23
/** Bits of the places along the curve that edges are sorted by, for each axis, and of their numbers: 53 together. */
const CURVE_BITS = 16
const NUMBER_RANGE = 2 ** 21

/** `ends`: as in {@link Edges}, in any order. */
export function edgesOf(ends: Float64Array): Edges {
  const count = ends.length / 4
  const numbers =
    count <= LEAF || count > NUMBER_RANGE ? Uint32Array.from({ length: count }, (_, i) => i) : alongCurve(ends)
  const sorted = new Float64Array(ends.length)
  for (let i = 0; i < count; i++)
    for (let k = 0; k < 4; k++) sorted[4 * i + k] = at(ends, 4 * (numbers[i] as number) + k)
  let size = 1
  for (let range = count; range > LEAF; range = (range + 1) >> 1) size = 2 * size + 1
  const edges = { count, ends: sorted, numbers, boxes: new Float64Array(4 * size) }
  fillBoxes(edges, 0, 0, count)
  return edges
}

/** Their numbers along a Z-order curve: what is near each other on it lies near each other. */
function alongCurve(ends: Float64Array): Uint32Array {
  const keys = new Float64Array(ends.length / 4)
  for (let i = 0; i < keys.length; i++) {
    const x = (at(ends, 4 * i) + at(ends, 4 * i + 2) + 360) / 720
    const y = (at(ends, 4 * i + 1) + at(ends, 4 * i + 3) + 180) / 360
    keys[i] = (spread(x) + 2 * spread(y)) * NUMBER_RANGE + i
  }
  return Uint32Array.from(keys.sort(), (key) => key % NUMBER_RANGE)
}

/** A share of an axis as bits with a gap after each. */
function spread(share: number): number {
  let bits = Math.min(2 ** CURVE_BITS - 1, Math.max(0, Math.floor(share * 2 ** CURVE_BITS)))
  bits = (bits | (bits << 8)) & 0x00ff00ff
  bits = (bits | (bits << 4)) & 0x0f0f0f0f
  bits = (bits | (bits << 2)) & 0x33333333
  return (bits | (bits << 1)) & 0x55555555
}

function at(numbers: Float64Array, i: number): number {
  return numbers[i] as number
}

function fillBoxes(edges: Edges, node: number, first: number, end: number): void {
  if (end - first <= LEAF) {
    writeBox(edges.boxes, node, edges.ends, 2 * first, 2 * end)
    return
  }
  const middle = (first + end) >> 1
  fillBoxes(edges, 2 * node + 1, first, middle)
  fillBoxes(edges, 2 * node + 2, middle, end)
  writeBox(edges.boxes, node, edges.boxes, 4 * node + 2, 4 * node + 6)
}

/** The box of the positions from one to another. */
function writeBox(boxes: Float64Array, node: number, positions: Float64Array, first: number, end: number): void {
  let [west, south, east, north] = [Infinity, Infinity, -Infinity, -Infinity]
  for (let i = first; i < end; i++) {
    const x = at(positions, 2 * i)
    const y = at(positions, 2 * i + 1)
    if (x < west) west = x
    if (x > east) east = x
    if (y < south) south = y
    if (y > north) north = y
  }
  boxes.set([west, south, east, north], 4 * node)
}

/** How two edges lie: a crossing of their inner points, another place in common, or none. */
type Contact = 'none' | 'touch' | 'cross'

/** Of edge `i` of `a` and edge `j` of `b`, four numbers each. */
export function contactOf(a: Float64Array, i: number, b: Float64Array, j: number): Contact {
  const ax = at(a, 4 * i)
  const ay = at(a, 4 * i + 1)
  const bx = at(a, 4 * i + 2)
  const by = at(a, 4 * i + 3)
  const cx = at(b, 4 * j)
  const cy = at(b, 4 * j + 1)
  const dx = at(b, 4 * j + 2)
  const dy = at(b, 4 * j + 3)
  const p = orientation(ax, ay, bx, by, cx, cy)
  const q = orientation(ax, ay, bx, by, dx, dy)
  if ((p > 0 && q > 0) || (p < 0 && q < 0)) return 'none'
  const r = orientation(cx, cy, dx, dy, ax, ay)
  const s = orientation(cx, cy, dx, dy, bx, by)
  if ((r > 0 && s > 0) || (r < 0 && s < 0)) return 'none'
  if (p !== 0 && q !== 0 && r !== 0 && s !== 0) return 'cross'
  const touch =
    (p === 0 && isBetween(cx, cy, ax, ay, bx, by)) ||
    (q === 0 && isBetween(dx, dy, ax, ay, bx, by)) ||
    (r === 0 && isBetween(ax, ay, cx, cy, dx, dy)) ||
    (s === 0 && isBetween(bx, by, cx, cy, dx, dy))
  return touch ? 'touch' : 'none'
}

/** Whether a place on the line through two others lies between them, or is one of them. */
export function isBetween(x: number, y: number, ax: number, ay: number, bx: number, by: number): boolean {
  return (ax < bx ? ax <= x && x <= bx : bx <= x && x <= ax) && (ay < by ? ay <= y && y <= by : by <= y && y <= ay)
}

/** A node of a tree, and the edges below it. */
export interface Part {
  readonly node: number
  readonly first: number
  readonly end: number
}

/** All edges of a tree. */
export function wholeOf({ count }: Edges): Part {
  return { node: 0, first: 0, end: count }
}

function isLeaf({ first, end }: Part): boolean {
  return end - first <= LEAF
}

function halvesOf({ node, first, end }: Part): readonly [Part, Part] {
  const middle = (first + end) >> 1
  return [
    { node: 2 * node + 1, first, end: middle },
    { node: 2 * node + 2, first: middle, end },
  ]
}

type PairOfParts = readonly [Part, Part]

/** The two pairs that a pair of parts is searched as, the larger one halved; undefined where both are leaves. */
export function pairsOf(a: Part, b: Part): readonly [PairOfParts, PairOfParts] | undefined {
  if (isLeaf(a) && isLeaf(b)) return undefined
  if (a.end - a.first >= b.end - b.first) {
    const [left, right] = halvesOf(a)
    return [
      [left, b],
      [right, b],
    ]
  }
  const [left, right] = halvesOf(b)
  return [
    [a, left],
    [a, right],
  ]
}

/** Called for pairs of edges whose boxes overlap, by their numbers; returns true to end the search. */
type Visit = (i: number, j: number) => boolean

/**
 * Visits all pairs of edges, one of each, that may have a place in common; pairs of a tree with itself once each, none
 * with itself. Returns whether the search was ended. Throws TooComplexQuery where there are millions of them.
 */
export function visitPairs(a: Edges, b: Edges, visit: Visit): boolean {
  if (a.count === 0 || b.count === 0) return false
  const search = { a, b, visit, left: MOST_PAIRS }
  return a === b ? searchWithin(search, wholeOf(a)) : searchParts(search, wholeOf(a), wholeOf(b))
}

interface Search {
  readonly a: Edges
  readonly b: Edges
  readonly visit: Visit
  left: number
}

function searchWithin(search: Search, part: Part): boolean {
  if (isLeaf(part)) return searchLeaves(search, part, part)
  const [left, right] = halvesOf(part)
  return searchWithin(search, left) || searchWithin(search, right) || searchParts(search, left, right)
}

function searchParts(search: Search, a: Part, b: Part): boolean {
  if (!boxesOverlap(search.a.boxes, 4 * a.node, search.b.boxes, 4 * b.node)) return false
  const pairs = pairsOf(a, b)
  if (pairs === undefined) return searchLeaves(search, a, b)
  return pairs.some(([one, other]) => searchParts(search, one, other))
}

function boxesOverlap(a: Float64Array, i: number, b: Float64Array, j: number): boolean {
  return (
    at(a, i) <= at(b, j + 2) && at(b, j) <= at(a, i + 2) && at(a, i + 1) <= at(b, j + 3) && at(b, j + 1) <= at(a, i + 3)
  )
}

function searchLeaves(search: Search, { first: firstA, end: endA }: Part, { first: firstB, end: endB }: Part): boolean {
  const { a, b, visit } = search
  search.left -= (endA - firstA) * (endB - firstB)
  if (search.left < 0) throw tooManyPairs()
  const same = a === b && firstA === firstB
  for (let i = firstA; i < endA; i++) {
    for (let j = same ? i + 1 : firstB; j < endB; j++) {
      if (edgesOverlap(a.ends, 4 * i, b.ends, 4 * j) && visit(i, j)) return true
    }
  }
  return false
}

function edgesOverlap(a: Float64Array, i: number, b: Float64Array, j: number): boolean {
  return (
    rangesOverlap(at(a, i), at(a, i + 2), at(b, j), at(b, j + 2)) &&
    rangesOverlap(at(a, i + 1), at(a, i + 3), at(b, j + 1), at(b, j + 3))
  )
}

function rangesOverlap(a: number, b: number, c: number, d: number): boolean {
  return Math.min(a, b) <= Math.max(c, d) && Math.min(c, d) <= Math.max(a, b)
}

/** Visits the edges in whose box a place is, by the number they had before they were sorted, until one returns true. */
export function visitPlace(edges: Edges, x: number, y: number, visit: (number: number) => boolean): void {
  if (edges.count > 0) searchPlace(edges, x, y, visit, 0, 0, edges.count)
}

function searchPlace(
  edges: Edges,
  x: number,
  y: number,
  visit: (number: number) => boolean,
  node: number,
  first: number,
  end: number,
): boolean {
  const { boxes, ends, numbers } = edges
  const box = 4 * node
  if (!isBetween(x, y, at(boxes, box), at(boxes, box + 1), at(boxes, box + 2), at(boxes, box + 3))) return false
  if (end - first > LEAF) {
    const middle = (first + end) >> 1
    return (
      searchPlace(edges, x, y, visit, 2 * node + 1, first, middle) ||
      searchPlace(edges, x, y, visit, 2 * node + 2, middle, end)
    )
  }
  for (let i = first; i < end; i++) {
    const isIn = isBetween(x, y, at(ends, 4 * i), at(ends, 4 * i + 1), at(ends, 4 * i + 2), at(ends, 4 * i + 3))
    if (isIn && visit(numbers[i] as number)) return true
  }
  return false
}

export function tooManyPairs(): Problem {
  return new Problem(
    'TooComplexQuery',
    'two geometries have too many edges that lie over one another to be compared: simplify them',
  )
}
