/** An evolution of which something is asked, with the series that are. */

import type { Period } from '../../../core/history/duration.ts'
import type { EvolutionHead } from '../../../core/history/past-instance.ts'
import { isSelected } from '../../../core/history/select.ts'
import type { InstanceSelection } from '../../../core/history/selection.ts'
import { type Asking, type Source, sourceOf } from './sources.ts'
import type { EvolutionDocument, StoredSeries } from './stored.ts'

export interface SelectedEvolution {
  readonly head: EvolutionDocument
  readonly sources: readonly Source[]
  readonly periods?: readonly Period[]
}

export function selectedSeries(
  { series = [] }: EvolutionDocument,
  selection: InstanceSelection,
): readonly StoredSeries[] {
  return series.filter(
    ({ a, d }) => isSelected(selection, a) && selection.datasetIds?.includes(d === '' ? undefined : d) !== false,
  )
}

export function selectedEvolution(
  database: Asking,
  head: EvolutionDocument,
  selection: InstanceSelection,
  periods?: readonly Period[],
): SelectedEvolution {
  const sources = selectedSeries(head, selection).map((series) => sourceOf(database, head, series, selection, periods))
  return { head, sources, ...(periods && { periods }) }
}

const EVERYTHING: InstanceSelection = { timeProperty: 'observedAt', onlyTimed: false }

/** With when something of it was changed last. */
export async function headOf(database: Asking, head: EvolutionDocument): Promise<EvolutionHead> {
  const { _id: id, types = [], createdAt = 0, state = '', series = [] } = head
  const lasts = await Promise.all(
    series.flatMap((each) =>
      (['createdAt', 'modifiedAt'] as const).map((timeProperty) => {
        const source = sourceOf(database, head, each, { ...EVERYTHING, timeProperty, onlyTimed: true })
        return source.times({ limit: 1, backwards: true })
      }),
    ),
  )
  const modifiedAt = Math.max(createdAt, ...lasts.flat().map((time) => time / 1_000))
  const deletedAt = state.slice(state.indexOf(' ') + 1)
  return { id, types, createdAt, modifiedAt, ...(deletedAt !== '' && { deletedAt: Number(deletedAt) }) }
}
