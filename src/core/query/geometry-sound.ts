/** Which geometries JTS has an answer for, and in a time that can be waited for. */

import type { Geometry } from './ast.ts'
import { contactOf, type Edges, visitPairs } from './geometry-edges.ts'
import { isJtsArea } from './geometry-jts.ts'
import { type Shape, shapeOf } from './geometry-shape.ts'

const known = new WeakMap<Geometry, boolean>()

/**
 * Whether no rings of an area cross; so it is with everything that is no area. Rings that cross are no polygons of OGC
 * simple features, but what is stored may have them.
 */
export function isSound(geometry: Geometry): boolean {
  const before = known.get(geometry)
  if (before !== undefined) return before
  const shape = shapeOf(geometry)
  const sound = shape.dimension !== 2 || isSoundArea(geometry, shape)
  known.set(geometry, sound)
  return sound
}

function isSoundArea(geometry: Geometry, shape: Shape): boolean {
  switch (ownContact(shape)) {
    case 'none':
      return true
    case 'cross':
      return false
    case 'touch':
      // A hole may touch its shell, and a polygon another one, as long as they do not cross there: JTS finds out.
      return !isTooMuch(shape.edges) && isJtsArea(geometry)
  }
}

/** How edges meet otherwise than one with the next. */
function ownContact({ edges }: Shape): 'none' | 'touch' | 'cross' {
  let touched = false
  let corners = 0
  const crossed = visitPairs(edges, edges, (i, j) => {
    const contact = contactOf(edges.ends, i, edges.ends, j)
    if (contact === 'touch' && isCorner(edges.ends, 4 * i, 4 * j)) corners++
    else if (contact === 'touch') touched = true
    return contact === 'cross'
  })
  if (crossed) return 'cross'
  // In rings that touch nothing each edge has one corner with the next.
  return touched || corners !== edges.count ? 'touch' : 'none'
}

/** Whether two edges have one end in common; where one lies on the other, those that follow touch them otherwise. */
function isCorner(ends: Float64Array, i: number, j: number): boolean {
  return SAME_ENDS.filter(([a, b]) => ends[i + a] === ends[j + b] && ends[i + a + 1] === ends[j + b + 1]).length === 1
}

/** Where an end of an edge begins that may be the same as one of the other edge. */
const SAME_ENDS = [
  [0, 0],
  [0, 2],
  [2, 0],
  [2, 2],
] as const

/** Pairs of edges above one another for which JTS takes up to a second: it looks at all of them. */
const MOST_PAIRS = 5_000_000
/** Edges that cannot have so many. */
const FEW_EDGES = 3_000

/** Whether JTS would take too long for the edges of a geometry, or for those of two together. */
export function isTooMuch(...all: readonly Edges[]): boolean {
  const count = all.reduce((sum, edges) => sum + edges.count, 0)
  if (count <= FEW_EDGES) return false
  const west = new Float64Array(count)
  const east = new Float64Array(count)
  let next = 0
  for (const { ends, count: own } of all) {
    for (let i = 0; i < 4 * own; i += 4) {
      west[next] = Math.min(ends[i] as number, ends[i + 2] as number)
      east[next++] = Math.max(ends[i] as number, ends[i + 2] as number)
    }
  }
  return overlaps(west.sort(), east.sort()) > MOST_PAIRS
}

/** How many pairs of ranges overlap: with each that begins, those that have not ended yet. */
function overlaps(begins: Float64Array, ends: Float64Array): number {
  let pairs = 0
  let ended = 0
  for (let i = 0; i < begins.length; i++) {
    while ((ends[ended] as number) < (begins[i] as number)) ended++
    pairs += i - ended
  }
  return pairs
}
