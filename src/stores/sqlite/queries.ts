/** Reading many entities. Generators, so that what takes long can be interrupted: they yield after each entity. */

import type { Instant } from '../../core/model/entity.ts'
import type { EntityFilter, EntityQuery, Ordering } from '../../core/query/ast.ts'
import { isListed, selectAll } from './candidate-rows.ts'
import type { Scope } from './compile-filter.ts'
import type { Queried } from './database.ts'
import { createMatcher, matchesOf } from './matches.ts'
import { costOfOrder, orderedRids } from './ordered.ts'
import { createPage, type FoundRow, type PageLimits, readByRid, readPage } from './pages.ts'
import { makePlan, type Plan, READ_ASIDE } from './plan.ts'

/** What a query found, and how. */
export interface Answer {
  readonly rows: readonly FoundRow[]
  readonly total?: number
  readonly plan: Plan | undefined
  /** Entities that had to be looked at one by one. */
  readonly evaluated: number
  /** Milliseconds that this took. */
  readonly evaluating: number
}

/** The answer of a query that can find nothing, or that is given up. */
export const NOTHING: Answer = { rows: [], plan: undefined, evaluated: 0, evaluating: 0 }

/** A query that is planned, and not answered yet. */
interface BegunQuery {
  /** Microseconds that it should take. */
  readonly cost: number
  /** Milliseconds that it took to plan it. */
  readonly planning: number
  readonly answer: Generator<void, Answer>
}

/** Throws nothing; what is wrong with the page is thrown by its steps. `budget`: rows that may be read to plan it. */
export function beginQuery(
  database: Queried,
  query: EntityQuery,
  now: Instant,
  page: PageLimits,
  budget = READ_ASIDE,
): BegunQuery {
  const begun = performance.now()
  const scope = scopeAt(database, now)
  const plan = makePlan(database, query.filter, { ...query, ordered: query.ordering !== undefined }, scope, budget)
  const cost = plan === undefined ? 0 : costOfOrder(database, query, plan)
  return { cost, planning: performance.now() - begun, answer: answerQuery(database, query, plan, scope, page) }
}

/** An answer with its plan in words, for people. */
export function described({ rows, total, plan, evaluated, evaluating }: Answer, planning: number) {
  const via = plan?.via ?? 'nothing is stored by these names'
  return {
    rows,
    ...(total !== undefined && { total }),
    via,
    candidates: plan?.candidates ?? 0,
    evaluated,
    evaluating,
    planning,
  }
}

/** Throws TooManyResults where the entities of the page have more than `maxBytes` together. */
function* answerQuery(
  database: Queried,
  query: EntityQuery,
  plan: Plan | undefined,
  scope: Scope,
  page: PageLimits,
): Generator<void, Answer> {
  if (plan === undefined) return query.count ? { ...NOTHING, total: 0 } : NOTHING
  const { ordering } = query
  if (ordering !== undefined) return yield* orderedAnswer(database, { ...query, ordering }, plan, scope, page)
  if (!plan.exact) return yield* evaluatedAnswer(database, query, plan, scope, page)
  const rows = query.limit === 0 ? [] : readPage(database, plan.source, query, page)
  const total = query.count ? { total: countExactly(database, query.filter, plan, scope.now) } : {}
  return { rows, ...total, plan, evaluated: 0, evaluating: 0 }
}

function* evaluatedAnswer(
  database: Queried,
  query: EntityQuery,
  plan: Plan,
  scope: Scope,
  page: PageLimits,
): Generator<void, Answer> {
  const { filter, limit, offset, count } = query
  const found = createPage(page.maxBytes)
  const matcher = createMatcher(database, filter, scope)
  let total = 0
  let evaluated = 0
  for (const match of matchesOf(database, plan, matcher)) {
    if (match !== undefined && ++total > offset && found.rows.length < limit) found.add(match)
    if (!count && found.rows.length === limit) break
    evaluated++
    yield
  }
  return { rows: found.rows, ...(count && { total }), plan, evaluated, evaluating: matcher.milliseconds() }
}

function* orderedAnswer(
  database: Queried,
  query: EntityQuery & { readonly ordering: Ordering },
  plan: Plan,
  scope: Scope,
  page: PageLimits,
): Generator<void, Answer> {
  const matcher = createMatcher(database, query.filter, scope)
  const { rids, total, evaluated } = yield* orderedRids(database, query, plan, matcher)
  const found = { rows: readByRid(database, rids, page), plan, evaluated, evaluating: matcher.milliseconds() }
  if (!query.count) return found
  // It was walked along an index only where what the plan gives can be counted.
  return { ...found, total: total ?? countExactly(database, query.filter, plan, scope.now) }
}

function countExactly(
  { sql, counts, names }: Queried,
  { types, ids, attributes, alternatives, ...rest }: EntityFilter,
  { source }: Plan,
  now: Instant,
): number {
  const others = [ids, attributes, alternatives, ...Object.values(rest)].some((part) => part !== undefined)
  if (!others) {
    if (types === undefined) return counts.read(now)
    const [iri, ...more] = types.length === 1 ? (types[0] ?? []) : []
    const nid = iri === undefined || more.length > 0 ? undefined : names.find(iri)
    if (iri !== undefined && nid !== undefined) return counts.read(now, { iri, nid })
  }
  if (isListed(source) && source.conditions.length === 0) return source.rids.length
  const { text, values } = selectAll(source)
  return sql(`SELECT count(*) AS n FROM (${text})`).get(...values).n
}

/** How things stand at a moment. */
export function scopeAt({ sql }: Queried, now: Instant): Scope {
  return {
    now,
    expired: sql('SELECT 1 FROM entity WHERE expires_at <= ? LIMIT 1').get(now) !== undefined,
    expiredAttributes: sql('SELECT 1 FROM entity WHERE attribute_expires_at <= ? LIMIT 1').get(now) !== undefined,
  }
}
