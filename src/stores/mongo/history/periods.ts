/** The periods of one series, as its values come. */

import type { SummarizedPeriod } from '../../../core/history/aggregate.ts'
import { periodIn, type rangeOf } from '../../../core/history/aggregates-of.ts'
import { type Duration, periodOf } from '../../../core/history/duration.ts'
import { mergeSummaries } from '../../../core/history/merge-summaries.ts'
import { createSummarizing, type Summarizing, type Summary } from '../../../core/history/summary.ts'
import type { Micros } from '../../../core/history/time-property.ts'
import type { Aggregated } from '../../../core/history/value-class.ts'
import { tooManyPeriods } from '../../common/too-many-periods.ts'

/** How many more periods there may be in the answer. */
export interface Room {
  left: number
}

export interface Periods {
  /** The number of the period that a time lies in. */
  numberOf(time: Micros): number
  /** Each throws TooManyResults where there is no room for its period. */
  add(k: number, value: Aggregated): void
  addSummaries(k: number, summaries: readonly Summary[]): void
  /** How many there may be in all. */
  most(): number
  /** In the order of time. */
  found(): readonly SummarizedPeriod[]
}

interface Collected {
  summarizing?: Summarizing
  summaries: readonly Summary[]
}

export function createPeriods(range: ReturnType<typeof rangeOf>, duration: Duration | undefined, room: Room): Periods {
  const byNumber = new Map<number, Collected>()
  const at = (k: number): Collected => {
    const known = byNumber.get(k)
    if (known !== undefined) return known
    if (room.left-- <= 0) throw tooManyPeriods()
    const collected = { summaries: [] }
    byNumber.set(k, collected)
    return collected
  }
  return {
    numberOf: (time) => (duration === undefined ? 0 : periodOf(range.from, duration, time)),
    add: (k, value) => {
      const collected = at(k)
      collected.summarizing ??= createSummarizing()
      collected.summarizing.add(value)
    },
    addSummaries: (k, summaries) => {
      if (summaries.length === 0) return
      const collected = at(k)
      collected.summaries = mergeSummaries([collected.summaries, summaries])
    },
    most: () => byNumber.size + room.left,
    found: () =>
      [...byNumber]
        .sort(([a], [b]) => a - b)
        .map(([k, collected]) => ({ ...periodIn(range, duration, k), summaries: summariesOf(collected) })),
  }
}

function summariesOf({ summarizing, summaries }: Collected): readonly Summary[] {
  return summarizing === undefined ? summaries : mergeSummaries([summarizing.summaries(), summaries])
}
