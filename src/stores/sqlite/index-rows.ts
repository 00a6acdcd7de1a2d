/** What is looked up about an entity beside its id, and what of it a change touches. */

import { toInstant } from '../../core/model/date-time.ts'
import type { AttributeInstance, Attributes, Entity, Instant, Json } from '../../core/model/entity.ts'
import { withPlainNumbers } from '../../core/model/geometry.ts'
import type { Geometry } from '../../core/query/ast.ts'
import { boundsOf } from '../../core/query/bounds.ts'
import { areAlike, attributeValues, entityValues, type IndexKind, indexKey } from '../../core/query/index-values.ts'
import { cellOf, cellsOf } from './cells.ts'

/** A row of `entity_value`, but for its entity. */
export interface ValueRow {
  readonly path: string
  readonly kind: number
  readonly value: StoredValue
}

/** As {@link storedValue} makes it. */
export type StoredValue = number | string | bigint

/** A row of `entity_position`, but for its entity. */
export interface PositionRow {
  readonly property: string
  readonly level: number
  readonly cell: number
  readonly longitude: number
  readonly latitude: number
}

const KINDS: Readonly<Record<IndexKind, number>> = {
  text: 0,
  number: 1,
  uri: 2,
  dateTime: 3,
  boolean: 4,
  date: 5,
  time: 6,
  other: 7,
  more: 8,
}

/** The number that stands for a kind in `entity_value`. */
export function kindNumber(kind: IndexKind): number {
  return KINDS[kind]
}

export interface RowChanges {
  readonly typesRemoved: readonly string[]
  readonly typesAdded: readonly string[]
  readonly attributesRemoved: readonly string[]
  /** New, or gone at another time than before. */
  readonly attributesPut: readonly (readonly [name: string, goneAt: Instant | null])[]
  readonly valuesRemoved: readonly ValueRow[]
  readonly valuesAdded: readonly ValueRow[]
  readonly positionsRemoved: readonly PositionRow[]
  readonly positionsAdded: readonly PositionRow[]
}

/** `before` and `after` an entity is stored; absent where there is none. */
export function rowChanges(before: Entity | undefined, after: Entity | undefined): RowChanges {
  const types = { before: before?.types ?? [], after: after?.types ?? [] }
  const values = difference(entityRows(before), entityRows(after), valueKey)
  const changes = {
    typesRemoved: without(types.before, types.after),
    typesAdded: without(types.after, types.before),
    attributesRemoved: [] as string[],
    attributesPut: [] as (readonly [string, Instant | null])[],
    valuesRemoved: [...values.removed],
    valuesAdded: [...values.added],
    positionsRemoved: [] as PositionRow[],
    positionsAdded: [] as PositionRow[],
  }
  addAttributes(before?.attributes ?? {}, after?.attributes ?? {}, changes)
  return changes
}

function entityRows(entity: Entity | undefined): readonly ValueRow[] {
  return entity === undefined ? [] : entityValues(entity).map(valueRow)
}

const bits = new DataView(new ArrayBuffer(8))

/**
 * A value as it is stored and looked for. Numbers are the bits of their doubles, which have the same order: SQLite would
 * make integers of whole numbers, of which its own end at 2^63, and its driver takes 1e-20 for 0.
 */
export function storedValue(kind: IndexKind, value: number | string): StoredValue {
  if (kind !== 'number' || typeof value === 'string') return value
  bits.setFloat64(0, Math.abs(value))
  const magnitude = bits.getBigInt64(0)
  return value < 0 ? -magnitude : magnitude
}

/** The number that {@link storedValue} made these bits of, as decimal text. */
export function storedNumber(text: string): number {
  const stored = BigInt(text)
  bits.setBigInt64(0, stored < 0n ? -stored : stored)
  return stored < 0n ? -bits.getFloat64(0) : bits.getFloat64(0)
}

function valueRow({ path, kind, value }: { path: string; kind: IndexKind; value: number | string }): ValueRow {
  return { path, kind: KINDS[kind], value: storedValue(kind, value) }
}

interface AttributeChanges {
  readonly attributesRemoved: string[]
  readonly attributesPut: (readonly [string, Instant | null])[]
  readonly valuesRemoved: ValueRow[]
  readonly valuesAdded: ValueRow[]
  readonly positionsRemoved: PositionRow[]
  readonly positionsAdded: PositionRow[]
}

