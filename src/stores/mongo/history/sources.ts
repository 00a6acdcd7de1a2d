/** How the instances of one series that are selected by their time are read: along an index, in the order of time. */

import type { Filter } from 'mongodb'
import type { Period } from '../../../core/history/duration.ts'
import type { InstanceSelection } from '../../../core/history/selection.ts'
import type { Micros } from '../../../core/history/time-property.ts'
import type { Queried } from '../collections.ts'
import { cutOf } from './move-past.ts'
import type { EvolutionDocument, InstanceDocument, StoredSeries } from './stored.ts'

export type Asking = Pick<Queried, 'ask' | 'instances' | 'evolutions' | 'summaries'>

/** Bounds of a reading: included, and excluded. */
export interface Bounds {
  readonly from?: Micros | undefined
  readonly until?: Micros | undefined
  /** Instances at most; undefined: all. */
  readonly limit?: number
  /** Whether the latest come first. */
  readonly backwards?: boolean
}

export interface Source {
  readonly series: StoredSeries
  isAny(): Promise<boolean>
  /** Times of what is selected within these bounds, in the order that they ask for. */
  times(bounds: Bounds): Promise<readonly Micros[]>
  read(bounds: Bounds): Promise<readonly InstanceDocument[]>
  timeOf(instance: InstanceDocument): Micros
  /** Whether its times are the places where instances stand. */
  readonly isByPlace: boolean
  /** What selects its instances between two times by the index of the time property; undefined where that takes several. */
  filter(bounds: Bounds): Filter<InstanceDocument> | undefined
}

/** Between two values of a field, of those that meet the condition. */
interface Along {
  readonly field: 'at' | 'c' | 'm' | 'x'
  readonly condition: Filter<InstanceDocument>
}

const ALONG: Readonly<Record<string, readonly Along[]>> = {
  observedAt: [{ field: 'at', condition: { t: true } }],
  any: [{ field: 'at', condition: {} }],
  createdAt: [{ field: 'c', condition: {} }],
  // Those that were never changed were changed last when they came.
  modifiedAt: [
    { field: 'c', condition: { m: { $exists: false } } },
    { field: 'm', condition: { m: { $exists: true } } },
  ],
  deletedAt: [{ field: 'x', condition: { x: { $exists: true } } }],
}

const TIMES = { at: 1, c: 1, m: 1, x: 1, t: 1 } as const

/** `periods`: outside of which nothing is selected. */
export function sourceOf(
  { ask, instances }: Asking,
  head: EvolutionDocument,
  series: StoredSeries,
  selection: InstanceSelection,
  periods?: readonly Period[],
): Source {
  const { timeProperty, onlyTimed, from, until } = selection
  // Deletions have their time, and all others stand where they stand: there is no index for both together.
  const isMixed = !onlyTimed && timeProperty === 'deletedAt'
  const along = isMixed
    ? (ALONG.any ?? [])
    : (ALONG[onlyTimed || timeProperty !== 'observedAt' ? timeProperty : 'any'] ?? [])
  const cut = cutOf(head, series.s)
  const own: Filter<InstanceDocument> = { s: series.s, ...(cut !== '' && { p: { $gt: cut } }) }
  const timeOf: Source['timeOf'] = ({ at, c, m, x }) => {
    if (timeProperty === 'observedAt') return at
    if (timeProperty === 'createdAt') return c * 1_000
    if (timeProperty === 'modifiedAt') return (m ?? c) * 1_000
    return x === undefined ? at : x * 1_000
  }
  const find = async (each: Along, bounds: Bounds, projection?: typeof TIMES): Promise<readonly InstanceDocument[]> => {
    const sign = bounds.backwards ? -1 : 1
    const options = {
      sort: { [each.field]: sign, _id: sign },
      ...(bounds.limit !== undefined && { limit: bounds.limit }),
      ...(projection && { projection }),
    } as const
    return await ask(() =>
      instances.find({ ...own, ...each.condition, ...between(each.field, bounds) }, options).toArray(),
    )
  }
  const within = (bounds: Bounds): Bounds => ({
    ...bounds,
    from: later(from, bounds.from),
    until: earlier(until, bounds.until),
  })
  const readRange = async (asked: Bounds, projection?: typeof TIMES): Promise<readonly InstanceDocument[]> => {
    const bounds = within(asked)
    if (!isMixed && along.length === 1) return find(along[0] ?? NONE, bounds, projection)
    const parts = await Promise.all(along.map((each) => find(each, isMixed ? {} : bounds, projection)))
    return inOrder(parts.flat(), timeOf, bounds)
  }
  const read = async (bounds: Bounds, projection?: typeof TIMES): Promise<readonly InstanceDocument[]> => {
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
  return {
    series,
    timeOf,
    isByPlace: timeProperty === 'observedAt',
    isAny: async () => (await read({ limit: 1 }, TIMES)).length > 0,
    times: async (bounds) => (await read(bounds, TIMES)).map(timeOf),
    read,
    filter: (bounds) => {
      const [only] = along
      if (isMixed || periods !== undefined || along.length > 1 || only === undefined) return undefined
      return { ...own, ...only.condition, ...between(only.field, within(bounds)) }
    },
  }
}

const NONE: Along = { field: 'at', condition: {} }

function between(field: Along['field'], { from, until }: Bounds): Filter<InstanceDocument> {
  if (!Number.isFinite(from ?? 0) || !Number.isFinite(until ?? 0)) {
    const finite = { ...(Number.isFinite(from) && { from }), ...(Number.isFinite(until) && { until }) }
    return between(field, finite)
  }
  if (from === undefined && until === undefined) return {}
  const unit = field === 'at' ? 1 : 1_000
  return {
    [field]: {
      ...(from !== undefined && { $gte: Math.ceil(from / unit) }),
      ...(until !== undefined && { $lt: Math.ceil(until / unit) }),
    },
  }
}

function inOrder(
  all: readonly InstanceDocument[],
  timeOf: Source['timeOf'],
  { from = Number.NEGATIVE_INFINITY, until = Number.POSITIVE_INFINITY, limit, backwards = false }: Bounds,
): readonly InstanceDocument[] {
  const sign = backwards ? -1 : 1
  return all
    .filter((each) => timeOf(each) >= from && timeOf(each) < until)
    .sort((a, b) => sign * (timeOf(a) - timeOf(b)))
    .slice(0, limit)
}

function later(a: Micros | undefined, b: Micros | undefined): Micros | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.max(a, b)
}

function earlier(a: Micros | undefined, b: Micros | undefined): Micros | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.min(a, b)
}
