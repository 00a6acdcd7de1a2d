import type { Filter } from 'mongodb'
import type { InstanceSelection } from '../../../core/history/selection.ts'
import { cutOf } from './heads.ts'
import type { SelectedEvolution } from './selected.ts'
import type { Asking, Source } from './sources.ts'
import type { SummaryDocument } from './stored.ts'

/** Summaries of instances that are not kept any more: those that begin within the selection's time, in order. */
export async function keptSummaries(
  { ask, summaries }: Asking,
  source: Source,
  selection: InstanceSelection,
  evolution: SelectedEvolution,
): Promise<readonly SummaryDocument[]> {
  const which = keptOf(source, selection, evolution)
  return which === undefined ? [] : await ask(() => summaries.find(which, { sort: { begins: 1 } }).toArray())
}

/** Whether there are any of one of these. */
export async function areAnyKept(
  { ask, summaries }: Asking,
  sources: readonly Source[],
  selection: InstanceSelection,
  evolution: SelectedEvolution,
): Promise<boolean> {
  const options = { projection: { _id: 1 } } as const
  const found = await Promise.all(
    sources.map((source) => {
      const which = keptOf(source, selection, evolution)
      return which === undefined ? null : ask(() => summaries.findOne(which, options))
    }),
  )
  return found.some((each) => each !== null)
}

/** Nothing where it is not known of them whether they are selected: they stand where their instances were observed. */
function keptOf(
  { series: { s } }: Source,
  { timeProperty, lastN, from, until }: InstanceSelection,
  { head, periods }: SelectedEvolution,
): Filter<SummaryDocument> | undefined {
  if (timeProperty !== 'observedAt' || lastN !== undefined || periods !== undefined) return undefined
  const begins = { ...(from !== undefined && { $gte: from }), ...(until !== undefined && { $lt: until }) }
  return { s, p: { $gt: cutOf(head, s) }, ...((from ?? until) !== undefined && { begins }) }
}
