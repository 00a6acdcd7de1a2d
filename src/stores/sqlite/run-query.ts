/** Where a query is answered: what an index bounds in place, what may take long in the reader thread. */

import type { Instant } from '../../core/model/entity.ts'
import type { EntityQuery } from '../../core/query/ast.ts'
import type { Call } from '../../ports/call.ts'
import type { EntityPage, FoundEntity, KnownState, QueryPlan } from '../../ports/store.ts'
import { decode, type EntityRow, present } from './codec.ts'
import type { Database } from './database.ts'
import { costOfOrder } from './ordered.ts'
import { type FoundRow, stateOf } from './pages.ts'
import { makePlan } from './plan.ts'
import { type Answer, answerQuery, scopeAt } from './queries.ts'
import type { Reader } from './reader.ts'

/** Microseconds that a query may take the event loop, as planned. */
const IN_PLACE = 3_000
/** Steps (see queries.ts) after which what was planned was wrong. */
const MOST_STEPS = 64

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
  const answer = await database.reads.run(() => inPlace(database, query, running))
  if (answer !== undefined || path === undefined) return pageOf(answer, now, begun)
  const { rows, total, ...plan } = await reader.run({ path, query, now, maxBytes }, call.signal())
  return {
    entities: rows.flatMap((row) => foundIn({ row }, now)),
    ...(total !== undefined && { total }),
    plan: { ...plan, aside: true, milliseconds: performance.now() - begun },
  }
}

/** Undefined where it would take too long. */
function inPlace(database: Database, query: EntityQuery, { path, now, maxBytes, known }: Running): Answer | undefined {
  const scope = scopeAt(database, now)
  const plan = makePlan(database, query.filter, { ...query, ordered: query.ordering !== undefined }, scope)
  const bounded = path !== undefined
  if (bounded && plan !== undefined && costOfOrder(database, query, plan) > IN_PLACE) return undefined
  const steps = answerQuery(database, query, plan, scope, { maxBytes, ...(known && { known }) })
  for (let step = 0; !bounded || step < MOST_STEPS; step++) {
    const { done, value } = steps.next()
    if (done) return value
  }
  steps.return({ rows: [], plan, evaluated: 0 })
  return undefined
}

function pageOf(answer: Answer | undefined, now: Instant, begun: number): EntityPage {
  if (answer === undefined) throw new Error('a query in place was not answered')
  const { rows, total, plan, evaluated } = answer
  const shown: QueryPlan = {
    via: plan?.via ?? 'nothing is stored by these names',
    candidates: plan?.candidates ?? 0,
    evaluated,
    aside: false,
    milliseconds: performance.now() - begun,
  }
  return {
    entities: rows.flatMap((each) => foundIn(each, now)),
    ...(total !== undefined && { total }),
    plan: shown,
  }
}

/** None where it has expired since it was selected. */
export function foundIn(each: FoundRow, now: Instant): readonly FoundEntity[] {
  if (!('row' in each)) return [{ ...each, read: alreadyKnown }]
  const { row, entity } = each
  if (entity !== undefined) return [found(row, () => entity)]
  if (row.expires_at === null && row.attribute_expires_at === null) return [found(row, () => decode(row))]
  const current = present(row, decode(row), now)
  return current === undefined ? [] : [found(row, () => current)]
}

function found(row: EntityRow, read: FoundEntity['read']): FoundEntity {
  const state = stateOf(row)
  const size = row.body.length
  return state === undefined ? { size, read } : { state, size, read }
}

function alreadyKnown(): never {
  throw new Error('the entity was not read: the caller said that its state is known')
}
