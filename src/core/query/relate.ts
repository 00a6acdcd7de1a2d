/** The relations of OGC simple features between any two geometries, by JTS. */

import { createRequire } from 'node:module'
import type { Geometry } from './ast.ts'

export type Relation = 'within' | 'contains' | 'intersects' | 'equals' | 'disjoint' | 'overlaps'

interface JtsGeometry {
  getDimension(): number
}
interface IntersectionMatrix {
  isWithin(): boolean
  isContains(): boolean
  isIntersects(): boolean
  isDisjoint(): boolean
  isEquals(a: number, b: number): boolean
  isOverlaps(a: number, b: number): boolean
}
interface Jts {
  read(geometry: Geometry): JtsGeometry
  relate(a: JtsGeometry, b: JtsGeometry): IntersectionMatrix
}

/** Loaded when it is first needed: it takes longer than all else that a start does. */
let loaded: Jts | undefined

function jts(): Jts {
  if (loaded !== undefined) return loaded
  const load = createRequire(import.meta.url)
  const { default: GeoJSONReader } = load('jsts/org/locationtech/jts/io/GeoJSONReader.js')
  const { default: RelateOp } = load('jsts/org/locationtech/jts/operation/relate/RelateOp.js')
  const reader = new GeoJSONReader()
  loaded = { read: (geometry) => reader.read(geometry), relate: (a, b) => RelateOp.relate(a, b) }
  return loaded
}

/** What was read of the geometry of a query, which is compared with many. */
const references = new WeakMap<Geometry, JtsGeometry>()

function referenceOf(geometry: Geometry): JtsGeometry {
  const known = references.get(geometry)
  if (known !== undefined) return known
  const made = jts().read(geometry)
  references.set(geometry, made)
  return made
}

/**
 * Whether a target geometry has a relation to a reference geometry. RFC 7946 does not forbid rings that cross
 * themselves; of these JTS knows no interior for certain, and where it gives up, no relation holds but equality of what
 * is written.
 */
export function relate(target: Geometry, reference: Geometry, relation: Relation): boolean {
  if (relation === 'equals' && isSame(target, reference)) return true
  const a = jts().read(target)
  const b = referenceOf(reference)
  try {
    return holds(jts().relate(a, b), a, b, relation)
  } catch (error) {
    if (isTopologyProblem(error)) return false
    throw error
  }
}

function holds(matrix: IntersectionMatrix, a: JtsGeometry, b: JtsGeometry, relation: Relation): boolean {
  switch (relation) {
    case 'within':
      return matrix.isWithin()
    case 'contains':
      return matrix.isContains()
    case 'intersects':
      return matrix.isIntersects()
    case 'disjoint':
      return matrix.isDisjoint()
    case 'equals':
      return matrix.isEquals(a.getDimension(), b.getDimension())
    case 'overlaps':
      return matrix.isOverlaps(a.getDimension(), b.getDimension())
  }
}

function isSame(a: Geometry, b: Geometry): boolean {
  return a.type === b.type && JSON.stringify(a.coordinates) === JSON.stringify(b.coordinates)
}

/** JTS's own exceptions: TopologyException, IllegalArgumentException and the like. */
function isTopologyProblem(error: unknown): boolean {
  return error instanceof Error && /Exception|Topology|Assert|side location/i.test(`${error.name} ${error.message}`)
}
