/** What instances of an evolution are together, in periods. */

import type { Filter } from 'mongodb'
import type { SummarizedPeriod } from '../../../core/history/aggregate.ts'
import {
  type AggregatedAttributes,
  type AggregatedSeries,
  aggregatesOf,
  periodIn,
  rangeOf,
} from '../../../core/history/aggregates-of.ts'
import { periodOf } from '../../../core/history/duration.ts'
import { mergeSummaries } from '../../../core/history/merge-summaries.ts'
import type { AggregationMethod } from '../../../core/history/methods.ts'
import { SCOPE } from '../../../core/history/past-instance.ts'
import type { AggregatesWanted, InstanceSelection } from '../../../core/history/selection.ts'
import { createSummarizing, type Summarizing, type Summary } from '../../../core/history/summary.ts'
import { aggregatedOf } from '../../../core/history/value-class.ts'
import { tooManyPeriods } from '../../common/too-many-periods.ts'
import { pastInstance } from './codec.ts'
import { readInstances } from './read-instances.ts'
import type { SelectedEvolution } from './selected.ts'
import type { Asking, Source } from './sources.ts'
import type { InstanceDocument, SummaryDocument } from './stored.ts'

export interface Aggregated {
  readonly attributes: AggregatedAttributes
  readonly isSummarized: boolean
}

interface Summed {
  readonly source: Source
  readonly kept: readonly SummaryDocument[]
}

type Range = ReturnType<typeof rangeOf>

/** Throws TooManyResults where there are more periods than are wanted. */
export async function readAggregates(
  database: Asking,
  evolution: SelectedEvolution,
  selection: InstanceSelection,
  wanted: AggregatesWanted,
): Promise<Aggregated> {
  if (selection.lastN !== undefined) return ofLast(evolution, selection, wanted)
  const sources = evolution.sources.filter(({ series }) => series.a !== SCOPE)
  const summed = await Promise.all(
    sources.map(async (source) => ({ source, kept: await keptOf(database, source, selection, evolution) })),
  )
  const range = await rangeAcross(summed, selection)
  if (range === undefined) return { attributes: {}, isSummarized: false }
  const all = await Promise.all(summed.map((each) => seriesOf(database, each, range, wanted)))
  const attributes: Record<string, AggregatedSeries[]> = {}
  for (const [i, series] of all.entries()) {
    const name = sources[i]?.series.a
    if (series !== undefined && name !== undefined) attributes[name] = [...(attributes[name] ?? []), series]
  }
  if (countOf(attributes) > wanted.most) throw tooManyPeriods()
  return { attributes, isSummarized: summed.some(({ kept }) => kept.length > 0) }
}

export function countOf(attributes: AggregatedAttributes): number {
  return Object.values(attributes)
    .flat()
    .reduce((sum, { periods }) => sum + periods.length, 0)
}

async function keptOf(
  { ask, summaries }: Asking,
  { series }: Source,
  { timeProperty, from, until }: InstanceSelection,
  { periods }: SelectedEvolution,
): Promise<readonly SummaryDocument[]> {
  if (timeProperty !== 'observedAt' || periods !== undefined) return []
  const begins = { ...(from !== undefined && { $gte: from }), ...(until !== undefined && { $lt: until }) }
  const which = { s: series.s, ...((from ?? until) !== undefined && { begins }) }
  return await ask(() => summaries.find(which, { sort: { begins: 1 } }).toArray())
}

/** What the periods of all series lie in; undefined where nothing is selected. */
async function rangeAcross(summed: readonly Summed[], selection: InstanceSelection): Promise<Range | undefined> {
  const at = (backwards: boolean) => Promise.all(summed.map(({ source }) => source.times({ limit: 1, backwards })))
  const firsts = [
    ...(await at(false)).flat(),
    ...summed.flatMap(({ kept }) => kept.slice(0, 1).map(({ begins }) => begins)),
  ]
  if (firsts.length === 0) return undefined
  const lasts = selection.until === undefined ? (await at(true)).flat() : []
  const ends = summed.flatMap(({ kept }) => kept.slice(-1).map(({ ends }) => ends - 1))
  return rangeOf(selection, Math.min(...firsts), Math.max(...lasts, ...ends))
}

