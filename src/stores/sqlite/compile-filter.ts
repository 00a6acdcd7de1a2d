/**
 * A filter as SQL that gives the `rid` of every entity selected, each once. Callers add `ORDER BY rid`: every branch
 * runs along an index that ends in `rid`, so that a first page costs a first page, however many are selected.
 */

import type { Instant } from '../../core/model/entity.ts'
import type { EntityFilter, TypeSelection } from '../../core/query/ast.ts'

type Value = string | number

export interface Sql {
  readonly text: string
  readonly values: readonly Value[]
}

export interface Scope {
  readonly now: Instant
  /** Whether there are entities in the database that have expired; where there are none, nothing need be left out. */
  readonly expired: boolean
  /** Only entities after this one. */
  readonly after?: number
}

/**
 * Names that become parts of the statement, because a union is merged only as far as a page needs: of 50,000 entities a
 * page by 300 types takes 2 ms so, and 17 ms where they are handed over as JSON. SQLite takes 500 parts.
 */
const PARTS = 400

/** Undefined where nothing can match. `numberOf` gives the number of a name, undefined where nothing is stored with it. */
export function compileFilter(
  filter: EntityFilter,
  numberOf: (iri: string) => number | undefined,
  scope: Scope,
): Sql | undefined {
  const types = alternativesOf(filter.types, numberOf)
  const attributes = filter.attributes?.flatMap((name) => numberOf(name) ?? [])
  if (types?.length === 0 || attributes?.length === 0 || filter.ids?.length === 0) return undefined
  return join(branches({ types, attributes, ids: filter.ids, scope }), ' UNION ', '')
}

/** Types that an entity must have together. */
type Alternative = readonly [first: number, ...others: number[]]

/** Without the alternatives that nothing stored can meet; undefined where one of them is met by every entity. */
function alternativesOf(
  selection: TypeSelection | undefined,
  numberOf: (iri: string) => number | undefined,
): readonly Alternative[] | undefined {
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

interface Numbered {
  readonly types: readonly Alternative[] | undefined
  readonly attributes: readonly number[] | undefined
  readonly ids: readonly string[] | undefined
  readonly scope: Scope
}

function branches({ types, attributes, ids, scope }: Numbered): readonly Sql[] {
  if (ids !== undefined) {
    const byId = sql('SELECT e.rid FROM entity e WHERE e.id IN (SELECT value FROM json_each(?))', JSON.stringify(ids))
    return [where(byId, within('e', scope), types && hasTypes(types), attributes && hasOne('e', attributes, scope))]
  }
  if (types !== undefined) {
    if (types.flat().length > PARTS) return [ofManyTypes(types, attributes, scope)]
    return types.map(([first, ...others]) =>
      where(
        sql('SELECT t.rid FROM entity_type t WHERE t.type = ?', first),
        within('t', scope),
        ...others.map((type) => hasType('t', type)),
        attributes && hasOne('t', attributes, scope),
      ),
    )
  }
  if (attributes !== undefined) {
    if (attributes.length > PARTS) return [withManyAttributes(attributes, scope)]
    return attributes.map((attribute) =>
      where(
        sql(`SELECT a.rid FROM entity_attribute a WHERE a.attribute = ? AND ${ATTRIBUTE_LIVES}`, attribute, scope.now),
        within('a', scope),
      ),
    )
  }
  return [where(sql('SELECT e.rid FROM entity e WHERE true'), within('e', scope))]
}

/** Every entity of the first type of an alternative is looked at, and given once. */
function ofManyTypes(types: readonly Alternative[], attributes: readonly number[] | undefined, scope: Scope): Sql {
  return where(
    sql(
      `SELECT DISTINCT t.rid FROM json_each(?) alternative CROSS JOIN entity_type t
        WHERE t.type = alternative.value ->> 0 AND ${hasAll('t')}`,
      JSON.stringify(types),
    ),
    within('t', scope),
    attributes && hasOne('t', attributes, scope),
  )
}

function withManyAttributes(attributes: readonly number[], scope: Scope): Sql {
  return where(
    sql(
      `SELECT DISTINCT a.rid FROM json_each(?) name CROSS JOIN entity_attribute a
        WHERE a.attribute = name.value AND ${ATTRIBUTE_LIVES}`,
      JSON.stringify(attributes),
      scope.now,
    ),
    within('a', scope),
  )
}

const ATTRIBUTE_LIVES = '(a.expires_at IS NULL OR a.expires_at > ?)'

function hasType(row: string, type: number): Sql {
  return exists(sql(`SELECT 1 FROM entity_type o WHERE o.type = ? AND o.rid = ${row}.rid`, type))
}

function hasTypes(types: readonly Alternative[]): Sql {
  return exists(sql(`SELECT 1 FROM json_each(?) alternative WHERE ${hasAll('e')} LIMIT 1`, JSON.stringify(types)))
}

/** No type of the `alternative` is missing. */
function hasAll(row: string): string {
  return `(SELECT 1 FROM json_each(alternative.value) member
    WHERE (SELECT 1 FROM entity_type o WHERE o.type = member.value AND o.rid = ${row}.rid) IS NULL LIMIT 1) IS NULL`
}

function hasOne(row: string, attributes: readonly number[], { now }: Scope): Sql {
  const found = sql(
    `SELECT 1 FROM entity_attribute a WHERE a.attribute IN (SELECT value FROM json_each(?))
      AND a.rid = ${row}.rid AND ${ATTRIBUTE_LIVES}`,
    JSON.stringify(attributes),
    now,
  )
  return exists(found)
}

/**
 * Not `EXISTS (…)`: SQLite (3.51 to 3.53 at least) may make a join of that, and then its OFFSET passes over an entity
 * as many times as something is found.
 */
function exists({ text, values }: Sql): Sql {
  return { text: `(${text}) IS NOT NULL`, values }
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

function where(select: Sql, ...conditions: readonly (Sql | undefined)[]): Sql {
  const present = conditions.filter((condition) => condition !== undefined)
  return join([select, ...present.map(({ text, values }) => ({ text: `(${text})`, values }))], ' AND ', '')
}

function join(parts: readonly Sql[], between: string, none: string): Sql {
  if (parts.length === 0) return sql(none)
  return { text: parts.map(({ text }) => text).join(between), values: parts.flatMap(({ values }) => values) }
}

function sql(text: string, ...values: readonly Value[]): Sql {
  return { text, values }
}
