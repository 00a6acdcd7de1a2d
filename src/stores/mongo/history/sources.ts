/** How the instances of one series that are selected by their time are read: along an index, in the order of time. */

import type { Filter, FindCursor, FindOptions } from 'mongodb'
import type { Period } from '../../../core/history/duration.ts'
import type { InstanceSelection } from '../../../core/history/selection.ts'
import type { Micros } from '../../../core/history/time-property.ts'
import { batchesOf } from '../batches.ts'
import type { Queried } from '../collections.ts'
import { cutOf } from './heads.ts'
import { IS_THERE } from './instances.ts'
import { keysBetween } from './series-key.ts'
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
  /** What meets that, and more of it, as it arrives: in any order, and no more of each than is asked for. */
  each(which: Filter<InstanceDocument>, projection: FindOptions['projection']): FindCursor<InstanceDocument>
}

type Timed = Pick<InstanceDocument, 'at' | 'c' | 'm' | 'x'>

/** By which field it is gone along. */
type Field = 'at' | 'c' | 'm' | 'x'

/** Between two values of a field, of those that meet the condition. */
interface Along {
  readonly field: Field
  readonly condition: Filter<InstanceDocument>
}

const ANY: Along = { field: 'at', condition: {} }
const ALONG: Readonly<Record<InstanceSelection['timeProperty'], readonly Along[]>> = {
  observedAt: [{ field: 'at', condition: { t: true } }],
  createdAt: [{ field: 'c', condition: {} }],
  // Those that were never changed were changed last when they came.
  modifiedAt: [
    { field: 'c', condition: { m: { $exists: false } } },
    { field: 'm', condition: { m: { $exists: true } } },
  ],
  deletedAt: [{ field: 'x', condition: { x: { $exists: true } } }],
}

const TIMES = { at: 1, c: 1, m: 1, x: 1 } as const

/** `periods`: outside of which nothing is selected. */
export function sourceOf(
  { ask, instances, signal }: Asking,
  head: EvolutionDocument,
  series: StoredSeries,
  selection: InstanceSelection,
  periods?: readonly Period[],
): Source {
  const { timeProperty, from, until } = selection
  const along = alongOf(series, selection)
  const timeOf = timesBy(selection)
  const own = shownOf(head, series)
  const given = signal && { signal }
  const find = async (each: Along, bounds: Bounds, projection?: typeof TIMES): Promise<readonly InstanceDocument[]> => {
    const options = {
      sort: sortBy(each.field, bounds.backwards ? -1 : 1),
      ...(bounds.limit !== undefined && { limit: bounds.limit }),
      ...(projection && { projection }),
      ...given,
    } as const
    const which = { ...own, ...each.condition, ...between(series.s, each.field, bounds) }
    return await ask(() => read(instances.find(which, options), bounds.reading))
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
    for (const each of along) {
      const which = { ...own, ...each.condition, ...between(series.s, each.field, { from, until }) }
      yield* batchesOf({ ask }, instances.find(which, { batchSize: PIECE, ...given }))
    }
  }
  const [only] = along
  const isPlain = timeProperty === 'observedAt' && periods === undefined && only !== undefined
  return {
    series,
    timeOf,
    isAny: async () => (await readWithin({ limit: 1 }, TIMES)).length > 0,
    times: async (bounds) => (await readWithin(bounds, TIMES)).map(timeOf),
    read: readWithin,
    pieces,
    filter: isPlain ? { ...between(series.s, 'at', { from, until }), ...own, ...only.condition } : undefined,
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

function sortBy(field: Field, sign: 1 | -1): Record<string, 1 | -1> {
  return field === 'at' ? { _id: sign } : { [field]: sign, _id: sign }
}

/** What an evolution shows of a series: nothing that is deleted, nor of a change that is being done. */
function shownOf(head: EvolutionDocument, { s }: StoredSeries): Filter<InstanceDocument> {
  const cut = cutOf(head, s)
  return { ...IS_THERE, p: { ...(cut !== '' && { $gt: cut }), $lte: head.done ?? '' } }
}

/** Nothing is looked through that cannot be selected: a series of which nothing was observed. */
function alongOf(series: StoredSeries, { timeProperty, onlyTimed }: InstanceSelection): readonly Along[] {
  if (timeProperty === 'observedAt' && onlyTimed && series.t === undefined) return []
  return !onlyTimed && timeProperty === 'observedAt' ? [ANY] : ALONG[timeProperty]
}

function timesBy({ timeProperty }: InstanceSelection): (instance: Timed) => Micros {
  return ({ at, c, m, x }) => {
    if (timeProperty === 'observedAt') return at
    if (timeProperty === 'createdAt') return c * 1_000
    if (timeProperty === 'modifiedAt') return (m ?? c) * 1_000
    return (x ?? c) * 1_000
  }
}

function between(s: string, field: Field, { from, until }: Bounds): Filter<InstanceDocument> {
  if (field === 'at') return { _id: keysBetween(s, from, until) }
  const lower = Number.isFinite(from) ? { $gte: Math.ceil((from ?? 0) / 1_000) } : {}
  const upper = Number.isFinite(until) ? { $lt: Math.ceil((until ?? 0) / 1_000) } : {}
  const isBound = '$gte' in lower || '$lt' in upper
  return { s, ...(isBound && { [field]: { ...lower, ...upper } }) }
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