async function seriesOf(
  database: Asking,
  { source, kept }: Summed,
  range: Range,
  wanted: AggregatesWanted,
): Promise<AggregatedSeries | undefined> {
  const numberOf = (time: number): number =>
    wanted.duration === undefined ? 0 : periodOf(range.from, wanted.duration, time)
  const byPeriod = await summarize(database, source, range, wanted, numberOf)
  for (const { begins, summaries } of kept) {
    const k = numberOf(begins)
    byPeriod.set(k, mergeSummaries([byPeriod.get(k) ?? [], summaries]))
  }
  const periods: SummarizedPeriod[] = [...byPeriod]
    .filter(([, summaries]) => summaries.length > 0)
    .sort(([a], [b]) => a - b)
    .map(([k, summaries]) => ({ ...periodIn(range, wanted.duration, k), summaries }))
  if (periods.length === 0) return undefined
  const [last] = await source.read({ limit: 1, backwards: true })
  const { d } = source.series
  const type = last === undefined ? 'Property' : pastInstance(last, d).type
  return { ...(d !== '' && { datasetId: d }), type, periods }
}

/** What the database makes of numbers and booleans; the others need each value. */
const IN_DATABASE: ReadonlySet<AggregationMethod> = new Set(['avg', 'max', 'min', 'sum', 'sumsq', 'totalCount'])

async function summarize(
  database: Asking,
  source: Source,
  range: Range,
  { duration, methods }: AggregatesWanted,
  numberOf: (time: number) => number,
): Promise<Map<number, readonly Summary[]>> {
  const filter = source.filter({})
  const isPlain = methods.every((method) => IN_DATABASE.has(method)) && source.isByPlace
  const micros = duration === undefined ? Number.MAX_SAFE_INTEGER : duration.months === 0 ? duration.micros : undefined
  if (filter === undefined || !isPlain || micros === undefined)
    return inOrderOf(await source.read({}), source, numberOf)
  const [numbers, others] = await Promise.all([
    numbersOf(database, filter, range.from, micros),
    database.ask(() => database.instances.find({ ...filter, f: 2 }).toArray()),
  ])
  for (const [k, summaries] of inOrderOf(others, source, numberOf))
    numbers.set(k, [...(numbers.get(k) ?? []), ...summaries])
  return numbers
}

interface Group {
  readonly _id: { readonly k: number; readonly f: 0 | 1 }
  readonly count: number
  readonly sum: number
  readonly sumsq: number
  readonly min: number
  readonly max: number
}

/** Summaries of numbers and booleans by the number of their period, made by the database. */
async function numbersOf(
  { ask, instances }: Asking,
  filter: Filter<InstanceDocument>,
  origin: number,
  micros: number,
): Promise<Map<number, readonly Summary[]>> {
  const k = { $floor: { $divide: [{ $subtract: ['$at', origin] }, micros] } }
  const value = { $toDouble: '$v' }
  const groups = await ask(() =>
    instances
      .aggregate<Group>([
        { $match: { ...filter, f: { $lt: 2 } } },
        {
          $group: {
            _id: { k, f: '$f' },
            count: { $sum: 1 },
            sum: { $sum: value },
            sumsq: { $sum: { $multiply: [value, value] } },
            min: { $min: value },
            max: { $max: value },
          },
        },
      ])
      .toArray(),
  )
  const byPeriod = new Map<number, Summary[]>()
  for (const { _id, ...numbers } of groups) {
    const summaries = byPeriod.get(_id.k) ?? []
    byPeriod.set(_id.k, summaries)
    summaries.push({ valueClass: _id.f === 0 ? 'number' : 'boolean', ...numbers })
  }
  return byPeriod
}

function inOrderOf(
  all: Iterable<InstanceDocument>,
  source: Source,
  numberOf: (time: number) => number,
): Map<number, readonly Summary[]> {
  const summarizing = new Map<number, Summarizing>()
  for (const each of all) {
    const k = numberOf(source.timeOf(each))
    const into = summarizing.get(k) ?? createSummarizing()
    summarizing.set(k, into)
    for (const value of aggregatedOf(pastInstance(each, ''))) into.add(value)
  }
  return new Map([...summarizing].map(([k, each]) => [k, each.summaries()]))
}

/** Of no more instances than lastN says, so they are read. */
async function ofLast(
  evolution: SelectedEvolution,
  selection: InstanceSelection,
  { duration, most }: AggregatesWanted,
): Promise<Aggregated> {
  const { found, cutAt } = await readInstances([evolution], selection, most)
  if (cutAt !== undefined) throw tooManyPeriods()
  return { attributes: aggregatesOf(found[0] ?? {}, selection, duration), isSummarized: false }
}
