/** What instances of an evolution are together, in periods. Generators: they yield after each period. */

import type { SummarizedPeriod } from '../../../core/history/aggregate.ts'
import {
  type AggregatedAttributes,
  type AggregatedSeries,
  aggregatesOf,
  periodIn,
  rangeOf,
} from '../../../core/history/aggregates-of.ts'
import { type Period, periodOf } from '../../../core/history/duration.ts'
import { mergeSummaries } from '../../../core/history/merge-summaries.ts'
import { type PastInstances, SCOPE } from '../../../core/history/past-instance.ts'
import type { AggregatesWanted, InstanceSelection } from '../../../core/history/selection.ts'
import { createSummarizing, type Summary } from '../../../core/history/summary.ts'
import type { Micros } from '../../../core/history/time-property.ts'
import { aggregatedOf } from '../../../core/history/value-class.ts'
import type { AttributeType } from '../../../core/model/entity.ts'
import { decodeInstance } from '../../common/instance-row.ts'
import { tooManyPeriods } from '../../common/too-many-periods.ts'
import type { Queried } from '../database.ts'
import type { SeriesRow } from './heads.ts'
import { summarizeInSql } from './numbers-in-sql.ts'
import { pastInstances } from './past-instances.ts'
import { readInstances } from './read-instances.ts'
import type { StoredRow } from './rows.ts'
import { type SelectedEvolution, selectedSource } from './selected.ts'
import type { Source } from './sources.ts'
import { type KeptSummary, keptSummaries } from './summaries.ts'

export interface Aggregated {
  readonly attributes: AggregatedAttributes
  /** Whether in part it is of what instances were together that are not kept any more. */
  readonly isSummarized: boolean
}

/** How many more periods there may be in the answer. */
export interface Room {
  left: number
}

interface Summed {
  readonly series: SeriesRow
  readonly source: Source
  readonly kept: readonly KeptSummary[]
}

/** Throws TooManyResults where there is no room for all periods. */
export function* readAggregates(
  database: Queried,
  evolution: SelectedEvolution,
  selection: InstanceSelection,
  wanted: AggregatesWanted,
  room: Room,
): Generator<void, Aggregated> {
  if (selection.lastN !== undefined) return yield* ofLast(database, evolution, selection, wanted, room)
  const summed = summedOf(database, evolution, selection)
  const range = rangeAcross(summed, selection)
  const attributes: Record<string, AggregatedSeries[]> = {}
  const isPlain = selection.timeProperty === 'observedAt' && selection.onlyTimed && evolution.periods === undefined
  for (const each of range === undefined ? [] : summed) {
    const summarize = isPlain
      ? (period: Period) => summarizeInSql(database.sql, each.series.sid, period, wanted.methods)
      : (period: Period) => summarizeRows(each.source.rows(period))
    const periods = yield* periodsOf(each, range ?? NONE, wanted, summarize, room)
    const type = periods.length === 0 ? undefined : typeOf(each)
    if (type === undefined) continue
    const { attribute, dataset } = each.series
    attributes[attribute] ??= []
    attributes[attribute].push({ ...(dataset !== '' && { datasetId: dataset }), type, periods })
  }
  return { attributes, isSummarized: summed.some(({ kept }) => kept.length > 0) }
}

const NONE = { from: 0, until: 0, isOpen: false }

function summedOf(
  database: Queried,
  { series, periods }: SelectedEvolution,
  selection: InstanceSelection,
): readonly Summed[] {
  return series
    .filter(({ attribute }) => attribute !== SCOPE)
    .map((each) => ({
      series: each,
      source: selectedSource(database, each, selection, periods),
      kept:
        periods === undefined && selection.timeProperty === 'observedAt'
          ? keptSummaries(database.sql, each.sid, selection)
          : [],
    }))
}

/** What the periods of all series lie in; undefined where nothing is selected. */
function rangeAcross(summed: readonly Summed[], selection: InstanceSelection) {
  const firsts = summed.flatMap(({ source, kept }) => [
    ...source.times({ limit: 1 }),
    ...kept.slice(0, 1).map(({ begins }) => begins),
  ])
  if (firsts.length === 0) return undefined
  const isEndNeeded = selection.until === undefined
  const lasts = isEndNeeded ? summed.flatMap(({ source }) => source.times({ limit: 1, backwards: true })) : []
  const ends = summed.flatMap(({ kept }) => kept.slice(-1).map(({ ends }) => ends - 1))
  return rangeOf(selection, Math.min(...firsts), Math.max(...lasts, ...ends))
}

function* periodsOf(
  { source, kept }: Summed,
  range: ReturnType<typeof rangeOf>,
  { duration }: AggregatesWanted,
  summarize: (period: Period) => readonly Summary[],
  room: Room,
): Generator<void, readonly SummarizedPeriod[]> {
  const periods: SummarizedPeriod[] = []
  let from: Micros = range.from
  for (;;) {
    const first = firstFrom(source, kept, from)
    if (first === undefined) return periods
    const period = periodIn(range, duration, duration === undefined ? 0 : periodOf(range.from, duration, first))
    const before = kept.filter(({ begins }) => begins >= period.from && begins < period.until)
    const summaries = mergeSummaries([summarize(period), ...before.map((each) => each.summaries)])
    if (summaries.length > 0) {
      if (room.left-- === 0) throw tooManyPeriods()
      periods.push({ ...period, summaries })
    }
    from = period.until
    yield
  }
}

function firstFrom(source: Source, kept: readonly KeptSummary[], from: Micros): Micros | undefined {
  const [instance] = source.times({ from, limit: 1 })
  const summary = kept.find(({ begins }) => begins >= from)?.begins
  return instance === undefined || summary === undefined ? (instance ?? summary) : Math.min(instance, summary)
}

function summarizeRows(rows: Iterable<StoredRow>): readonly Summary[] {
  const summarizing = createSummarizing()
  for (const row of rows) for (const value of aggregatedOf(decodeInstance(row, '', ''))) summarizing.add(value)
  return summarizing.summaries()
}

/** Of a series of which only summaries are left: what most Attributes are. */
function typeOf({ source }: Summed): AttributeType {
  const [last] = source.rows({ limit: 1, backwards: true })
  return last === undefined ? 'Property' : decodeInstance(last, '', '').type
}

/** Of no more instances than lastN says, so they are read. */
function* ofLast(
  database: Queried,
  evolution: SelectedEvolution,
  selection: InstanceSelection,
  { duration, most }: AggregatesWanted,
  room: Room,
): Generator<void, Aggregated> {
  const { found, cutAt } = yield* readInstances(database, [evolution], selection, most)
  if (cutAt !== undefined) throw tooManyPeriods()
  const all: PastInstances = pastInstances(found[0] ?? [], selection.timeProperty)
  const attributes = aggregatesOf(all, selection, duration)
  const count = Object.values(attributes)
    .flat()
    .reduce((sum, { periods }) => sum + periods.length, 0)
  if (count > room.left) throw tooManyPeriods()
  room.left -= count
  return { attributes, isSummarized: false }
}
