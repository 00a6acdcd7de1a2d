/** Where a query is answered: what an index bounds in place, what may take long in the reader thread. */

import type { Instant } from '../../core/model/entity.ts'
import type { EntityQuery } from '../../core/query/ast.ts'
import type { Call } from '../../ports/call.ts'
import type { EntityPage, FoundEntity, KnownState } from '../../ports/store.ts'
import { decode, type EntityRow, present } from './codec.ts'
import type { Database } from './database.ts'
import { type FoundRow, stateOf } from './pages.ts'
import { READ_ASIDE, READ_IN_PLACE } from './plan.ts'
import { beginQuery, described, NOTHING } from './queries.ts'
import type { Reader } from './reader.ts'
import type { ReaderAnswer } from './reader-messages.ts'

/** Microseconds that a query may take the event loop, as planned. */
const IN_PLACE = 3_000
/** Milliseconds, with those of planning, after which what was planned was wrong. */
const MOST_MS = 8

export interface Running {
  /** What the reader opens; undefined for a database in memory, which only its own connection sees. */
  readonly path: string | undefined
  readonly reader: Reader
  readonly now: Instant
  /** Of the entities of a page together. */
  readonly maxBytes: number
  readonly known: KnownState | undefined
}

/** Throws TooManyResults where the page is too large, TooComplexQuery where it is not found in time. */
export async function runQuery(
  database: Database,
  call: Call,
  query: EntityQuery,
  running: Running,
): Promise<EntityPage> {
  const begun = performance.now()
  const { path, reader, now, maxBytes } = running
  const answered = await database.reads.run(() => inPlace(database, query, running))
  if (answered !== undefined) return pageOf(answered, now, { aside: false, begun })
  if (path === undefined) throw new Error('a query of a database in memory was not answered in place')
  const { rows, ...answer } = await reader.run({ path, query, now, maxBytes }, call.signal())
  return pageOf({ ...answer, rows: rows.map((row) => ({ row })) }, now, { aside: true, begun })
}

/** As what the reader answers, but for its rows. */
type Answered = Omit<ReaderAnswer, 'rows'> & { readonly rows: readonly FoundRow[] }

/** Undefined where it would take too long. */
function inPlace(
  database: Database,
  query: EntityQuery,
  { path, now, maxBytes, known }: Running,
): Answered | undefined {
  const bounded = path !== undefined
  const end = bounded ? performance.now() + MOST_MS : Number.POSITIVE_INFINITY
  const page = { maxBytes, ...(known && { known }) }
  const steps = beginQuery(database, query, now, page, bounded ? READ_IN_PLACE : READ_ASIDE)
  if (bounded && steps.cost > IN_PLACE) return undefined
  do {
    const { done, value } = steps.answer.next()
    if (done) return described(value, steps.planning)
  } while (performance.now() < end)
  steps.answer.return(NOTHING)
  return undefined
}

function pageOf(
  { rows, total, planning, evaluating, ...plan }: Answered,
  now: Instant,
  { aside, begun }: { readonly aside: boolean; readonly begun: number },
): EntityPage {
  const entities = presentOf(rows, now)
  const milliseconds = { total: performance.now() - begun, planning, evaluating }
  return {
    entities,
    ...(total !== undefined && { total }),
    plan: { ...plan, aside, milliseconds },
  }
}

/** Without those that have expired since they were selected. */
export function presentOf(rows: readonly FoundRow[], now: Instant): readonly FoundEntity[] {
  const entities: FoundEntity[] = []
  for (const each of rows) {
    const entity = foundIn(each, now)
    if (entity !== undefined) entities.push(entity)
  }
  return entities
}

function foundIn(each: FoundRow, now: Instant): FoundEntity | undefined {
  if (!('row' in each)) return { state: each.state, size: each.size, read: alreadyKnown }
  const { row, entity } = each
  if (entity !== undefined) return found(row, () => entity)
  if (row.expires_at === null && row.attribute_expires_at === null) return found(row, () => decode(row))
  const current = present(row, decode(row), now)
  return current && found(row, () => current)
}

function found(row: EntityRow, read: FoundEntity['read']): FoundEntity {
  const state = stateOf(row)
  const size = Buffer.byteLength(row.body)
  return state === undefined ? { size, read } : { state, size, read }
}

function alreadyKnown(): never {
  throw new Error('the entity was not read: the caller said that its state is known')
}
