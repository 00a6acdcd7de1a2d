/** What instances of an evolution are together, in periods. */

import {
  type AggregatedAttributes,
  type AggregatedSeries,
  aggregatesOf,
  rangeOf,
  typeOfSummarized,
} from '../../../core/history/aggregates-of.ts'
import type { Duration } from '../../../core/history/duration.ts'
import { SCOPE } from '../../../core/history/past-instance.ts'
import type { AggregatesWanted, InstanceSelection } from '../../../core/history/selection.ts'
import { tooManyPeriods } from '../../common/too-many-periods.ts'
import { pastInstance } from './codec.ts'
import { areAnyLeftOut, extentOf, leavingOf, readSummaries } from './kept-summaries.ts'
import { createPeriods, type Periods, type Room } from './periods.ts'
import { readInstances } from './read-instances.ts'
import type { SelectedEvolution } from './selected.ts'
import { type Asking, type Source, sourceOf } from './sources.ts'
import type { SummaryDocument } from './stored.ts'
import { summarize } from './summarize.ts'
import { undisturbed } from './undisturbed.ts'

export interface Aggregated {
  readonly attributes: AggregatedAttributes
  readonly isSummarized: boolean
  /** Whether there is more in summaries, of which it is not known whether it is selected. */
  readonly lacksSummarized: boolean
}

interface Summed {
  readonly source: Source
  /** Where its summaries lie. */
  readonly kept: Awaited<ReturnType<typeof extentOf>>
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
  return await undisturbed(database, evolution.head, (retained) => {
    const head = { ...evolution.head, ...(retained && { retained }) }
    return ofAll(database, { ...evolution, head }, selection, wanted)
  })
}

async function ofAll(
  database: Asking,
  evolution: SelectedEvolution,
  selection: InstanceSelection,
  wanted: AggregatesWanted,
): Promise<Aggregated> {
  const sources = evolution.sources.filter(({ series }) => series.a !== SCOPE)
  const summed = await Promise.all(
    sources.map(async (source) => ({ source, kept: await extentOf(database, source, selection, evolution) })),
  )
  const range = await rangeAcross(summed, selection)
  const lacksSummarized = await areAnyLeftOut(database, evolution, selection)
  if (range === undefined) return { attributes: {}, isSummarized: false, lacksSummarized }
  const attributes: Record<string, AggregatedSeries[]> = {}
  const room: Room = { left: wanted.most }
  for (const each of summed) {
    const { source } = each
    const periods = createPeriods(range, wanted.duration, room)
    const series = await seriesOf(database, { ...each, evolution, selection }, range, wanted, periods)
    if (series === undefined) continue
    const { a } = source.series
    attributes[a] ??= []
    attributes[a].push(series)
  }
  return { attributes, isSummarized: summed.some(({ kept }) => kept !== undefined), lacksSummarized }
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
  const kept = summed.flatMap((each) => (each.kept === undefined ? [] : [each.kept]))
  const firsts = [...(await at(false)).flat(), ...kept.map(([first]) => first)]
  if (firsts.length === 0) return undefined
  const lasts = selection.until === undefined ? (await at(true)).flat() : []
  return rangeOf(selection, Math.min(...firsts), Math.max(...lasts, ...kept.map(([, last]) => last)))
}

interface Asked extends Summed {
  readonly evolution: SelectedEvolution
  readonly selection: InstanceSelection
}

async function seriesOf(
  database: Asking,
  { source, kept, evolution, selection }: Asked,
  range: Range,
  wanted: AggregatesWanted,
  periods: Periods,
): Promise<AggregatedSeries | undefined> {
  const { head } = evolution
  const add = ({ begins, summaries }: SummaryDocument) => periods.addSummaries(periods.numberOf(begins), summaries)
  // Where there were none, and are by now, instances have not gone yet, or it is read once more.
  const leaving =
    kept === undefined
      ? await leavingOf(database, head, source.series.s)
      : await readSummaries(database, source, selection, evolution, add)
  const left = sourceOf(database, head, source.series, selection, evolution.periods, leaving)
  await summarize(database, left, { origin: range.from, micros: microsOf(wanted.duration) }, wanted, periods)
  const found = periods.found()
  if (found.length === 0) return undefined
  const [last] = await source.read({ limit: 1, backwards: true })
  const { d } = source.series
  const type = last === undefined ? typeOfSummarized(found) : pastInstance(last, d).type
  return { ...(d !== '' && { datasetId: d }), type, periods: found }
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
  const lacksSummarized = await areAnyLeftOut(database, evolution, selection)
  return { attributes: aggregatesOf(found[0] ?? {}, selection, duration), isSummarized: false, lacksSummarized }
}
