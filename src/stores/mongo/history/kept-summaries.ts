/** What instances were together that are not kept any more. */

import type { Filter } from 'mongodb'
import { areSummariesSelected } from '../../../core/history/of-summaries.ts'
import type { InstanceSelection } from '../../../core/history/selection.ts'
import type { Micros } from '../../../core/history/time-property.ts'
import { batchesOf } from '../batches.ts'
import { cutOf } from './heads.ts'
import type { SelectedEvolution } from './selected.ts'
import type { Asking, Source } from './sources.ts'
import type { EvolutionDocument, SummaryDocument } from './stored.ts'

/** Where the first one begins and the last one ends of those that begin within the selection's time. */
export async function extentOf(
  { ask, summaries }: Asking,
  source: Source,
  selection: InstanceSelection,
  evolution: SelectedEvolution,
): Promise<readonly [first: Micros, last: Micros] | undefined> {
  const which = keptOf(source, selection, evolution)
  if (which === undefined) return undefined
  const end = (sign: 1 | -1) =>
    ask(() => summaries.findOne(which, { sort: { begins: sign }, projection: { begins: 1, ends: 1 } }))
  const first = await end(1)
  if (first === null) return undefined
  return [first.begins, ((await end(-1)) ?? first).ends - 1]
}

/**
 * Those that begin within the selection's time, as they arrive. Returns ids of instances that are in summaries, these or others, and may be
 * there still.
 */
export async function readSummaries(
  database: Asking,
  source: Source,
  selection: InstanceSelection,
  evolution: SelectedEvolution,
  add: (summary: SummaryDocument) => void,
): Promise<readonly string[]> {
  const { summaries } = database
  const which = keptOf(source, selection, evolution)
  if (which === undefined) return []
  const leaving = new Set(await leavingOf(database, evolution.head, source.series.s))
  for await (const batch of batchesOf(
    database,
    summaries.find(which, { projection: { begins: 1, summaries: 1, of: 1 } }),
  ))
    for (const each of batch) {
      for (const id of each.of ?? []) leaving.add(id)
      add(each)
    }
  return [...leaving]
}

/** Ids of what a retention that is not done has put into summaries of a series, wherever these begin. */
export async function leavingOf(
  { ask, summaries }: Pick<Asking, 'ask' | 'summaries'>,
  { retained }: Pick<EvolutionDocument, 'retained'>,
  s: string,
): Promise<readonly string[]> {
  const ids = retained?.of?.filter((id) => id.startsWith(`${s} `)) ?? []
  if (ids.length === 0) return []
  const found = await ask(() => summaries.find({ _id: { $in: ids } }, { projection: { of: 1 } }).toArray())
  return found.flatMap(({ of = [] }) => of)
}

/** Whether there are summaries of which it is not known whether they are selected. */
export async function areAnyLeftOut(
  { ask, summaries }: Asking,
  { sources, head, periods }: SelectedEvolution,
  selection: InstanceSelection,
): Promise<boolean> {
  if (areSummariesSelected(selection, periods) || sources.length === 0) return false
  const $or = sources.map(({ series: { s } }) => ({ s, p: { $gt: cutOf(head, s) } }))
  return (await ask(() => summaries.findOne({ $or }, { projection: { _id: 1 } }))) !== null
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
  selection: InstanceSelection,
  { head, periods }: SelectedEvolution,
): Filter<SummaryDocument> | undefined {
  if (!areSummariesSelected(selection, periods)) return undefined
  const { from, until } = selection
  const begins = { ...(from !== undefined && { $gte: from }), ...(until !== undefined && { $lt: until }) }
  return { s, p: { $gt: cutOf(head, s) }, ...((from ?? until) !== undefined && { begins }) }
}
