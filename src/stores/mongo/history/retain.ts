/** A step of keeping the history of a database bounded. */

import type { Document } from 'mongodb'
import { SCOPE } from '../../../core/history/past-instance.ts'
import type { Horizons } from '../../../core/history/retention.ts'
import type { Retained } from '../../../ports/history.ts'
import type { Database } from '../database.ts'
import { REMEMBERED } from '../remembered.ts'
import { textOf } from '../sequence.ts'
import { carriedEvolution } from './carried-head.ts'
import { cutOf } from './heads.ts'
import { summarizeSome } from './into-summaries.ts'
import { type Retaining, remove, removeThose, type SeriesOf, those } from './remove-instances.ts'
import { seriesOf } from './selected.ts'
import type { EvolutionDocument } from './stored.ts'

/** Evolutions that are looked at in one step, whether or not something of them goes. */
const EVOLUTIONS = 50

interface Total {
  removed: number
  summarized: number
}

/** The cursor is the id of the evolution to go on with. */
export async function retain(
  of: Database,
  now: number,
  horizonsOf: (types: readonly string[]) => Horizons | undefined,
  limit: number,
  cursor = '',
): Promise<Retained> {
  const database: Retaining = { ...of, now, recent: textOf(now - REMEMBERED) }
  const { ask, evolutions } = database
  const which = { _id: { $gte: cursor }, n: { $exists: true } }
  const found = await ask(() => evolutions.find(which, { sort: { _id: 1 }, limit: EVOLUTIONS + 1 }).toArray())
  const total: Total = { removed: 0, summarized: 0 }
  for (const head of found.slice(0, EVOLUTIONS)) {
    const horizons = horizonsOf(head.types ?? [])
    if (horizons === undefined) continue
    // Who reads it was disturbed, and is let through.
    if (head.held && (await passOver(database, head))) continue
    const isDone = total.removed < limit && (await retainEvolution(database, head, horizons, limit, total))
    if (!isDone) return { ...total, next: head._id }
  }
  const next = found[EVOLUTIONS]?._id
  return { ...total, ...(next !== undefined && { next }) }
}

/** Whether it has been held since it was passed over last. */
async function passOver({ ask, evolutions }: Database, { _id }: EvolutionDocument): Promise<boolean> {
  return (await ask(() => evolutions.updateOne({ _id, held: true }, { $unset: { held: '' } }))).matchedCount > 0
}

/** Whether nothing more of it is to go. */
async function retainEvolution(
  database: Retaining,
  head: EvolutionDocument,
  horizons: Horizons,
  limit: number,
  total: Total,
): Promise<boolean> {
  const all = seriesOf(head).map(
    ({ s, a }): SeriesOf => ({ entity: head._id, s, cut: cutOf(head, s), isScope: a === SCOPE }),
  )
  if (all.length === 0) return await removeBare(database, head, horizons)
  const before = total.removed
  for (const series of all) if (!(await retainSeries(database, series, horizons, limit, total))) return false
  const removed = total.removed - before + (await removeSummaries(database, all, horizons))
  if (removed === 0 && head.retained?.isOpen === undefined) return true
  const empty: string[] = []
  for (const series of all) if (await isEmpty(database, series)) empty.push(series.s)
  if (empty.length > 0) await removeEmpty(database, head, empty)
  await close(database, head)
  return true
}

async function removeSummaries(
  { ask, summaries }: Database,
  all: readonly SeriesOf[],
  { summariesBefore }: Horizons,
): Promise<number> {
  if (summariesBefore === undefined) return 0
  // What ends before has begun before: so it is found by the index.
  const old = { begins: { $lt: summariesBefore }, ends: { $lte: summariesBefore } }
  const which = { s: { $in: all.map(({ s }) => s) }, ...old }
  return (await ask(() => summaries.deleteMany(which))).deletedCount
}

