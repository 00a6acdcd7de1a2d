/** What of a source lies in some periods: those in which a scope was valid (4.18). */

import type { Period } from '../../../core/history/duration.ts'
import type { Micros } from '../../../core/history/time-property.ts'
import type { Bounds } from './along.ts'
import type { Source, Valued } from './sources.ts'

/** `periods`: in the order of time, none in another. */
export function withinPeriods(source: Source, periods: readonly Period[]): Source {
  const latestFirst = periods.toReversed()
  const parts = (bounds: Bounds): readonly Period[] =>
    (bounds.backwards ? latestFirst : periods).flatMap((period) => cut(period, bounds))
  const read = <T>(of: (bounds: Bounds) => readonly T[], { limit, ...bounds }: Bounds): readonly T[] => {
    const wanted = limit ?? Number.POSITIVE_INFINITY
    let some: readonly T[] = []
    for (const part of parts(bounds)) {
      const left = wanted - some.length
      if (left === 0) break
      some = some.concat(of({ ...bounds, ...part, ...(limit !== undefined && { limit: left }) }))
    }
    return some
  }
  return {
    timeOf: source.timeOf,
    isAny: () => read(source.times, { limit: 1 }).length > 0,
    times: (bounds) => read(source.times, bounds),
    rows: (bounds) => read(source.rows, bounds),
    values: (bounds, size) => {
      const most = Math.min(bounds.limit ?? size, size)
      let times: readonly Micros[] = []
      let items: readonly Valued[] = []
      for (const part of parts(bounds)) {
        const some = source.values({ ...bounds, ...part, limit: most - times.length }, size)
        times = times.concat(some.times)
        items = items.concat(some.items)
        if (!some.isAll || times.length === most) return { times, items, isAll: false }
      }
      return { times, items, isAll: true }
    },
  }
}

function cut(period: Period, { from = period.from, until = period.until }: Bounds): readonly Period[] {
  const left = { from: Math.max(from, period.from), until: Math.min(until, period.until) }
  return left.from < left.until ? [left] : []
}
