/** Entities in an order that is asked for (4.23). */

import type { EntityQuery, Ordering } from '../../core/query/ast.ts'
import { createOrdering, type SortKey } from '../../core/query/compare-entities.ts'
import type { Scope } from './compile-filter.ts'
import type { Queried } from './database.ts'
import { matchesOf } from './matches.ts'
import type { Plan } from './plan.ts'

interface Ordered {
  readonly rids: readonly number[]
  /** All that match. */
  readonly total: number
  readonly evaluated: number
}

interface Ranked {
  readonly rid: number
  readonly keys: readonly SortKey[]
}

/** Candidates after which the caller may do something else. */
const STEP = 16
/** Entities that are kept beside those of the page, before the last of them are forgotten. */
const SPARE = 1_000

/** The page of a query with an ordering. Of equals the one that was created first comes first. */
export function* orderedRids(
  database: Queried,
  { filter, ordering, limit, offset }: EntityQuery & { readonly ordering: Ordering },
  plan: Plan,
  scope: Scope,
): Generator<void, Ordered> {
  const { keyOf, compare } = createOrdering(ordering)
  const kept: Ranked[] = []
  const sort = (): void => {
    kept.sort((a, b) => compare(a.keys, b.keys) || a.rid - b.rid)
  }
  let total = 0
  let evaluated = 0
  for (const match of matchesOf(database, filter, plan, scope)) {
    if (++evaluated % STEP === 0) yield
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
