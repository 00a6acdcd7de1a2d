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

/** Each once, in the order in which they began. */
export function seriesOf({ series = [] }: EvolutionDocument): readonly StoredSeries[] {
  const all = new Map<string, StoredSeries>()
  for (const each of series) all.set(each.s, { ...all.get(each.s), ...each })
  return [...all.values()]
}

/** `periods`: outside of which nothing of it is selected. */
export function selectedEvolution(
  database: Asking,
  head: EvolutionDocument,
  selection: InstanceSelection,
  periods?: readonly Period[],
): SelectedEvolution {
  const sources = seriesOf(head)
    .filter(
      ({ a, d }) => isSelected(selection, a) && selection.datasetIds?.includes(d === '' ? undefined : d) !== false,
    )
    .map((series) => sourceOf(database, head, series, selection, periods))
  return { head, sources, ...(periods && { periods }) }
}

/** With when something of it was changed last. */
export async function headOf(database: Asking, head: EvolutionDocument): Promise<EvolutionHead> {
  const { _id: id, types = [], createdAt = 0, state = '', m } = head
  const last = m ?? (await lastChange(database, head))
  const deletedAt = state.slice(state.indexOf(' ') + 1)
  const modifiedAt = Math.max(createdAt, last)
  return { id, types, createdAt, modifiedAt, ...(deletedAt !== '' && { deletedAt: Number(deletedAt) }) }
}

/** Of what is left after something was taken away; it is kept for who asks next. */
async function lastChange(database: Asking, head: EvolutionDocument): Promise<number> {
  const { ask, evolutions } = database
  const lasts = await Promise.all(
    seriesOf(head).flatMap((series) =>
      (['createdAt', 'modifiedAt'] as const).map((timeProperty) => {
        const source = sourceOf(database, head, series, { timeProperty, onlyTimed: true })
        return source.times({ limit: 1, backwards: true })
      }),
    ),
  )
  const m = Math.max(0, ...lasts.flat().map((time) => time / 1_000))
  const { _id, done = '' } = head
  await ask(() => evolutions.updateOne({ _id, done, m: { $exists: false } }, { $set: { m } }))
  return m
}
