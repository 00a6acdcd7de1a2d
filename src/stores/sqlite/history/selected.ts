/** An evolution of which something is asked, with the series that are. */

import type { Period } from '../../../core/history/duration.ts'
import { isSelected } from '../../../core/history/select.ts'
import type { InstanceSelection } from '../../../core/history/selection.ts'
import type { Micros } from '../../../core/history/time-property.ts'
import type { Queried } from '../database.ts'
import { type Head, type SeriesRow, seriesOf } from './heads.ts'
import type { StoredRow } from './rows.ts'
import { type Bounds, type Source, sourceOf } from './sources.ts'

export interface SelectedEvolution {
  readonly head: Head
  /** Of the Attributes and datasets that are asked for. */
  readonly series: readonly SeriesRow[]
  /** Outside of them instances are not selected; absent: all may be. */
  readonly periods?: readonly Period[]
}

export function selectedEvolution(
  database: Queried,
  head: Head,
  selection: InstanceSelection,
  periods?: readonly Period[],
): SelectedEvolution {
  const series = seriesOf(database, head.hid, selection.only).filter(
    ({ attribute, dataset }) =>
      isSelected(selection, attribute) &&
      selection.datasetIds?.includes(dataset === '' ? undefined : dataset) !== false,
  )
  return { head, series, ...(periods && { periods }) }
}

/** What is selected of a series, within the periods of its evolution. */
export function selectedSource(
  { sql }: Pick<Queried, 'sql'>,
  { sid }: Pick<SeriesRow, 'sid'>,
  selection: InstanceSelection,
  periods: readonly Period[] | undefined,
): Source {
  const source = sourceOf(sql, sid, selection)
  if (periods === undefined) return source
  const within = <T>(read: (bounds: Bounds) => Iterable<T>, bounds: Bounds): readonly T[] => {
    const some: T[] = []
    for (const period of bounds.backwards ? periods.toReversed() : periods) {
      const left = bounds.limit === undefined ? {} : { limit: bounds.limit - some.length }
      if (left.limit === 0) break
      const { from = period.from, until = period.until } = bounds
      some.push(
        ...read({ ...bounds, ...left, from: Math.max(from, period.from), until: Math.min(until, period.until) }),
      )
    }
    return some
  }
  return {
    timeOf: source.timeOf,
    isAny: () => within<Micros>(source.times, { limit: 1 }).length > 0,
    times: (bounds) => within<Micros>(source.times, bounds),
    rows: (bounds) => within<StoredRow>(source.rows, bounds),
  }
}
