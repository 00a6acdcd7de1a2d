/**
 * A filter as SQL that gives the `rid` of every entity selected, each once. Callers add `ORDER BY rid`: every branch
 * runs along an index that ends in `rid`, so that a first page costs a first page, however many are selected.
 */

import type { Instant } from '../../core/model/entity.ts'
import { Problem } from '../../core/model/problems.ts'
import type { EntityFilter, TypeSelection } from '../../core/query/ast.ts'

export type Value = string | number

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

/** SQLite takes 500 parts of a union. */
const BRANCHES = 400

/** Undefined where nothing can match. `numberOf` gives the number of a name, undefined where nothing is stored with it. */
export function compileFilter(
  filter: EntityFilter,
  numberOf: (iri: string) => number | undefined,
  scope: Scope,
): Sql | undefined {
  const types = filter.types === undefined ? undefined : numbersOfTypes(filter.types, numberOf)
  const attributes = filter.attributes?.flatMap((name) => numberOf(name) ?? [])
  if (types?.length === 0 || attributes?.length === 0 || filter.ids?.length === 0) return undefined
  return union(branches({ types, attributes, ids: filter.ids, scope }))
}

/** Without the alternatives that nothing stored can meet. */
function numbersOfTypes(selection: TypeSelection, numberOf: (iri: string) => number | undefined): number[][] {
  return selection.flatMap((all) => {
    const numbers = all.flatMap((type) => numberOf(type) ?? [])
    return numbers.length === all.length ? [[...new Set(numbers)]] : []
  })
}

interface Numbered {
  readonly types: readonly (readonly number[])[] | undefined
  readonly attributes: readonly number[] | undefined
  readonly ids: readonly string[] | undefined
  readonly scope: Scope
}

function branches({ types, attributes, ids, scope }: Numbered): readonly Sql[] {
  if (ids !== undefined) {
    const byId = sql('SELECT e.rid FROM entity e WHERE e.id IN (SELECT value FROM json_each(?))', JSON.stringify(ids))
    return [
      where(byId, within('e', scope), types && hasTypes('e', types), attributes && hasOne('e', attributes, scope)),
    ]
  }
  if (types !== undefined) {
    return types.map(([first, ...others]) =>
      where(
        first === undefined
          ? sql('SELECT t.rid FROM entity t WHERE true')
          : sql('SELECT t.rid FROM entity_type t WHERE t.type = ?', first),
        within('t', scope),
        ...others.map((type) => hasType('t', type)),
        attributes && hasOne('t', attributes, scope),
      ),
    )
  }
  if (attributes !== undefined) {
    return attributes.map((attribute) =>
      where(
        sql(`SELECT a.rid FROM entity_attribute a WHERE a.attribute = ? AND ${ATTRIBUTE_LIVES}`, attribute, scope.now),
        within('a', scope),
      ),
    )
  }
  return [where(sql('SELECT e.rid FROM entity e WHERE true'), within('e', scope))]
}

const ATTRIBUTE_LIVES = '(a.expires_at IS NULL OR a.expires_at > ?)'

function hasType(row: string, type: number): Sql {
  return exists(sql(`SELECT 1 FROM entity_type o WHERE o.type = ? AND o.rid = ${row}.rid`, type))
}

function hasTypes(row: string, types: readonly (readonly number[])[]): Sql {
  const alternatives = types.map((all) =>
    join(
      all.map((type) => hasType(row, type)),
      ' AND ',
      'true',
    ),
  )
  return join(alternatives, ' OR ', 'false')
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

function union(parts: readonly Sql[]): Sql {
  if (parts.length > BRANCHES) {
    throw new Problem(
      'TooComplexQuery',
      `A selection has at most ${BRANCHES} alternatives, this one has ${parts.length}.`,
    )
  }
  return join(parts, ' UNION ', '')
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
