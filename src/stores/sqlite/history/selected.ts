/** An evolution of which something is asked, with the series that are. */

import type { Period } from '../../../core/history/duration.ts'
import { isSelected } from '../../../core/history/select.ts'
import type { InstanceSelection } from '../../../core/history/selection.ts'
import type { Queried } from '../database.ts'
import { type Head, type SeriesRow, seriesOf } from './heads.ts'
import { type Source, sourceOf } from './sources.ts'
import { withinPeriods } from './within-periods.ts'

export interface SelectedEvolution {
  readonly head: Head
  /** Of the Attributes and datasets that are asked for. */
  readonly series: readonly SeriesRow[]
  /** Outside of them instances are not selected; absent: all may be. */
  readonly periods?: readonly Period[]
}

/** `periods`: outside of which nothing of it is selected. */
export function selectedEvolution(
  database: Queried,
  head: Head,
  selection: InstanceSelection,
  periods?: readonly Period[],
): SelectedEvolution {
  const { only, datasetIds, onlyTimed, timeProperty } = selection
  // Of what was never observed all would be looked at, because no index tells.
  const isObserved = onlyTimed && timeProperty === 'observedAt'
  const series = seriesOf(database, head.hid, only).filter(
    ({ attribute, dataset, isTimed }) =>
      (isTimed || !isObserved) &&
      isSelected(selection, attribute) &&
      datasetIds?.includes(dataset === '' ? undefined : dataset) !== false,
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
  return periods === undefined ? source : withinPeriods(source, periods)
}
