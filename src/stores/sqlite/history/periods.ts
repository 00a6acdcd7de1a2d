/** The periods of one series, as its values come. */

import type { SummarizedPeriod } from '../../../core/history/aggregate.ts'
import { periodIn, type rangeOf } from '../../../core/history/aggregates-of.ts'
import { type Duration, type Period, periodOf } from '../../../core/history/duration.ts'
import { mergeSummaries } from '../../../core/history/merge-summaries.ts'
import { createSummarizing, type Summarizing, type Summary } from '../../../core/history/summary.ts'
import type { Micros } from '../../../core/history/time-property.ts'
import { type Aggregated, aggregatedOf } from '../../../core/history/value-class.ts'
import { tooManyPeriods } from '../../common/too-many-periods.ts'
import type { Valued } from './sources.ts'
import type { KeptSummary } from './summaries.ts'

/** How many more periods there may be in the answer. */
export interface Room {
  left: number
}

export interface Periods {
  /** Throws TooManyResults where there is no room for its period. */
  add(time: Micros, value: Valued): void
  /** It counts for the period that it begins in. Throws as `add` does. */
  addKept(kept: KeptSummary): void
  /** In the order of time. */
  found(): readonly SummarizedPeriod[]
}

interface Collected {
  readonly period: Period
  readonly summarizing: Summarizing
  readonly kept: (readonly Summary[])[]
}

/** Of one series. `duration`: undefined for one period over the whole range; `room`: of all series together, taken from as periods begin. */
export function createPeriods(range: ReturnType<typeof rangeOf>, duration: Duration | undefined, room: Room): Periods {
  const byNumber = new Map<number, Collected>()
  let last: Collected | undefined
  const at = (time: Micros): Collected => {
    if (last !== undefined && time >= last.period.from && time < last.period.until) return last
    const k = duration === undefined ? 0 : periodOf(range.from, duration, time)
    let collected = byNumber.get(k)
    if (collected === undefined) {
      if (room.left-- <= 0) throw tooManyPeriods()
      collected = { period: periodIn(range, duration, k), summarizing: createSummarizing(), kept: [] }
      byNumber.set(k, collected)
    }
    last = collected
    return collected
  }
  return {
    add: (time, value) => {
      if (typeof value === 'number') return at(time).summarizing.add({ valueClass: 'number', number: value })
      for (const each of aggregated(value)) at(time).summarizing.add(each)
    },
    addKept: ({ begins, summaries }) => at(begins).kept.push(summaries),
    found: () => [...byNumber.values()].map(summarized).sort((a, b) => a.from - b.from),
  }
}

function aggregated(value: Exclude<Valued, number>): readonly Aggregated[] {
  return aggregatedOf(typeof value === 'boolean' ? { type: 'Property', value } : value)
}

function summarized({ period, summarizing, kept }: Collected): SummarizedPeriod {
  const { from, until } = period
  const own = summarizing.summaries()
  return { from, until, summaries: kept.length === 0 ? own : mergeSummaries([own, ...kept]) }
}
