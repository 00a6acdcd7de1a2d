/** What is asked of evolutions, as steps that can be interrupted: in place, or in the reader thread. */

import type { AggregatedAttributes } from '../../../core/history/aggregates-of.ts'
import type { EvolutionHead, PastInstance } from '../../../core/history/past-instance.ts'
import type { InstanceSelection, Wanted } from '../../../core/history/selection.ts'
import type { Micros } from '../../../core/history/time-property.ts'
import type { EvolutionQuery } from '../../../ports/history.ts'
import type { Queried } from '../database.ts'
import { candidates } from './candidates.ts'
import { findHead, withModifiedAt } from './heads.ts'
import { type Judged, judge } from './judge.ts'
import { type Aggregated, readAggregates } from './read-aggregates.ts'
import { type FoundSeries, readInstances } from './read-instances.ts'
import { selectedEvolution } from './selected.ts'

export type HistoryAsked =
  | { readonly kind: 'retrieve'; readonly id: string; readonly selection: InstanceSelection; readonly wanted: Wanted }
  | { readonly kind: 'query'; readonly query: EvolutionQuery }

/** An evolution with its rows as they are stored: they can be sent to another thread. */
export interface FoundRows {
  readonly head: EvolutionHead
  readonly series?: readonly FoundSeries[]
  readonly aggregates?: AggregatedAttributes
  readonly scopeBefore?: PastInstance
}

export interface HistoryAnswer {
  /** Of a retrieval: undefined where there is no such evolution. */
  readonly found: readonly FoundRows[] | undefined
  readonly total?: number
  readonly hasMore?: true
  readonly cutAt?: Micros
  readonly isSummarized?: true
  readonly lacksSummarized?: true
}

/** Yields where it may be interrupted. Throws TooManyResults where there are more periods than are wanted. */
export function* historySteps(database: Queried, asked: HistoryAsked): Generator<void, HistoryAnswer> {
  if (asked.kind === 'query') return yield* querySteps(database, asked.query)
  const { id, selection, wanted } = asked
  const head = findHead(database, id)
  if (head === undefined) return { found: undefined }
  return yield* showSteps(database, [{ evolution: selectedEvolution(database, head, selection) }], selection, wanted)
}

function* querySteps(database: Queried, query: EvolutionQuery): Generator<void, HistoryAnswer> {
  const { filter, selection, wanted, limit, offset, count } = query
  const page: Judged[] = []
  let total = 0
  const isEnough = () => !count && total > offset + limit
  for (const heads of candidates(database, query)) {
    for (const head of heads) {
      if (isEnough()) break
      const judged = yield* judge(database, head, filter, selection, wanted.kind)
      if (judged !== undefined && ++total > offset && page.length < limit) page.push(judged)
      yield
    }
    if (isEnough()) break
    yield
  }
  const shown = page.length === 0 ? { found: [] } : yield* showSteps(database, page, selection, wanted)
  return { ...shown, ...(count && { total }), ...(total > offset + limit && { hasMore: true }) }
}

function* showSteps(
  database: Queried,
  page: readonly Judged[],
  selection: InstanceSelection,
  wanted: Wanted,
): Generator<void, HistoryAnswer> {
  const heads = page.map(({ evolution: { head }, scopeBefore }) => {
    return { head: withModifiedAt(database, head), ...(scopeBefore && { scopeBefore }) }
  })
  const evolutions = page.map(({ evolution }) => evolution)
  if (wanted.kind === 'instances') {
    const { found, cutAt } = yield* readInstances(database, evolutions, selection, wanted)
    const rows = heads.map((head, i) => ({ ...head, series: found[i] ?? [] }))
    return { found: rows, ...(cutAt !== undefined && { cutAt }) }
  }
  const aggregated: Aggregated[] = []
  const room = { left: wanted.most }
  for (const evolution of wanted.methods.length === 0 ? [] : evolutions) {
    aggregated.push(yield* readAggregates(database, evolution, selection, wanted, room))
  }
  return {
    found: heads.map((head, i) => ({ ...head, aggregates: aggregated[i]?.attributes ?? {} })),
    ...(aggregated.some(({ isSummarized }) => isSummarized) && { isSummarized: true }),
    ...(aggregated.some(({ lacksSummarized }) => lacksSummarized) && { lacksSummarized: true }),
  }
}