function addAttributes(before: Attributes, after: Attributes, changes: AttributeChanges): void {
  for (const name in before) {
    if (Object.hasOwn(after, name)) continue
    changes.attributesRemoved.push(name)
    addRows(name, before[name] ?? [], [], changes)
  }
  for (const name in after) {
    const was = Object.hasOwn(before, name) ? before[name] : undefined
    const is = after[name] ?? []
    // What a change does not touch is the same object.
    if (was === is) continue
    const goesAt = goneAt(is)
    if (was === undefined || goneAt(was) !== goesAt) changes.attributesPut.push([name, goesAt])
    addRows(name, was ?? [], is, changes)
  }
}

function addRows(
  name: string,
  was: readonly AttributeInstance[],
  is: readonly AttributeInstance[],
  changes: AttributeChanges,
): void {
  if (areAlike(was, is)) return
  const values = difference(attributeValues(name, was).map(valueRow), attributeValues(name, is).map(valueRow), valueKey)
  changes.valuesRemoved.push(...values.removed)
  changes.valuesAdded.push(...values.added)
  const positions = difference(positionRows(name, was), positionRows(name, is), positionKey)
  changes.positionsRemoved.push(...positions.removed)
  changes.positionsAdded.push(...positions.added)
}

/** An attribute exists as long as one of its instances does. */
function goneAt(instances: readonly AttributeInstance[]): Instant | null {
  let last = Number.NEGATIVE_INFINITY
  for (const { expiresAt } of instances) {
    if (expiresAt === undefined) return null
    last = Math.max(last, toInstant(expiresAt))
  }
  return last
}

function positionRows(property: string, instances: readonly AttributeInstance[]): readonly PositionRow[] {
  const rows = instances.flatMap(({ type, value }) => (type === 'GeoProperty' ? placesOf(property, value) : []))
  return rows.length < 2 ? rows : [...keyed(rows, positionKey).values()]
}

/** A point with its place; of anything larger the cells, at no place. */
function placesOf(property: string, value: Json): readonly PositionRow[] {
  const geometry = withPlainNumbers(value) as unknown as Geometry
  const box = boundsOf(geometry)
  if (geometry.type === 'Point' && isKept(box.west) && isKept(box.south)) {
    return [{ property, ...cellOf(box.west, box.south), longitude: box.west, latitude: box.south }]
  }
  return cellsOf(box).map((cell) => ({ property, ...cell, longitude: NO_PLACE, latitude: NO_PLACE }))
}

/** SQLite's driver takes a number for a whole one where it is as near to it as that. */
function isKept(degrees: number): boolean {
  return Number.isInteger(degrees) || Math.abs(degrees - Math.round(degrees)) > 1e-12
}

/** Stands for longitude and latitude of what is larger than a point. */
export const NO_PLACE = 999

function without(types: readonly string[], others: readonly string[]): readonly string[] {
  if (types === others) return []
  const kept = new Set(others)
  return types.filter((type) => !kept.has(type))
}

/** What one set of rows has and the other has not. */
function difference<T>(
  before: readonly T[],
  after: readonly T[],
  keyOf: (row: T) => string,
): { removed: readonly T[]; added: readonly T[] } {
  if (before.length === 0 || after.length === 0) return { removed: before, added: after }
  const [was, is] = [keyed(before, keyOf), keyed(after, keyOf)]
  return { removed: missing(was, is), added: missing(is, was) }
}

function keyed<T>(rows: readonly T[], keyOf: (row: T) => string): ReadonlyMap<string, T> {
  return new Map(rows.map((row) => [keyOf(row), row]))
}

/** Those of the first that are not in the second. */
function missing<T>(rows: ReadonlyMap<string, T>, others: ReadonlyMap<string, T>): readonly T[] {
  const left: T[] = []
  for (const [key, row] of rows) if (!others.has(key)) left.push(row)
  return left
}

function valueKey({ path, kind, value }: ValueRow): string {
  return indexKey(path, kind, value)
}

/** The name last: what stands before it are numbers. */
function positionKey({ property, level, cell, longitude, latitude }: PositionRow): string {
  return `${level} ${cell} ${longitude} ${latitude} ${property}`
}
