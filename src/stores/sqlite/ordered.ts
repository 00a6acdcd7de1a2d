/** Entities in an order that is asked for (4.23). */

import type { EntityQuery, Ordering } from '../../core/query/ast.ts'
import { type CompiledOrdering, createOrdering, type SortKey } from '../../core/query/compare-entities.ts'
import type { Queried } from './database.ts'
import { type Matcher, matchesOf } from './matches.ts'
import { costOfSteps, stepsOf } from './order-steps.ts'
import type { Plan } from './plan.ts'

type OrderedQuery = EntityQuery & { readonly ordering: Ordering }

interface Ordered {
  readonly rids: readonly number[]
  /** All that match; undefined where they were not all looked at. */
  readonly total: number | undefined
  readonly evaluated: number
}

interface Ranked {
  readonly rid: number
  readonly keys: readonly SortKey[]
}

/** Entities that are kept beside those of the page, before the last of them are forgotten. */
const SPARE = 1_000
/** Entities that are looked at along an index before it is given up. */
const MOST_WALKED = 20_000

/** The page of a query with an ordering. Of equals the one that was created first comes first. */
export function* orderedRids(
  database: Queried,
  query: OrderedQuery,
  plan: Plan,
  matcher: Matcher,
): Generator<void, Ordered> {
  const ordering = createOrdering(query.ordering)
  const walked = isWalked(query, plan) ? yield* walk(database, query, ordering, matcher) : undefined
  return walked ?? (yield* sortAll(database, query, plan, ordering, matcher))
}

/** Microseconds that it should take. */
export function costOfOrder(database: Queried, query: EntityQuery, plan: Plan): number {
  const { ordering, limit, offset } = query
  const [first] = ordering?.keys ?? []
  if (ordering === undefined || first === undefined || !isWalked(query, plan)) return plan.cost
  const steps = costOfSteps(database, first, ordering.collation)
  const counting = query.count ? plan.counting : 0
  return steps === undefined ? plan.cost : Math.min(plan.cost, steps + (limit + offset + WALKED) * LOOKED_AT + counting)
}

/** Entities that a walk looks at beside those of a page, and microseconds for each. */
const WALKED = 64
const LOOKED_AT = 15

/** To order what is found is better where that is little, or has to be looked at anyway. */
function isWalked({ limit, offset, count }: EntityQuery, { candidates, exact }: Plan): boolean {
  return candidates > 4 * (limit + offset) + 20 && (exact || !count)
}

/** Along an index that has the order; undefined where there is none, or it did not help. */
function* walk(
  database: Queried,
  { ordering, limit, offset }: OrderedQuery,
  { keyOf, compareFirst, compare }: CompiledOrdering,
  matcher: Matcher,
): Generator<void, Ordered | undefined> {
  const [first] = ordering.keys
  const steps = first && stepsOf(database, first, ordering.collation)
  if (steps === undefined) return undefined
  const met = new Set<number>()
  const found: Ranked[] = []
  for (const { rids, before } of steps) {
    for (const rid of rids) {
      if (met.has(rid)) continue
      met.add(rid)
      const match = matcher.match(rid)
      if (match !== undefined) found.push({ rid, keys: keyOf(match.entity) })
      yield
    }
    const certain = found.filter(({ keys }) => keys[0] !== undefined && compareFirst(keys[0], before) < 0)
    if (certain.length >= offset + limit) {
      certain.sort((a, b) => compare(a.keys, b.keys) || a.rid - b.rid)
      const rids = certain.slice(offset, offset + limit).map(({ rid }) => rid)
      return { rids, total: undefined, evaluated: met.size }
    }
    if (met.size > MOST_WALKED) return undefined
  }
  return undefined
}

function* sortAll(
  database: Queried,
  { limit, offset }: OrderedQuery,
  plan: Plan,
  { keyOf, compare }: CompiledOrdering,
  matcher: Matcher,
): Generator<void, Ordered> {
  const kept: Ranked[] = []
  const sort = (): void => {
    kept.sort((a, b) => compare(a.keys, b.keys) || a.rid - b.rid)
  }
  let total = 0
  let evaluated = 0
  for (const match of matchesOf(database, plan, matcher)) {
    evaluated++
    yield
    if (match === undefined) continue
    total++
    kept.push({ rid: match.row.rid, keys: keyOf(match.entity) })
    if (kept.length < 2 * (offset + limit) + SPARE) continue
    sort()
    kept.length = offset + limit
  }
  sort()
  return { rids: kept.slice(offset, offset + limit).map(({ rid }) => rid), total, evaluated }
}
