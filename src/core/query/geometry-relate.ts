/** The relations of 4.10 "as specified by" OGC simple features, on the plane of longitude and latitude (RFC 7946, 3.1.1). */

import type { Geometry } from './ast.ts'
import { contactOf, type Edges, edgesOf, visitPairs } from './geometry-edges.ts'
import { type JtsRelation, jtsRelate } from './geometry-jts.ts'
import { type Location, locate, type Shape, shapeOf } from './geometry-shape.ts'
import { isSound, isTooMuch } from './geometry-sound.ts'

export type Relation = 'within' | 'contains' | 'intersects' | 'equals' | 'disjoint' | 'overlaps'

/**
 * Whether a target has a relation to a reference geometry. Areas with rings that cross have an answer, too: what lies
 * inside of an odd number of rings is in them. Throws TooComplexQuery where they have millions of edges over one another.
 */
export function relate(target: Geometry, reference: Geometry, relation: Relation): boolean {
  switch (relation) {
    case 'intersects':
      return intersects(shapeOf(target), shapeOf(reference))
    case 'disjoint':
      return !intersects(shapeOf(target), shapeOf(reference))
    case 'within':
      return isWithin(target, reference)
    case 'contains':
      return isWithin(reference, target)
    case 'equals':
      return isEqual(target, reference)
    case 'overlaps':
      return overlaps(target, reference)
  }
}

/** Whether they have a place in common: edges that touch, or one has a part that lies in the other. */
export function intersects(a: Shape, b: Shape): boolean {
  if (!boxesOverlap(a.edges, b.edges)) return false
  return touches(a.edges, b.edges) || hasStartIn(a, b) || hasStartIn(b, a)
}

function boxesOverlap({ boxes: a }: Edges, { boxes: b }: Edges): boolean {
  const [westA = 0, southA = 0, eastA = 0, northA = 0] = a
  const [westB = 0, southB = 0, eastB = 0, northB = 0] = b
  return westA <= eastB && westB <= eastA && southA <= northB && southB <= northA
}

function isBoxWithin({ boxes: a }: Edges, { boxes: b }: Edges): boolean {
  const [westA = 0, southA = 0, eastA = 0, northA = 0] = a
  const [westB = 0, southB = 0, eastB = 0, northB = 0] = b
  return westB <= westA && eastA <= eastB && southB <= southA && northA <= northB
}

function touches(a: Edges, b: Edges): boolean {
  return visitPairs(a, b, (i, j) => contactOf(a.ends, i, b.ends, j) !== 'none')
}

function hasStartIn({ starts }: Shape, area: Shape): boolean {
  if (area.dimension !== 2) return false
  return somePlace(starts, (x, y) => locate(area, x, y) !== 'exterior')
}

function somePlace(places: ArrayLike<number>, test: (x: number, y: number) => boolean): boolean {
  for (let i = 0; i < places.length; i += 2) if (test(places[i] as number, places[i + 1] as number)) return true
  return false
}

/** "T*F**F***": none of it lies outside, and the interiors have a place in common. */
function isWithin(target: Geometry, reference: Geometry): boolean {
  const [inner, outer] = [shapeOf(target), shapeOf(reference)]
  if (inner.dimension > outer.dimension || !isBoxWithin(inner.edges, outer.edges)) return false
  if (outer.dimension !== 2) return byJts(target, reference, 'within')
  if (inner.dimension === 0) return arePointsWithin(inner, outer)
  switch (boundaryContact(inner, outer)) {
    case 'cross':
      return false
    case 'touch':
      return byJts(target, reference, 'within')
    case 'none':
      return areAllIn(inner.starts, outer) && !hasStartIn(outer, inner)
  }
}

function arePointsWithin({ starts }: Shape, area: Shape): boolean {
  let found = false
  const isOutside = somePlace(starts, (x, y) => {
    const location: Location = locate(area, x, y)
    found ||= location === 'interior'
    return location === 'exterior'
  })
  return found && !isOutside
}

function areAllIn(places: ArrayLike<number>, area: Shape): boolean {
  return !somePlace(places, (x, y) => locate(area, x, y) === 'exterior')
}

function boundaryContact({ edges: a }: Shape, { edges: b }: Shape): 'none' | 'touch' | 'cross' {
  let touched = false
  const crossed = visitPairs(a, b, (i, j) => {
    const contact = contactOf(a.ends, i, b.ends, j)
    touched ||= contact === 'touch'
    return contact === 'cross'
  })
  return crossed ? 'cross' : touched ? 'touch' : 'none'
}

