/** A page of evolutions, and how many there are (5.7.4). */

import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Filter } from 'mongodb'
import { requiredAttributes } from '../../../core/history/required-attributes.ts'
import type { EvolutionPage, EvolutionQuery } from '../../../ports/history.ts'
import { tookTooLong } from '../../common/took-too-long.ts'
import { type Judged, judge } from './judge.ts'
import { show } from './show.ts'
import type { Asking } from './sources.ts'
import type { EvolutionDocument } from './stored.ts'

/** Evolutions that are judged together. */
const TOGETHER = 20

/** Answers HistoryStore.query for one Tenant. Throws TooComplexQuery where the signal ends before, TooManyResults where there are more periods than are wanted. */
export async function runQuery(database: Asking, query: EvolutionQuery): Promise<EvolutionPage> {
  const { filter, selection, wanted, limit, offset, count } = query
  const page: Judged[] = []
  let total = 0
  for await (const heads of candidates(database, query)) {
    if (database.signal?.aborted) throw tookTooLong()
    if (!count && total > offset + limit) break
    for (const judged of await Promise.all(heads.map((head) => judge(database, head, filter, query)))) {
      if (judged !== undefined && ++total > offset && page.length < limit) page.push(judged)
    }
    await nextTurn()
  }
  const shown = page.length === 0 ? { evolutions: [] } : await show(database, page, selection, wanted)
  return { ...shown, ...(count && { total }), ...(total > offset + limit && { hasMore: true }) }
}

/** In the order of the answer, some at a time. */
async function* candidates(
  { ask, evolutions, signal }: Asking,
  query: EvolutionQuery,
): AsyncGenerator<readonly EvolutionDocument[]> {
  const { orderById } = query
  const field = orderById === undefined ? 'n' : '_id'
  const sign = orderById === 'desc' ? -1 : 1
  const options = { sort: { [field]: sign }, limit: TOGETHER, ...(signal && { signal }) } as const
  const some = candidateFilter(query)
  let beyond: Filter<EvolutionDocument> = {}
  for (;;) {
    const found = await ask(() => evolutions.find({ $and: [some, beyond] }, options).toArray())
    if (found.length > 0) yield found
    const last = found.at(-1)
    if (last === undefined || found.length < TOGETHER) return
    beyond = { [field]: { [sign === 1 ? '$gt' : '$lt']: last[field] } }
  }
}

/** Those that may be selected: by ids or types, and with the Attributes that they need. */
export function candidateFilter({
  filter,
  selection: { only },
}: Pick<EvolutionQuery, 'filter' | 'selection'>): Filter<EvolutionDocument> {
  const required = requiredAttributes({ ...filter, ...(only && { only }) })
  const having = required.map((names) => ({ 'series.a': names.length === 1 ? names[0] : { $in: [...names] } }))
  return { $and: [{ n: { $exists: true } }, sourceOf(filter), ...having] }
}

function sourceOf(filter: EvolutionQuery['filter']): Filter<EvolutionDocument> {
  const selectors = filter.alternatives ?? [filter]
  const ids = selectors.map((each) => each.ids)
  if (!ids.includes(undefined)) return { _id: { $in: ids.flatMap((some) => [...(some ?? [])]) } }
  // Of a conjunction of types one will do.
  const types = selectors.map((each) => each.types?.flatMap(([type]) => type ?? []))
  return types.includes(undefined) ? {} : { types: { $in: types.flatMap((some) => some ?? []) } }
}
