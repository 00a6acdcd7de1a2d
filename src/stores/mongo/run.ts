/** A question on its way to the database, and what is found for it. */

import type { FindOptions } from 'mongodb'
import type { Instant } from '../../core/model/entity.ts'
import type { EntityQuery } from '../../core/query/ast.ts'
import type { KnownState } from '../../ports/store.ts'
import { batchesOf } from './batches.ts'
import { type EntityRow, READ_FIELDS } from './codec.ts'
import type { Queried } from './collections.ts'
import type { Doubt } from './compile-filter.ts'
import type { Match, Matcher } from './matches.ts'
import type { Plan } from './plan.ts'
import type { EntityDocument } from './stored.ts'

/** What a question has to be told beside what is asked. */
export interface Asking {
  readonly now: Instant
  readonly signal: AbortSignal
  /** Of the entities of a page together. */
  readonly maxBytes: number
  readonly known: KnownState | undefined
}

/** A row that is found; `values` tells whether it is in doubt. */
export type FoundRow = EntityRow & Pick<EntityDocument, 'values'>

/** A question on its way. */
export interface Run {
  readonly database: Queried
  readonly query: EntityQuery
  readonly plan: Plan
  readonly matcher: Matcher
  readonly asking: Asking
}

/** Documents that are asked for at a time, where all are looked at. */
const BATCH = 500

/** All that match, in the order of creation. */
export async function* everyMatch(run: Run): AsyncGenerator<Match> {
  for await (const rows of batchesOf(run.database, find(run, { batchSize: BATCH }))) {
    yield* await run.matcher.select(rows)
  }
}

/**
 * In the order of creation, also where another is asked for: a document that is changed while a cursor runs along another
 * index may be met twice, or not at all.
 */
export function find({ database, plan, asking }: Run, options: FindOptions) {
  const { hint, native, doubt } = plan
  const projection = { ...READ_FIELDS, ...doubtsOf(doubt) }
  const found = { projection, sort: { seq: 1 as const }, signal: asking.signal, ...(hint && { hint }) }
  return database.entities.find<FoundRow>(native, { ...found, ...options })
}

/** Of the keys of an entity one of those that make it unclear, where it has one. */
function doubtsOf(doubt: Doubt) {
  return doubt === 'all' || doubt.length === 0 ? {} : { values: { $elemMatch: { $in: [...doubt] } } }
}
