/** How the instances of one series that are selected by their time are read: along an index, in the order of time. */

import type { Filter, FindCursor, FindOptions } from 'mongodb'
import type { Period } from '../../../core/history/duration.ts'
import type { InstanceSelection } from '../../../core/history/selection.ts'
import type { Micros } from '../../../core/history/time-property.ts'
import { batchesOf } from '../batches.ts'
import type { Queried } from '../collections.ts'
import { type Along, alongOf, between, signOf, sortBy, type Timed, timesBy } from './along.ts'
import { cutOf } from './heads.ts'
import { IS_THERE } from './instances.ts'
import type { EvolutionDocument, InstanceDocument, StoredSeries } from './stored.ts'

/** `signal`: what is asked ends with it. */
export type Asking = Pick<Queried, 'ask' | 'instances' | 'evolutions' | 'summaries'> & {
  readonly signal?: AbortSignal
  /** Whether the database can aggregate (can-aggregate.ts). */
  readonly canAggregate: boolean
}

/** Bounds of a reading: included, and excluded. */
export interface Bounds {
  readonly from?: Micros | undefined
  readonly until?: Micros | undefined
  /** Instances at most; undefined: all. */
  readonly limit?: number
  /** Whether the latest come first. */
  readonly backwards?: boolean
  /** What is read is added to it; reading is broken off where it is more than it may be. Undefined: it does not matter. */
  readonly reading?: Reading
}

/** What has been read for one answer. */
export interface Reading {
  count: number
  bytes: number
  readonly mostBytes: number
}

export interface Source {
  readonly series: StoredSeries
  isAny(): Promise<boolean>
  /** Times of what is selected within these bounds, in the order that they ask for. */
  times(bounds: Bounds): Promise<readonly Micros[]>
  read(bounds: Bounds): Promise<readonly InstanceDocument[]>
  /** All that is selected, whatever the periods, a piece at a time, in no order. */
  pieces(): AsyncGenerator<readonly InstanceDocument[]>
  timeOf(instance: Timed): Micros
  /** What selects its instances by one index, where their times are the places in which they stand; else undefined. */
  readonly filter: Filter<InstanceDocument> | undefined
  /** Each of its instances meets one of these. */
  readonly parts: readonly Filter<InstanceDocument>[]
  /** What meets such a filter, and more of it, as it arrives: in any order, and no more of each than is asked for. */
  each(which: Filter<InstanceDocument>, projection: FindOptions['projection']): FindCursor<InstanceDocument>
}

const TIMES = { at: 1, c: 1, m: 1, x: 1 } as const

