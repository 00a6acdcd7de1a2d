/** Walks over entities, a step at a time: by a filter, or by the time at which something of them goes. */

import type { Instant } from '../../core/model/entity.ts'
import type { EntityFilter } from '../../core/query/ast.ts'
import type { Cursor, WalkStep } from '../../ports/store.ts'
import { batchesOf } from './batches.ts'
import { type EntityRow, READ_FIELDS } from './codec.ts'
import type { Queried } from './collections.ts'
import { allOf, hasExpired } from './compile-filter.ts'
import { createMatcher } from './matches.ts'
import { makePlan } from './plan.ts'

/** What a step of a walk is about. */
export interface Walk {
  readonly filter: EntityFilter
  /** Ids at most. */
  readonly limit: number
  /** The place in the order of creation of the last candidate that was met, which is never given to another. */
  readonly cursor: Cursor | undefined
  readonly now: Instant
  readonly signal: AbortSignal
}

export async function takeStep(database: Queried, { filter, limit, cursor, now, signal }: Walk): Promise<WalkStep> {
  const { native, hint } = await makePlan(database, filter, { now, signal, wanted: limit })
  const candidates = cursor === undefined ? native : allOf([native, { seq: { $gt: cursor } }])
  const options = { projection: READ_FIELDS, sort: { seq: 1 as const }, signal, ...(hint && { hint }) }
  // One more than asked for says whether there are more.
  const found = database.entities.find<EntityRow>(candidates, { ...options, limit: limit + 1, batchSize: limit + 2 })
  const matcher = createMatcher(database, filter, now)
  const ids: string[] = []
  let met = 0
  let last: string | undefined
  for await (const rows of batchesOf(database, found)) {
    const within = rows.slice(0, limit - met)
    met += rows.length
    last = within.at(-1)?.seq ?? last
    for (const { row } of await matcher.select(within)) ids.push(row._id)
  }
  return last === undefined || met <= limit ? { ids } : { ids, next: last }
}

/** Ids of entities of which something has expired by `now`, the longest expired first, at most `limit`. */
export async function expiredIds({ entities, ask }: Queried, now: Instant, limit: number): Promise<readonly string[]> {
  const projection = { _id: 1 } as const
  const gone = await ask(() =>
    entities.find({ expiresAt: { $lte: new Date(now) } }, { projection, sort: { expiresAt: 1 }, limit }).toArray(),
  )
  const left = limit - gone.length
  const sort = { attributeExpiresAt: 1 } as const
  const partly =
    left === 0 ? [] : await ask(() => entities.find(hasExpired(now), { projection, sort, limit: left }).toArray())
  return [...new Set([...gone, ...partly].map(({ _id }) => _id))]
}