async function retainSeries(
  database: Retaining,
  series: SeriesOf,
  { rawBefore, everyMicros }: Horizons,
  limit: number,
  total: Total,
): Promise<boolean> {
  if (series.isScope) {
    total.removed += await removeScopes(database, series, rawBefore)
    return true
  }
  for (;;) {
    if (total.removed >= limit) return false
    const removed =
      everyMicros === undefined
        ? await removeSome(database, series, rawBefore, limit - total.removed)
        : await summarizeSome(database, series, rawBefore, { every: everyMicros, limit: limit - total.removed })
    if (removed === 0) return true
    total.removed += removed
    if (everyMicros !== undefined) total.summarized += removed
  }
}

async function removeSome(database: Retaining, series: SeriesOf, before: number, limit: number): Promise<number> {
  const { ask, instances } = database
  const options = { projection: { _id: 1 }, sort: { _id: 1 }, limit } as const
  const found = await ask(() => instances.find(those(series, undefined, before), options).toArray())
  if (found.length === 0) return 0
  await tellOpen(database, series)
  return await remove(
    database,
    found.map(({ _id }) => _id),
  )
}

/** The last one before is still valid after it. */
async function removeScopes(database: Retaining, series: SeriesOf, before: number): Promise<number> {
  const { ask, instances } = database
  const last = await ask(() => instances.findOne(those(series, undefined, before), { sort: { _id: -1 } }))
  if (last === null) return 0
  await tellOpen(database, series)
  return await removeThose(database, those(series, undefined, last.at))
}

async function isEmpty({ ask, instances, summaries }: Database, series: SeriesOf): Promise<boolean> {
  const { s, cut } = series
  const options = { projection: { _id: 1 } } as const
  if ((await ask(() => instances.findOne(those(series, undefined, undefined), options))) !== null) return false
  return (await ask(() => summaries.findOne({ s, p: { $gt: cut } }, options))) === null
}

/** Whatever ends it: who comes next finds that it has to be looked through for what is empty. */
async function tellOpen({ ask, evolutions }: Database, { entity: _id }: SeriesOf): Promise<void> {
  await ask(() => evolutions.updateOne({ _id }, { $set: { 'retained.isOpen': true } }))
}

async function close({ ask, evolutions }: Database, { _id }: EvolutionDocument): Promise<void> {
  const ended = { 'retained.isOpen': '', 'retained.of': '' } as const
  await ask(() => evolutions.updateOne({ _id, 'retained.isOpen': true }, { $unset: ended }))
}

/** As it was read: what has been recorded meanwhile is not taken from it, and what is recorded then makes it again. */
async function removeEmpty(database: Database, head: EvolutionDocument, empty: readonly string[]): Promise<void> {
  const { ask, evolutions } = database
  const { _id, done = '', cut } = head
  const asRead = { _id, done }
  // What keeps out late what was deleted is kept.
  if (cut !== undefined || empty.length < seriesOf(head).length || (await isThere(database, head))) {
    const update: Document = { $pull: { series: { s: { $in: [...empty] } } } }
    await ask(() => evolutions.updateOne(asRead, update))
  } else await ask(() => evolutions.deleteOne(asRead))
}

/** Of one of which there never was anything, or nothing is left. */
async function removeBare(database: Database, head: EvolutionDocument, { rawBefore }: Horizons): Promise<true> {
  const { ask, evolutions } = database
  const { _id, done = '', cut } = head
  const { createdAt, deletedAt = createdAt } = carriedEvolution(head)
  const isOld = deletedAt * 1_000 < rawBefore
  if (isOld && cut === undefined && !(await isThere(database, head)))
    await ask(() => evolutions.deleteOne({ _id, done }))
  return true
}

async function isThere({ ask, entities }: Database, { _id }: EvolutionDocument): Promise<boolean> {
  const which = { _id, body: { $exists: true } }
  return (await ask(() => entities.findOne(which, { projection: { _id: 1 } }))) !== null
}