/** `periods`: outside of which nothing is selected. `leaving`: ids of what is in summaries already. */
export function sourceOf(
  { ask, instances, signal }: Asking,
  head: EvolutionDocument,
  series: StoredSeries,
  selection: InstanceSelection,
  periods?: readonly Period[],
  leaving: readonly string[] = [],
): Source {
  const { timeProperty, from, until } = selection
  const along = alongOf(series, selection)
  const timeOf = timesBy(selection)
  const own = { ...shownOf(head, series), ...(leaving.length > 0 && { $nor: [{ _id: { $in: [...leaving] } }] }) }
  const given = signal && { signal }
  const partOf = (each: Along, { from, until }: Bounds) => ({
    ...{ ...own, ...each.condition },
    ...between(series.s, each.field, { from, until }),
  })
  const findTimes = (each: Along, bounds: Bounds) => {
    // In what order those of one time come is not asked: so an index has their order.
    const options = { sort: sortBy(each.field, bounds), ...limitOf(bounds), projection: TIMES, ...given }
    return ask(() => instances.find(partOf(each, bounds), options).toArray())
  }
  const find = async (each: Along, asked: Bounds, projection?: typeof TIMES): Promise<readonly InstanceDocument[]> => {
    if (projection !== undefined) return await findTimes(each, asked)
    // So what is put in order of what share one time is no more than is wanted, and those that share the last.
    const isWalked = each.field === 'at' || asked.limit === undefined
    const bounds = isWalked ? asked : upTo(asked, (await findTimes(each, asked)).at(-1)?.[each.field])
    const options = { sort: { ...sortBy(each.field, bounds), _id: signOf(bounds) }, ...limitOf(bounds), ...given }
    return await ask(() => read(instances.find(partOf(each, bounds), options), bounds.reading))
  }
  const readRange = async (asked: Bounds, projection?: typeof TIMES): Promise<readonly InstanceDocument[]> => {
    const bounds = { ...asked, from: later(from, asked.from), until: earlier(until, asked.until) }
    const [only, ...more] = along
    if (only === undefined) return []
    if (more.length === 0) return find(only, bounds, projection)
    const parts = await Promise.all(along.map((each) => find(each, bounds, projection)))
    return inOrder(parts.flat(), timeOf, bounds)
  }
  const readWithin = async (bounds: Bounds, projection?: typeof TIMES): Promise<readonly InstanceDocument[]> => {
    if (periods === undefined) return readRange(bounds, projection)
    const some: InstanceDocument[] = []
    for (const period of bounds.backwards ? periods.toReversed() : periods) {
      const left = bounds.limit === undefined ? {} : { limit: bounds.limit - some.length }
      if (left.limit === 0) break
      const inPeriod = { from: later(period.from, bounds.from), until: earlier(period.until, bounds.until) }
      some.push(...(await readRange({ ...bounds, ...left, ...inPeriod }, projection)))
    }
    return some
  }
  const pieces = async function* (): AsyncGenerator<readonly InstanceDocument[]> {
    for (const part of parts) yield* batchesOf({ ask }, instances.find(part, { batchSize: PIECE, ...given }))
  }
  const ranges = (periods ?? [{}]).map((period: Partial<Period>) => ({
    from: later(from, period.from),
    until: earlier(until, period.until),
  }))
  const parts = ranges.flatMap((range) => along.map((each) => partOf(each, range)))
  return {
    series,
    timeOf,
    isAny: async () => (await readWithin({ limit: 1 }, TIMES)).length > 0,
    times: async (bounds) => (await readWithin(bounds, TIMES)).map(timeOf),
    read: readWithin,
    pieces,
    filter: timeProperty === 'observedAt' && periods === undefined ? parts[0] : undefined,
    parts,
    each: (which, projection) =>
      instances.find(which, { ...(projection && { projection }), batchSize: BATCH, ...given }),
  }
}

async function read(
  cursor: FindCursor<InstanceDocument>,
  reading: Reading | undefined,
): Promise<readonly InstanceDocument[]> {
  if (reading === undefined) return cursor.toArray()
  const all: InstanceDocument[] = []
  try {
    while (reading.bytes <= reading.mostBytes && (await cursor.hasNext())) {
      const some = cursor.readBufferedDocuments()
      all.push(...some)
      reading.count += some.length
      for (const each of some) reading.bytes += bytesOf(each)
    }
  } finally {
    await cursor.close()
  }
  return all
}

/** What an instance takes that has nothing but numbers. */
const BYTES = 100

function bytesOf({ v, r }: InstanceDocument): number {
  return BYTES + (typeof v === 'string' ? v.length : 0) + (r?.length ?? 0)
}

/** Documents that are decoded in one piece; and where several evolutions are read at once. */
const BATCH = 1_000
const PIECE = 500

function limitOf({ limit }: Bounds) {
  return limit === undefined ? {} : { limit }
}

/** No further than the last of those that are wanted: in milliseconds, undefined where there are none. */
function upTo(bounds: Bounds, last: number | undefined): Bounds {
  if (last === undefined) return bounds
  return { ...bounds, ...(bounds.backwards ? { from: last * 1_000 } : { until: last * 1_000 + 1 }) }
}

/** What an evolution shows of a series: nothing that is deleted, nor of a change that is being done. */
function shownOf(head: EvolutionDocument, { s }: StoredSeries): Filter<InstanceDocument> {
  const cut = cutOf(head, s)
  return { ...IS_THERE, p: { ...(cut !== '' && { $gt: cut }), $lte: head.done ?? '' } }
}

function inOrder(
  all: readonly InstanceDocument[],
  timeOf: Source['timeOf'],
  { limit, backwards = false }: Bounds,
): readonly InstanceDocument[] {
  const sign = backwards ? -1 : 1
  return [...all].sort((a, b) => sign * (timeOf(a) - timeOf(b))).slice(0, limit)
}

function later(a: Micros | undefined, b: Micros | undefined): Micros | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.max(a, b)
}

function earlier(a: Micros | undefined, b: Micros | undefined): Micros | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.min(a, b)
}
