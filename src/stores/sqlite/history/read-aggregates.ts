/**
 * What instances of an evolution are together, in periods: summarized here, because a statement for each period, or one that groups
 * by them, takes longer than to read the values. Generators: they yield after each piece that is read.
 */

import {
  type AggregatedAttributes,
  type AggregatedSeries,
  rangeOf,
  typeOfSummarized,
} from '../../../core/history/aggregates-of.ts'
import { SCOPE } from '../../../core/history/past-instance.ts'
import type { AggregatesWanted, InstanceSelection } from '../../../core/history/selection.ts'
import type { AttributeType } from '../../../core/model/entity.ts'
import type { Queried } from '../database.ts'
import type { Bounds } from './along.ts'
import type { SeriesRow } from './heads.ts'
import { type Last, lastInstances } from './last-instances.ts'
import { createPeriods, type Periods, type Room } from './periods.ts'
import { eachValue } from './pieces.ts'
import { type SelectedEvolution, selectedSource } from './selected.ts'
import type { Source, Valued } from './sources.ts'
import { areAnyLeftOut, type KeptSummary, keptOf } from './summaries.ts'

export interface Aggregated {
  readonly attributes: AggregatedAttributes
  /** Whether in part it is of what instances were together that are not kept any more. */
  readonly isSummarized: boolean
  /** Whether there is more in summaries, of which it is not known whether it is selected. */
  readonly lacksSummarized: boolean
}

interface Summed {
  readonly series: SeriesRow
  readonly source: Source
  readonly kept: readonly KeptSummary[]
  /** Where only the last are wanted. */
  readonly last?: Last
}

/** Throws TooManyResults where there is no room for all periods. */
export function* readAggregates(
  database: Queried,
  evolution: SelectedEvolution,
  selection: InstanceSelection,
  { duration }: AggregatesWanted,
  room: Room,
): Generator<void, Aggregated> {
  const summed = yield* summedOf(database, evolution, selection)
  const range = rangeAcross(summed, selection)
  const attributes: Record<string, AggregatedSeries[]> = {}
  for (const each of range === undefined ? [] : summed) {
    const periods = createPeriods(range ?? NONE, duration, room)
    const type = yield* addValues(each, periods.add)
    for (const kept of each.kept) periods.addKept(kept)
    const found = periods.found()
    if (found.length === 0) continue
    const { attribute, dataset } = each.series
    attributes[attribute] ??= []
    const shown = { type: type ?? typeOfSummarized(found), periods: found }
    attributes[attribute].push({ ...(dataset !== '' && { datasetId: dataset }), ...shown })
  }
  return {
    attributes,
    isSummarized: summed.some(({ kept }) => kept.length > 0),
    lacksSummarized: areAnyLeftOut(database.sql, evolution, selection),
  }
}

const NONE = { from: 0, until: 0, isOpen: false }

function* summedOf(
  database: Queried,
  evolution: SelectedEvolution,
  selection: InstanceSelection,
): Generator<void, readonly Summed[]> {
  const { lastN } = selection
  const all = evolution.series
    .filter(({ attribute }) => attribute !== SCOPE)
    .map((each) => ({
      series: each,
      source: selectedSource(database, each, selection, evolution.periods),
      kept: keptOf(database.sql, evolution, each, selection),
    }))
  if (lastN === undefined) return all
  const last = yield* lastInstances(all, lastN, isRangeKnown(selection) ? 'unread' : 'read')
  return all.map((each, i) => ({ ...each, last: last[i] ?? { count: 0 } }))
}

/** Where both ends are said it need not be known what lies between them. */
function isRangeKnown({ from, until }: InstanceSelection): boolean {
  return from !== undefined && until !== undefined
}

/** What the periods of all series lie in; undefined where nothing is selected. */
function rangeAcross(summed: readonly Summed[], selection: InstanceSelection) {
  const { from, until } = selection
  if (from !== undefined && until !== undefined) return rangeOf(selection, from, until)
  const firsts = summed.flatMap((each) => [...firstOf(each), ...each.kept.slice(0, 1).map(({ begins }) => begins)])
  if (firsts.length === 0) return undefined
  const lasts = until === undefined ? summed.flatMap(({ source }) => source.times({ limit: 1, backwards: true })) : []
  const ends = summed.flatMap(({ kept }) => kept.slice(-1).map(({ ends }) => ends - 1))
  return rangeOf(selection, Math.min(...firsts), Math.max(...lasts, ...ends))
}

function firstOf({ source, last }: Summed) {
  if (last === undefined) return source.times({ limit: 1 })
  return last.first === undefined ? [] : [last.first]
}

/** Returns the type of the last of them; undefined where only summaries are left. */
function* addValues({ source, last }: Summed, add: Periods['add']): Generator<void, AttributeType | undefined> {
  const bounds: Bounds = last === undefined ? {} : { limit: last.count, backwards: true }
  let latest: Valued | undefined
  yield* eachValue(source, bounds, (value, time) => {
    if (latest === undefined || last === undefined) latest = value
    add(time, value)
  })
  if (latest === undefined) return undefined
  return typeof latest === 'object' ? latest.type : 'Property'
}
