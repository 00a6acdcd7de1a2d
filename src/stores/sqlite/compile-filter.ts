/**
 * Types, ids and Attributes of a filter as SQL that gives the `rid` of every entity selected, each once. Callers add
 * `ORDER BY rid`: every branch runs along an index that ends in `rid`, so that a first page costs a first page, however
 * many are selected.
 */

import type { Instant } from '../../core/model/entity.ts'
import type { EntitySelector, TypeSelection } from '../../core/query/ast.ts'
import { exists, join, type Sql, sql, union, where } from './sql.ts'

export interface Scope {
  readonly now: Instant
  /** Whether there are entities in the database that have expired; where there are none, nothing need be left out. */
  readonly expired: boolean
  /** The same of their Attributes: what the indexes know of these does not hold then. */
  readonly expiredAttributes: boolean
  /** Only entities after this one. */
  readonly after?: number
}

/**
 * Names that become parts of the statement, because a union is merged only as far as a page needs: of 50,000 entities a
 * page by 300 types takes 2 ms so, and 17 ms where they are handed over as JSON. SQLite takes 500 parts.
 */
const PARTS = 400

/** Types that an entity must have together. */
type Alternative = readonly [first: number, ...others: number[]]

/** What an index answers of a filter, in numbers of names. Absent: anything will do. */
export interface Selection {
  readonly types?: readonly Alternative[]
  /** One of these. */
  readonly attributes?: readonly number[]
  /** All of these. */
  readonly having?: readonly number[]
  readonly ids?: readonly string[]
}

type NumberOf = (iri: string) => number | undefined

/** Undefined where nothing can match. `numberOf` gives the number of a name, undefined where nothing is stored with it. */
export function selectionOf(
  { types, ids }: EntitySelector,
  attributes: readonly string[] | undefined,
  having: readonly string[],
  numberOf: NumberOf,
): Selection | undefined {
  const alternatives = alternativesOf(types, numberOf)
  const one = attributes?.flatMap((name) => numberOf(name) ?? [])
  const all = having.flatMap((name) => numberOf(name) ?? [])
  const impossible = alternatives?.length === 0 || one?.length === 0 || ids?.length === 0 || all.length < having.length
  if (impossible) return undefined
  return {
    ...(alternatives && { types: alternatives }),
    ...(one && { attributes: one }),
    ...(all.length > 0 && { having: all }),
    ...(ids && { ids }),
  }
}

/** Without the alternatives that nothing stored can meet; undefined where one of them is met by every entity. */
function alternativesOf(selection: TypeSelection | undefined, numberOf: NumberOf): readonly Alternative[] | undefined {
  const alternatives: Alternative[] = []
  for (const all of selection ?? [[]]) {
    const numbers = new Set<number>()
    const known = all.every((type) => {
      const number = numberOf(type)
      if (number !== undefined) numbers.add(number)
      return number !== undefined
    })
    if (!known) continue
    const [first, ...others] = numbers
    if (first === undefined) return undefined
    alternatives.push([first, ...others])
  }
  return alternatives
}

/** All that are selected, along the best of the indexes on types, ids and Attributes. */
export function compileSelection(selection: Selection, scope: Scope): Sql {
  return union(branches(selection, scope))
}

function branches({ ids, types, attributes, having = [] }: Selection, scope: Scope): readonly Sql[] {
  if (ids !== undefined) {
    const byId = sql('SELECT e.rid FROM entity e WHERE e.id IN (SELECT value FROM json_each(?))', JSON.stringify(ids))
    return [restricted(byId, 'e', { types, attributes, having }, scope)]
  }
  if (types !== undefined) return ofTypes(types, { attributes, having }, scope)
  const [first, ...others] = having
  if (first !== undefined) return [restricted(ofAttribute(first, scope), 'a', { attributes, having: others }, scope)]
  if (attributes !== undefined) {
    if (attributes.length > PARTS) return [withManyAttributes(attributes, scope)]
    return attributes.map((attribute) => restricted(ofAttribute(attribute, scope), 'a', {}, scope))
  }
  return [restricted(sql('SELECT e.rid FROM entity e WHERE true'), 'e', {}, scope)]
}

