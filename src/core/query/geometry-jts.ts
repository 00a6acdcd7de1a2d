/** What is said of any two geometries by JTS: the relations of OGC simple features. */

import { createRequire } from 'node:module'
import type { Geometry } from './ast.ts'

interface JtsGeometry {
  getDimension(): number
}
/** DE-9IM */
interface IntersectionMatrix {
  isWithin(): boolean
  isEquals(dimensionA: number, dimensionB: number): boolean
  isOverlaps(dimensionA: number, dimensionB: number): boolean
}
interface AreaTester {
  isNodeConsistentArea(): boolean
  hasDuplicateRings(): boolean
}
type Modules = readonly [
  { readonly default: new () => { read(geometry: Geometry): JtsGeometry } },
  { readonly default: { relate(a: JtsGeometry, b: JtsGeometry): IntersectionMatrix } },
  { readonly default: new (index: number, geometry: JtsGeometry) => object },
  { readonly default: new (graph: object) => AreaTester },
]

const NAMES = [
  'io/GeoJSONReader',
  'operation/relate/RelateOp',
  'geomgraph/GeometryGraph',
  'operation/valid/ConsistentAreaTester',
].map((name) => `jsts/org/locationtech/jts/${name}.js`)

/**
 * Some 50 ms that no start should wait for: JTS is loaded when it is first needed. Node.js 22 before 22.12 cannot do so,
 * and loads it with the start.
 */
const early = process.features.require_module ? undefined : await Promise.all(NAMES.map((name) => import(name)))
let modules: Modules | undefined

function jts(): Modules {
  modules ??= (early ?? NAMES.map(createRequire(import.meta.url))) as unknown as Modules
  return modules
}

const known = new WeakMap<Geometry, JtsGeometry>()

function read(geometry: Geometry): JtsGeometry {
  const before = known.get(geometry)
  if (before !== undefined) return before
  const [{ default: GeoJSONReader }] = jts()
  const made = new GeoJSONReader().read(geometry)
  known.set(geometry, made)
  return made
}

export type JtsRelation = 'within' | 'equals' | 'overlaps'

/** Throws what JTS throws of areas with rings that cross. */
export function jtsRelate(a: Geometry, b: Geometry, relation: JtsRelation): boolean {
  const [, { default: RelateOp }] = jts()
  const [one, other] = [read(a), read(b)]
  const matrix = RelateOp.relate(one, other)
  switch (relation) {
    case 'within':
      return matrix.isWithin()
    case 'equals':
      return matrix.isEquals(one.getDimension(), other.getDimension())
    case 'overlaps':
      return matrix.isOverlaps(one.getDimension(), other.getDimension())
  }
}

/** Whether it can be said everywhere what is inside of an area. */
export function isJtsArea(area: Geometry): boolean {
  const [, , { default: GeometryGraph }, { default: ConsistentAreaTester }] = jts()
  const tester = new ConsistentAreaTester(new GeometryGraph(0, read(area)))
  return tester.isNodeConsistentArea() && !tester.hasDuplicateRings()
}
