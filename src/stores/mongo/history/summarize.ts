/** Values of a series put into their periods: made by the database of what it can, and here of all else. */

import type { Filter } from 'mongodb'
import type { AggregationMethod } from '../../../core/history/methods.ts'
import type { AggregatesWanted } from '../../../core/history/selection.ts'
import type { Micros } from '../../../core/history/time-property.ts'
import { aggregatedOf } from '../../../core/history/value-class.ts'
import { decodePlain } from '../../common/instance-row.ts'
import { batchesOf } from '../batches.ts'
import { grouping, type Origin } from './can-aggregate.ts'
import type { Periods } from './periods.ts'
import type { Asking, Source } from './sources.ts'
import type { InstanceDocument } from './stored.ts'

/**
 * Of numbers and booleans. Not deviations: databases lose the digits of values that are large and alike. Not different values:
 * to hand them over costs as much as the values themselves.
 */
const IN_DATABASE: ReadonlySet<AggregationMethod> = new Set(['avg', 'max', 'min', 'sum', 'sumsq', 'totalCount'])

/** `micros`: undefined for months of the calendar. Throws TooManyResults where there is no room for all periods. */
export async function summarize(
  database: Asking,
  source: Source,
  { origin, micros }: { readonly origin: Micros; readonly micros: number | undefined },
  { methods }: AggregatesWanted,
  periods: Periods,
): Promise<void> {
  const { filter } = source
  const isInDatabase = database.canAggregate && methods.every((method) => IN_DATABASE.has(method))
  if (filter === undefined || !isInDatabase || micros === undefined)
    return await addValues(database, source, source.parts, periods)
  await Promise.all([
    addNumbers(database, filter, { origin, micros }, periods),
    addValues(database, source, [{ ...filter, f: 2 }], periods),
  ])
}

/** What a value is, and where it stands. */
const VALUES = { _id: 0, at: 1, c: 1, m: 1, x: 1, k: 1, v: 1 } as const

async function addValues(
  database: Asking,
  { each, timeOf }: Source,
  parts: readonly Filter<InstanceDocument>[],
  { add, numberOf }: Periods,
): Promise<void> {
  for (const part of parts) {
    for await (const batch of batchesOf(database, each(part, VALUES))) {
      for (const row of batch) {
        const time = timeOf(row)
        for (const value of aggregatedOf(decodePlain({ kind: row.k, value: row.v }))) add(numberOf(time), value)
      }
    }
  }
}

interface Group {
  readonly _id: { readonly k: number; readonly f: 0 | 1 }
  readonly count: number
  readonly sum: number
  readonly sumsq: number
  readonly min: number
  readonly max: number
}

async function addNumbers(
  { ask, instances, signal }: Asking,
  filter: Filter<InstanceDocument>,
  origin: Origin,
  { addSummaries, most }: Periods,
): Promise<void> {
  const values = { $match: { ...filter, f: { $lt: 2 } } }
  // Of each period two at most: so there are more than there is room for where one more comes.
  const pipeline = [values, grouping(origin), { $limit: 2 * most() + 1 }]
  const groups = await ask(() => instances.aggregate<Group>(pipeline, signal && { signal }).toArray())
  for (const { _id, ...numbers } of groups)
    addSummaries(_id.k, [{ valueClass: _id.f === 0 ? 'number' : 'boolean', ...numbers }])
}