function ofTypes(
  types: readonly Alternative[],
  rest: Pick<Restriction, 'attributes' | 'having'>,
  scope: Scope,
): readonly Sql[] {
  if (types.flat().length > PARTS) return [ofManyTypes(types, rest, scope)]
  return types.map(([first, ...others]) =>
    where(
      restricted(sql('SELECT t.rid FROM entity_type t WHERE t.type = ?', first), 't', rest, scope),
      ...others.map((type) => hasType('t', type)),
    ),
  )
}

function ofAttribute(attribute: number, scope: Scope): Sql {
  return sql(`SELECT a.rid FROM entity_attribute a WHERE a.attribute = ? AND ${lives('a')}`, attribute, scope.now)
}

interface Restriction {
  readonly types?: readonly Alternative[] | undefined
  readonly attributes?: readonly number[] | undefined
  readonly having?: readonly number[]
}

/** Of a SELECT of `row.rid` with a WHERE those that are selected as well. Ids are not looked at. */
function restricted(select: Sql, row: string, restriction: Restriction, scope: Scope): Sql {
  return where(select, ...restrictions(row, restriction, scope))
}

/** What has to hold of a row with a `rid`. Ids are not looked at. */
export function restrictions(
  row: string,
  { types, attributes, having = [] }: Restriction,
  scope: Scope,
): readonly Sql[] {
  return [
    within(row, scope),
    types && hasTypes(row, types),
    attributes && hasOne(row, attributes, scope),
    ...having.map((attribute) => hasOne(row, [attribute], scope)),
  ].filter((condition) => condition !== undefined)
}

/** Every entity of the first type of an alternative is looked at, and given once. */
function ofManyTypes(types: readonly Alternative[], rest: Restriction, scope: Scope): Sql {
  const select = sql(
    `SELECT DISTINCT t.rid FROM json_each(?) alternative CROSS JOIN entity_type t
      WHERE t.type = alternative.value ->> 0 AND ${hasAll('t')}`,
    JSON.stringify(types),
  )
  return restricted(select, 't', rest, scope)
}

function withManyAttributes(attributes: readonly number[], scope: Scope): Sql {
  const select = sql(
    `SELECT DISTINCT a.rid FROM json_each(?) name CROSS JOIN entity_attribute a
      WHERE a.attribute = name.value AND ${lives('a')}`,
    JSON.stringify(attributes),
    scope.now,
  )
  return restricted(select, 'a', {}, scope)
}

function lives(row: string): string {
  return `(${row}.expires_at IS NULL OR ${row}.expires_at > ?)`
}

function hasType(row: string, type: number): Sql {
  return exists(sql(`SELECT 1 FROM entity_type o WHERE o.type = ? AND o.rid = ${row}.rid`, type))
}

function hasTypes(row: string, types: readonly Alternative[]): Sql {
  const [only] = types
  // A type or two need no JSON; of thousands no statement could be made.
  if (types.length === 1 && only !== undefined && only.length < 8)
    return join(
      only.map((type) => hasType(row, type)),
      ' AND ',
      'true',
    )
  return exists(sql(`SELECT 1 FROM json_each(?) alternative WHERE ${hasAll(row)} LIMIT 1`, JSON.stringify(types)))
}

/** No type of the `alternative` is missing. */
function hasAll(row: string): string {
  return `(SELECT 1 FROM json_each(alternative.value) member
    WHERE (SELECT 1 FROM entity_type o WHERE o.type = member.value AND o.rid = ${row}.rid) IS NULL LIMIT 1) IS NULL`
}

function hasOne(row: string, attributes: readonly number[], { now }: Scope): Sql {
  const [only] = attributes
  const named =
    attributes.length === 1 && only !== undefined
      ? sql('n.attribute = ?', only)
      : sql('n.attribute IN (SELECT value FROM json_each(?))', JSON.stringify(attributes))
  return exists(
    join(
      [sql('SELECT 1 FROM entity_attribute n WHERE'), named, sql(`AND n.rid = ${row}.rid AND ${lives('n')}`, now)],
      ' ',
      '',
    ),
  )
}

/** Of the entities that are there at all, those after the place where a walk stands. */
function within(row: string, { now, expired, after }: Scope): Sql | undefined {
  const conditions: Sql[] = []
  if (after !== undefined) conditions.push(sql(`${row}.rid > ?`, after))
  if (expired) {
    conditions.push(sql(`NOT EXISTS (SELECT 1 FROM entity x WHERE x.rid = ${row}.rid AND x.expires_at <= ?)`, now))
  }
  return conditions.length === 0 ? undefined : join(conditions, ' AND ', 'true')
}
