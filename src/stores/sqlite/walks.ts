/** Walks over entities, a step at a time: by a filter, or by the time at which something of them goes. */

import type { Instant } from '../../core/model/entity.ts'
import type { EntityFilter } from '../../core/query/ast.ts'
import type { Cursor, WalkStep } from '../../ports/store.ts'
import { selectAll } from './candidate-rows.ts'
import type { Scope } from './compile-filter.ts'
import type { Queried } from './database.ts'
import { createMatcher, type Matcher } from './matches.ts'
import { makePlan, type Plan, READ_ASIDE } from './plan.ts'
import { scopeAt } from './queries.ts'

/** What a step of a walk is about. */
export interface Walk {
  readonly filter: EntityFilter
  /** Ids at most. */
  readonly limit: number
  /** The `rid` of the last candidate that was met, which is never given to another. */
  readonly cursor: Cursor | undefined
  readonly now: Instant
}

interface BegunWalk {
  /** Microseconds that the step should take. */
  readonly cost: number
  readonly steps: Generator<void, WalkStep>
}

/** A step that is planned, and yields after each entity that is looked at. `budget`: rows that may be read to plan it. */
export function beginWalk(database: Queried, walk: Walk, budget = READ_ASIDE): BegunWalk {
  const { filter, limit, cursor, now } = walk
  const scope = { ...scopeAt(database, now), ...(cursor !== undefined && { after: Number(cursor) }) }
  const plan = makePlan(database, filter, { limit, offset: 0, count: false, ordered: false }, scope, budget)
  return { cost: plan?.cost ?? 0, steps: walkSteps(database, walk, plan, scope) }
}

function* walkSteps(
  database: Queried,
  { filter, limit }: Walk,
  plan: Plan | undefined,
  scope: Scope,
): Generator<void, WalkStep> {
  if (plan === undefined) return { ids: [] }
  const { text, values } = selectAll(plan.source)
  // One more than asked for says whether there are more.
  const rows = database.sql(idsOf(text)).all(...values, limit + 1) as readonly Candidate[]
  const met = rows.slice(0, limit)
  const last = met.at(-1)
  const ids = plan.exact ? met.map(({ id }) => id) : yield* matching(met, createMatcher(database, filter, scope))
  return last === undefined || rows.length <= limit ? { ids } : { ids, next: String(last.rid) }
}

interface Candidate {
  readonly rid: number
  readonly id: string
}

function* matching(met: readonly Candidate[], matcher: Matcher): Generator<void, readonly string[]> {
  const ids: string[] = []
  for (const { rid, id } of met) {
    if (matcher.match(rid) !== undefined) ids.push(id)
    yield
  }
  return ids
}

export function idsOf(selected: string): string {
  return `SELECT e.rid, e.id FROM (${selected} ORDER BY rid LIMIT ? + 0) p JOIN entity e ON e.rid = p.rid ORDER BY p.rid`
}

export const EXPIRED = `SELECT id FROM entity WHERE expires_at <= ? ORDER BY expires_at LIMIT ? + 0`
export const WITH_EXPIRED = `SELECT id FROM entity WHERE attribute_expires_at <= ?1
  AND (expires_at IS NULL OR expires_at > ?1) ORDER BY attribute_expires_at LIMIT ?2 + 0`

/** Ids of entities of which something has expired by `now`, the longest expired first, at most `limit`. */
export function expiredIds({ sql }: Queried, now: Instant, limit: number): readonly string[] {
  const gone: { id: string }[] = sql(EXPIRED).all(now, limit)
  const partly: { id: string }[] = sql(WITH_EXPIRED).all(now, limit - gone.length)
  return [...gone, ...partly].map(({ id }) => id)
}
