/** What instances of an evolution are together, in periods. */

import type { SummarizedPeriod } from '../../../core/history/aggregate.ts'
import {
  type AggregatedAttributes,
  type AggregatedSeries,
  aggregatesOf,
  periodIn,
  rangeOf,
  typeOfSummarized,
} from '../../../core/history/aggregates-of.ts'
import { type Duration, periodOf } from '../../../core/history/duration.ts'
import { mergeSummaries } from '../../../core/history/merge-summaries.ts'
import { SCOPE } from '../../../core/history/past-instance.ts'
import type { AggregatesWanted, InstanceSelection } from '../../../core/history/selection.ts'
import { tooManyPeriods } from '../../common/too-many-periods.ts'
import { pastInstance } from './codec.ts'
import { keptSummaries } from './kept-summaries.ts'
import { readInstances } from './read-instances.ts'
import type { SelectedEvolution } from './selected.ts'
import type { Asking, Source } from './sources.ts'
import type { SummaryDocument } from './stored.ts'
import { type NumberOf, summarize } from './summarize.ts'

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
  if (selection.lastN !== undefined) return ofLast(database, evolution, selection, wanted)
  const sources = evolution.sources.filter(({ series }) => series.a !== SCOPE)
  const summed = await Promise.all(
    sources.map(async (source) => ({ source, kept: await keptSummaries(database, source, selection, evolution) })),
  )
  const range = await rangeAcross(summed, selection)
  if (range === undefined) return { attributes: {}, isSummarized: false }
  const attributes: Record<string, AggregatedSeries[]> = {}
  let left = wanted.most
  for (const each of summed) {
    const series = await seriesOf(database, each, range, wanted)
    if (series === undefined) continue
    left -= series.periods.length
    if (left < 0) throw tooManyPeriods()
    const { a } = each.source.series
    attributes[a] = [...(attributes[a] ?? []), series]
  }
  return { attributes, isSummarized: summed.some(({ kept }) => kept.length > 0) }
}

/** Periods of all series together. */
export function countOf(attributes: AggregatedAttributes): number {
  return Object.values(attributes)
    .flat()
    .reduce((sum, { periods }) => sum + periods.length, 0)
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
  const { duration } = wanted
  const numberOf: NumberOf = (time) => (duration === undefined ? 0 : periodOf(range.from, duration, time))
  const byPeriod = await summarize(
    database,
    source,
    { origin: range.from, micros: microsOf(duration) },
    wanted,
    numberOf,
  )
  for (const { begins, summaries } of kept) {
    const k = numberOf(begins)
    byPeriod.set(k, mergeSummaries([byPeriod.get(k) ?? [], summaries]))
  }
  const periods: SummarizedPeriod[] = [...byPeriod]
    .filter(([, summaries]) => summaries.length > 0)
    .sort(([a], [b]) => a - b)
    .map(([k, summaries]) => ({ ...periodIn(range, duration, k), summaries }))
  if (periods.length === 0) return undefined
  const [last] = await source.read({ limit: 1, backwards: true })
  const { d } = source.series
  const type = last === undefined ? typeOfSummarized(periods) : pastInstance(last, d).type
  return { ...(d !== '' && { datasetId: d }), type, periods }
}

/** Of a period, where all are as long as one another. */
function microsOf(duration: Duration | undefined): number | undefined {
  if (duration === undefined) return Number.MAX_SAFE_INTEGER
  return duration.months === 0 ? duration.micros : undefined
}

/** Of no more instances than lastN says, so they are read. */
async function ofLast(
  database: Asking,
  evolution: SelectedEvolution,
  selection: InstanceSelection,
  { duration, most }: AggregatesWanted,
): Promise<Aggregated> {
  const { found, cutAt } = await readInstances(database, [evolution], selection, { most })
  if (cutAt !== undefined) throw tooManyPeriods()
  return { attributes: aggregatesOf(found[0] ?? {}, selection, duration), isSummarized: false }
}
