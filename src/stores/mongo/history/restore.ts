/**
 * Puts in place what comes from another store. It goes past the documents of entities: nobody waits for it, and to do it again ends what
 * was broken off. Ids of documents are made of what instances are, so that each is there once.
 */

import type { EvolutionPart, Restored } from '../../../core/history/carried.ts'
import type { Restoring } from '../../../ports/history.ts'
import { fateOf, isSameEvolution } from '../../common/carried.ts'
import type { Database } from '../database.ts'
import { carriedEvolution } from './carried-head.ts'
import { insert } from './instances.ts'
import { type ComingHead, comingHead, putHeadsOf } from './restore-heads.ts'
import { createFound, type Found, findThere, removeReplaced, writeSummaries } from './restore-series.ts'

/** As much at once as is given. */
export async function restore(
  database: Database,
  parts: readonly EvolutionPart[],
  restoring: Restoring,
): Promise<readonly Restored[]> {
  // What is owed to them comes before what is put into them now.
  await database.mover.moveAll()
  const heads = await headsOf(database, parts)
  const found = createFound()
  const restored: Restored[] = []
  for (const part of parts) restored.push(await restorePart(database, part, heads, found, restoring))
  if (!restoring.dryRun) await write(database, [...heads.values()], found)
  return restored
}

async function headsOf(
  { ask, evolutions, sequence }: Database,
  parts: readonly EvolutionPart[],
): Promise<Map<string, ComingHead>> {
  const ids = [...new Set(parts.map(({ evolution }) => evolution.id))]
  const there = await ask(() => evolutions.find({ _id: { $in: ids } }).toArray())
  const byId = new Map(there.map((head) => [head._id, head]))
  return new Map(ids.map((id) => [id, comingHead(id, byId.get(id), sequence)]))
}

async function restorePart(
  database: Database,
  { evolution, series }: EvolutionPart,
  heads: ReadonlyMap<string, ComingHead>,
  found: Found,
  restoring: Restoring,
): Promise<Restored> {
  const nothing = { summaries: [], instances: [] }
  const head = heads.get(evolution.id)
  if (head === undefined) return { evolution: 'differs', ...nothing }
  const there = head.carried ?? (head.there && carriedEvolution(head.there))
  const fate = fateOf(there, evolution, isSameEvolution, restoring)
  if (fate === 'differs' || (fate !== 'created' && restoring.there === 'leave')) return { evolution: fate, ...nothing }
  if (fate !== 'unchanged') head.carried = evolution
  const fates = []
  for (const each of series) fates.push(await findThere(database, head, each, found, restoring))
  return {
    evolution: fate,
    summaries: fates.flatMap((each) => each.summaries),
    instances: fates.flatMap((each) => each.instances),
  }
}

/** Instances first: of an evolution that is there all is there that was put into it together. */
async function write(database: Database, heads: readonly ComingHead[], found: Found): Promise<void> {
  await removeReplaced(database, found)
  await insert(database, found.instances)
  await writeSummaries(database, found.summaries)
  await putHeadsOf(database, heads)
}
