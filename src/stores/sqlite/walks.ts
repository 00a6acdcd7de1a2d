/** Walks over entities, a step at a time: by a filter, or by the time at which something of them goes. */

import type { Instant } from '../../core/model/entity.ts'
import type { EntityFilter } from '../../core/query/ast.ts'
import type { Cursor, WalkStep } from '../../ports/store.ts'
import type { Queried } from './database.ts'
import { createMatcher } from './matches.ts'
import { makePlan } from './plan.ts'
import { scopeAt } from './queries.ts'

/** The cursor of a walk is the `rid` of the last candidate it met, which is never given to another. */
export function walkStep(
  database: Queried,
  filter: EntityFilter,
  limit: number,
  cursor: Cursor | undefined,
  now: Instant,
): WalkStep {
  const scope = { ...scopeAt(database, now), ...(cursor !== undefined && { after: Number(cursor) }) }
  const plan = makePlan(database, filter, { limit, offset: 0, count: false, ordered: false }, scope)
  if (plan === undefined) return { ids: [] }
  // One more than asked for says whether there are more.
  const rows: { rid: number; id: string }[] = database
    .sql(idsOf(plan.source.text))
    .all(...plan.source.values, limit + 1)
  const met = rows.slice(0, limit)
  const matcher = createMatcher(database, filter, scope)
  const ids = met.filter(({ rid }) => plan.exact || matcher.match(rid) !== undefined).map(({ id }) => id)
  const last = met.at(-1)
  return last === undefined || rows.length <= limit ? { ids } : { ids, next: String(last.rid) }
}

export function idsOf(selected: string): string {
  return `SELECT e.rid, e.id FROM (${selected} ORDER BY rid LIMIT ?) p JOIN entity e ON e.rid = p.rid ORDER BY p.rid`
}

export const EXPIRED = `SELECT id FROM entity WHERE expires_at <= ? ORDER BY expires_at LIMIT ?`
export const WITH_EXPIRED = `SELECT id FROM entity WHERE attribute_expires_at <= ?1
  AND (expires_at IS NULL OR expires_at > ?1) ORDER BY attribute_expires_at LIMIT ?2`

/** Ids of entities of which something has expired by `now`, the longest expired first, at most `limit`. */
export function expiredIds({ sql }: Queried, now: Instant, limit: number): readonly string[] {
  const gone: { id: string }[] = sql(EXPIRED).all(now, limit)
  const partly: { id: string }[] = sql(WITH_EXPIRED).all(now, limit - gone.length)
  return [...gone, ...partly].map(({ id }) => id)
}
