/** Summaries of the instances of a series by the number of their period: made by the database of what it can, and here of all else. */

import type { Filter } from 'mongodb'
import { mergeSummaries } from '../../../core/history/merge-summaries.ts'
import type { AggregationMethod } from '../../../core/history/methods.ts'
import type { AggregatesWanted } from '../../../core/history/selection.ts'
import { createSummarizing, type Summarizing, type Summary } from '../../../core/history/summary.ts'
import type { Micros } from '../../../core/history/time-property.ts'
import { aggregatedOf } from '../../../core/history/value-class.ts'
import { decodePlain } from '../../common/instance-row.ts'
import { batchesOf } from '../batches.ts'
import { grouping, type Origin } from './can-aggregate.ts'
import type { Asking, Source } from './sources.ts'
import type { InstanceDocument } from './stored.ts'

/** The number of the period that a time lies in. */
export type NumberOf = (time: Micros) => number

/**
 * Of numbers and booleans. Not deviations: databases lose the digits of values that are large and alike. Not different values:
 * to hand them over costs as much as the values themselves.
 */
const IN_DATABASE: ReadonlySet<AggregationMethod> = new Set(['avg', 'max', 'min', 'sum', 'sumsq', 'totalCount'])

/** `micros`: undefined for months of the calendar. */
export async function summarize(
  database: Asking,
  source: Source,
  { origin, micros }: { readonly origin: Micros; readonly micros: number | undefined },
  { methods }: AggregatesWanted,
  numberOf: NumberOf,
): Promise<Map<number, readonly Summary[]>> {
  const { filter } = source
  if (filter === undefined) return summariesOf(source, [await source.read({})], numberOf)
  const isInDatabase = database.canAggregate && methods.every((method) => IN_DATABASE.has(method))
  if (!isInDatabase || micros === undefined) return summariesOf(source, readEach(database, source, filter), numberOf)
  const [numbers, others] = await Promise.all([
    numbersOf(database, filter, { origin, micros }),
    summariesOf(source, readEach(database, source, { ...filter, f: 2 }), numberOf),
  ])
  for (const [k, summaries] of others) numbers.set(k, mergeSummaries([numbers.get(k) ?? [], summaries]))
  return numbers
}

/** What a value is, and where it stands. */
const VALUES = { _id: 0, at: 1, k: 1, v: 1 } as const

function readEach(database: Asking, { each }: Source, which: Filter<InstanceDocument>) {
  return batchesOf(database, each(which, VALUES))
}

async function summariesOf(
  source: Source,
  batches: AsyncIterable<readonly InstanceDocument[]> | Iterable<readonly InstanceDocument[]>,
  numberOf: NumberOf,
): Promise<Map<number, readonly Summary[]>> {
  const summarizing = new Map<number, Summarizing>()
  for await (const batch of batches) {
    for (const each of batch) {
      const k = numberOf(source.timeOf(each))
      const into = summarizing.get(k) ?? createSummarizing()
      summarizing.set(k, into)
      for (const value of aggregatedOf(decodePlain({ kind: each.k, value: each.v }))) into.add(value)
    }
  }
  return new Map([...summarizing].map(([k, each]) => [k, each.summaries()]))
}

interface Group {
  readonly _id: { readonly k: number; readonly f: 0 | 1 }
  readonly count: number
  readonly sum: number
  readonly sumsq: number
  readonly min: number
  readonly max: number
}

async function numbersOf(
  { ask, instances, signal }: Asking,
  filter: Filter<InstanceDocument>,
  origin: Origin,
): Promise<Map<number, readonly Summary[]>> {
  const pipeline = [{ $match: { ...filter, f: { $lt: 2 } } }, grouping(origin)]
  const groups = await ask(() => instances.aggregate<Group>(pipeline, signal && { signal }).toArray())
  const byPeriod = new Map<number, Summary[]>()
  for (const { _id, ...numbers } of groups) {
    const summaries = byPeriod.get(_id.k) ?? []
    byPeriod.set(_id.k, summaries)
    summaries.push({ valueClass: _id.f === 0 ? 'number' : 'boolean', ...numbers })
  }
  return byPeriod
}
