/** A page of entities, and how many there are. */

import type { EntityFilter, EntityQuery } from '../../core/query/ast.ts'
import type { EntityPage } from '../../ports/store.ts'
import { batchesOf } from './batches.ts'
import { hasCome } from './codec.ts'
import type { Queried } from './collections.ts'
import { allOf, doubtful } from './compile-filter.ts'
import { countEntities } from './counts.ts'
import { createMatcher } from './matches.ts'
import { orderedPage } from './ordered.ts'
import { createPage, foundIn, type PageRow } from './pages.ts'
import { learn, makePlan } from './plan.ts'
import { type Asking, everyMatch, type FoundRow, find, type Run } from './run.ts'

interface Answer {
  readonly rows: readonly PageRow[]
  readonly total?: number
}

/** Throws TooManyResults where the entities of the page have more than `maxBytes` together. */
export async function runQuery(database: Queried, query: EntityQuery, asking: Asking): Promise<EntityPage> {
  const begun = performance.now()
  const plan = await makePlan(database, query.filter, { ...asking, ...wantedBy(query) })
  const planning = performance.now() - begun
  const matcher = createMatcher(database, query.filter, asking.now)
  const { rows, total } = await answer({ database, query, plan, matcher, asking })
  learn(database, query.filter, performance.now() - begun - planning)
  const milliseconds = { total: performance.now() - begun, planning, evaluating: matcher.milliseconds() }
  const evaluated = matcher.evaluated()
  return {
    entities: rows.flatMap((each) => foundIn(each, asking.now) ?? []),
    ...(total !== undefined && { total }),
    plan: { via: plan.via, candidates: Math.max(evaluated, rows.length), evaluated, aside: false, milliseconds },
  }
}

function wantedBy({ ordering, count, offset, limit }: EntityQuery): { readonly wanted?: number } {
  return ordering !== undefined || count ? {} : { wanted: offset + limit }
}

async function answer(run: Run): Promise<Answer> {
  const { query } = run
  if (query.ordering !== undefined) return orderedPage(run, query.ordering)
  const { limit, offset, count } = query
  // Where each is looked at, what lies before the page and behind it is known by that alone.
  if (!(count || offset > 0)) return { rows: await pageOf(run, 0) }
  if (await isDoubtful(run)) return evaluatedAnswer(run)
  const rows = limit === 0 ? [] : await pageOf(run, offset)
  if (!count) return { rows }
  const isLast = rows.length > 0 && rows.length < limit
  return { rows, total: isLast ? offset + rows.length : await countCertain(run) }
}

/** Whether there is anything that only the evaluator can decide. */
async function isDoubtful({ database, plan, asking }: Run): Promise<boolean> {
  const { doubt, native, hint } = plan
  if (doubt === 'all') return true
  const options = { limit: 1, signal: asking.signal, ...(hint !== undefined && { hint }) }
  const found = allOf([native, doubtful(doubt, asking.now)])
  return (await database.ask(() => database.entities.countDocuments(found, options))) > 0
}

/** The first `limit` that match, after so many that are certain to. */
async function pageOf(run: Run, skip: number): Promise<readonly PageRow[]> {
  const { limit } = run.query
  const page = createPage(run.asking.maxBytes)
  if (limit === 0) return page.rows
  let after: string | undefined
  // Only as many as may be needed: a server then need not put all in order that it finds.
  for (let most = limit + 1; ; most = Math.min(most * 4, MOST_AT_ONCE)) {
    let met = 0
    for await (const rows of batchesOf(run.database, findAfter(run, after, skip, most))) {
      met += rows.length
      after = rows.at(-1)?.seq
      for (const match of await matching(run, rows)) {
        page.add(match)
        if (page.rows.length === limit) return page.rows
      }
    }
    if (met < most) return page.rows
  }
}

/** Documents that are asked for at once, where a page turns out to need more. */
const MOST_AT_ONCE = 2_000

/** In the order of creation: after a place in it, or after so many. */
function findAfter(run: Run, after: string | undefined, skip: number, limit: number) {
  const options = { limit, batchSize: limit + 1 }
  if (after === undefined) return find(run, { ...options, skip })
  const native = allOf([run.plan.native, { seq: { $gt: after } }])
  return find({ ...run, plan: { ...run.plan, native } }, options)
}

/** Without those that do not match; what is certain is not decoded. */
async function matching({ plan, matcher, asking }: Run, rows: readonly FoundRow[]): Promise<readonly PageRow[]> {
  if (plan.doubt === 'all') return matcher.select(rows)
  const unclear = rows.filter((row) => row.values !== undefined || hasCome(row.attributeExpiresAt, asking.now))
  if (unclear.length === 0) return rows.map((row) => ({ row }))
  const isUnclear = new Set(unclear)
  const matched = new Map((await matcher.select(unclear)).map((match) => [match.row, match]))
  return rows.flatMap((row) => matched.get(row) ?? (isUnclear.has(row) ? [] : [{ row }]))
}

async function evaluatedAnswer(run: Run): Promise<Answer> {
  const { limit, offset, count } = run.query
  const page = createPage(run.asking.maxBytes)
  let total = 0
  for await (const match of everyMatch(run)) {
    if (++total > offset && page.rows.length < limit) page.add(match)
    if (!count && page.rows.length === limit) break
  }
  return { rows: page.rows, ...(count && { total }) }
}

async function countCertain({ database, query, plan, asking }: Run): Promise<number> {
  const type = countedType(query.filter)
  if (type !== undefined) return countEntities(database, asking.now, type === '' ? undefined : type)
  const options = { signal: asking.signal, ...(plan.hint && { hint: plan.hint }) }
  return database.ask(() => database.entities.countDocuments(plan.native, options))
}

/** The type whose number is kept; `''` for all entities; undefined where it has to be counted. */
function countedType({ types, ...rest }: EntityFilter): string | undefined {
  if (Object.values(rest).some((part) => part !== undefined)) return undefined
  if (types === undefined) return ''
  const [first = [], ...others] = types
  return others.length === 0 && first.length === 1 ? first[0] : undefined
}
