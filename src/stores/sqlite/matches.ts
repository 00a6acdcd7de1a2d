/** The entities that match a filter, one after the other in the order of their creation. */

import type { Entity } from '../../core/model/entity.ts'
import type { EntityFilter } from '../../core/query/ast.ts'
import { matches } from '../../core/query/evaluate.ts'
import { matcherOf } from '../../core/query/pattern.ts'
import type { FindEntity } from '../../core/query/target.ts'
import { selectParts } from './candidate-rows.ts'
import { decode, type EntityRow, present, READ_COLUMNS } from './codec.ts'
import type { Scope } from './compile-filter.ts'
import type { Queried } from './database.ts'
import { readEntity } from './entity-rows.ts'
import type { Plan } from './plan.ts'

export interface Match {
  readonly row: EntityRow
  readonly entity: Entity
}

/** Reads entities, and says which of them match. */
export interface Matcher {
  /** The entity with a `rid`, where it matches. */
  match(rid: number): Match | undefined
  /** How long it has taken so far. */
  milliseconds(): number
}

/** The candidates of a plan; `undefined` for one that does not match, so that the caller can do something else meanwhile. */
export function* matchesOf(
  { iterate }: Queried,
  { source }: Plan,
  matcher: Matcher,
): Generator<Match | undefined, void> {
  for (const { text, values } of selectParts(source, FIRST)) {
    const candidates = iterate(`${text} ORDER BY rid`, values) as Iterable<{ rid: number }>
    for (const { rid } of candidates) yield matcher.match(rid)
  }
}

/** Candidates that are looked at before more are chosen from a list. */
const FIRST = 64

const BY_RID = `SELECT e.id, ${READ_COLUMNS} FROM entity e WHERE e.rid = ?`

/** `filter`: what the candidates have to meet; nothing where their plan is exact. */
export function createMatcher(database: Queried, filter: EntityFilter, scope: Scope): Matcher {
  const isNamed = filter.idPattern === undefined ? undefined : matcherOf(filter.idPattern)
  const find = finder(database, scope)
  let milliseconds = 0
  const match = (rid: number): Match | undefined => {
    const row: (EntityRow & { readonly id: string }) | undefined = database.sql(BY_RID).get(rid)
    // Before it is decoded, which costs more.
    if (row === undefined || isNamed?.(row.id) === false) return undefined
    const entity = present(row, decode(row), scope.now)
    return entity !== undefined && matches(entity, filter, find) ? { row, entity } : undefined
  }
  return {
    match: (rid) => {
      const begun = performance.now()
      const found = match(rid)
      milliseconds += performance.now() - begun
      return found
    },
    milliseconds: () => milliseconds,
  }
}

const REMEMBERED = 1_000

/** Finds the entities that Relationships lead to; those that are met again are not read again. */
function finder(database: Queried, { now }: Scope): FindEntity {
  const known = new Map<string, Entity | undefined>()
  return (id) => {
    if (known.has(id)) return known.get(id)
    const stored = readEntity(database, id)
    const entity = stored && present(stored.row, stored.entity, now)
    if (known.size < REMEMBERED) known.set(id, entity)
    return entity
  }
}