/** "T*F**FFF*": the same set of places, however they are written. */
function isEqual(target: Geometry, reference: Geometry): boolean {
  const [a, b] = [shapeOf(target), shapeOf(reference)]
  if (a.dimension !== b.dimension || !isBoxWithin(a.edges, b.edges) || !isBoxWithin(b.edges, a.edges)) return false
  if (isWrittenAlike(target, reference)) return true
  if (a.dimension === 2 && boundaryContact(a, b) !== 'touch') return false
  return byJts(target, reference, 'equals')
}

function isWrittenAlike(a: Geometry, b: Geometry): boolean {
  return a.type === b.type && JSON.stringify(a.coordinates) === JSON.stringify(b.coordinates)
}

/** "T*T***T**", of lines "1*T***T**": of one dimension, and each has a part outside of what they share. */
function overlaps(target: Geometry, reference: Geometry): boolean {
  const [a, b] = [shapeOf(target), shapeOf(reference)]
  if (a.dimension !== b.dimension || !boxesOverlap(a.edges, b.edges)) return false
  if (a.dimension !== 2) return byJts(target, reference, 'overlaps')
  switch (boundaryContact(a, b)) {
    case 'cross':
      return true
    case 'touch':
      return byJts(target, reference, 'overlaps')
    case 'none':
      return intersects(a, b) && !isWithin(target, reference) && !isWithin(reference, target)
  }
}

function byJts(a: Geometry, b: Geometry, relation: JtsRelation): boolean {
  const [one, other] = [shapeOf(a), shapeOf(b)]
  if (isTooMuch(one.edges, other.edges) || !isSound(a) || !isSound(b)) return roughly(one, other, relation)
  try {
    return jtsRelate(a, b, relation)
  } catch {
    return roughly(one, other, relation)
  }
}

/** By the ends and middles of all edges, where JTS cannot say or would take too long. */
function roughly(a: Shape, b: Shape, relation: JtsRelation): boolean {
  switch (relation) {
    case 'within':
      return isCovered(a, b)
    case 'equals':
      return isCovered(a, b) && isCovered(b, a)
    case 'overlaps':
      return intersects(a, b) && !isCovered(a, b) && !isCovered(b, a)
  }
}

/** Nothing of it is outside of the other, and nothing of the other's boundary inside of it. */
function isCovered(inner: Shape, outer: Shape): boolean {
  if (someEndOrMiddle(inner.edges, (x, y) => isOutside(outer, x, y))) return false
  return inner.dimension !== 2 || !someEndOrMiddle(outer.edges, (x, y) => isInside(inner, x, y))
}

function someEndOrMiddle(edges: Edges, test: (x: number, y: number) => boolean): boolean {
  return somePlace(edges.ends, test) || somePlace(middlesOf(edges), test)
}

function middlesOf({ ends }: Edges): readonly number[] {
  const middles: number[] = []
  for (let i = 0; i < ends.length; i += 4) {
    const [ax = 0, ay = 0, bx = 0, by = 0] = ends.subarray(i, i + 4)
    middles.push((ax + bx) / 2, (ay + by) / 2)
  }
  return middles
}

/** Degrees, a tenth of a millimetre: the middle of an edge is not exactly on it. */
const NEAR = 1e-9

function isOutside(shape: Shape, x: number, y: number): boolean {
  return (shape.dimension !== 2 || locate(shape, x, y) === 'exterior') && !isOnEdge(shape, x, y)
}

function isInside(area: Shape, x: number, y: number): boolean {
  return locate(area, x, y) === 'interior' && !isOnEdge(area, x, y)
}

function isOnEdge({ edges }: Shape, x: number, y: number): boolean {
  const around = edgesOf(Float64Array.of(x - NEAR, y - NEAR, x + NEAR, y + NEAR))
  return visitPairs(around, edges, (_, i) => isNear(edges.ends, 4 * i, x, y))
}

function isNear(ends: Float64Array, i: number, x: number, y: number): boolean {
  const [ax = 0, ay = 0, bx = 0, by = 0] = ends.subarray(i, i + 4)
  const [dx, dy] = [bx - ax, by - ay]
  const length = dx * dx + dy * dy
  const share = length === 0 ? 0 : Math.max(0, Math.min(1, ((x - ax) * dx + (y - ay) * dy) / length))
  return Math.abs(ax + share * dx - x) <= NEAR && Math.abs(ay + share * dy - y) <= NEAR
}
