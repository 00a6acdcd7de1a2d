/** A step of keeping the history of a database bounded. */

import { mergeSummaries } from '../../../core/history/merge-summaries.ts'
import { SCOPE } from '../../../core/history/past-instance.ts'
import type { Horizons } from '../../../core/history/retention.ts'
import { createSummarizing, type Summary } from '../../../core/history/summary.ts'
import { aggregatedOf } from '../../../core/history/value-class.ts'
import type { Retained } from '../../../ports/history.ts'
import type { Database } from '../database.ts'
import { pastInstance } from './codec.ts'
import type { EvolutionDocument, InstanceDocument, StoredSeries, SummaryDocument } from './stored.ts'

/** Evolutions that are looked at in one step, whether or not something of them goes. */
const EVOLUTIONS = 50

interface Total {
  removed: number
  summarized: number
}

/** The cursor is the id of the evolution to go on with. */
export async function retain(
  database: Database,
  horizonsOf: (types: readonly string[]) => Horizons | undefined,
  limit: number,
  cursor = '',
): Promise<Retained> {
  const { ask, evolutions } = database
  const which = { _id: { $gte: cursor }, n: { $exists: true } }
  const found = await ask(() => evolutions.find(which, { sort: { _id: 1 }, limit: EVOLUTIONS + 1 }).toArray())
  const total: Total = { removed: 0, summarized: 0 }
  for (const head of found.slice(0, EVOLUTIONS)) {
    const horizons = horizonsOf(head.types ?? [])
    if (horizons === undefined) continue
    const isDone = total.removed < limit && (await retainEvolution(database, head, horizons, limit, total))
    if (!isDone) return { ...total, next: head._id }
  }
  const next = found[EVOLUTIONS]?._id
  return { ...total, ...(next !== undefined && { next }) }
}

/** Whether nothing more of it is to go. */
async function retainEvolution(
  database: Database,
  head: EvolutionDocument,
  horizons: Horizons,
  limit: number,
  total: Total,
): Promise<boolean> {
  const { ask, summaries } = database
  const empty: string[] = []
  for (const series of head.series ?? []) {
    if (!(await retainSeries(database, series, horizons, limit, total))) return false
    const { s } = series
    if (horizons.summariesBefore !== undefined) {
      const ends = { $lte: horizons.summariesBefore }
      await ask(() => summaries.deleteMany({ s, ends }))
    }
    if (await isEmpty(database, s)) empty.push(s)
  }
  if (empty.length > 0) await removeEmpty(database, head, empty)
  return true
}

async function retainSeries(
  database: Database,
  { s, a }: StoredSeries,
  { rawBefore, everyMicros }: Horizons,
  limit: number,
  total: Total,
): Promise<boolean> {
  if (a === SCOPE) {
    total.removed += await removeScopes(database, s, rawBefore)
    return true
  }
  for (;;) {
    if (total.removed >= limit) return false
    const removed =
      everyMicros === undefined
        ? await removeSome(database, s, rawBefore, limit - total.removed)
        : await summarizeNext(database, s, rawBefore, everyMicros)
    if (removed === 0) return true
    total.removed += removed
    if (everyMicros !== undefined) total.summarized += removed
  }
}

async function removeSome({ ask, instances }: Database, s: string, before: number, limit: number): Promise<number> {
  const options = { projection: { _id: 1 }, sort: { at: 1 }, limit } as const
  const found = await ask(() => instances.find({ s, at: { $lt: before } }, options).toArray())
  if (found.length === 0) return 0
  return (await ask(() => instances.deleteMany({ _id: { $in: found.map(({ _id }) => _id) } }))).deletedCount
}

/** The last one before is still valid after it. */
async function removeScopes({ ask, instances }: Database, s: string, before: number): Promise<number> {
  const last = await ask(() => instances.findOne({ s, at: { $lt: before } }, { sort: { at: -1 } }))
  if (last === null) return 0
  return (await ask(() => instances.deleteMany({ s, at: { $lt: last.at } }))).deletedCount
}

/**
 * The first period of which there are instances before a time; how many there were. Its instances go only once its summary has them:
 * it remembers of which it is made, so that what is broken off in between is not summarized twice.
 */
async function summarizeNext(
  { ask, instances, summaries }: Database,
  s: string,
  before: number,
  every: number,
): Promise<number> {
  const first = await ask(() => instances.findOne({ s, at: { $lt: before } }, { sort: { at: 1 } }))
  if (first === null) return 0
  const begins = Math.floor(first.at / every) * every
  const ends = begins + every
  const all = await ask(() => instances.find({ s, at: { $gte: begins, $lt: ends } }).toArray())
  const _id = `${s} ${begins}`
  const kept = await ask(() => summaries.findOne({ _id }))
  const known = new Set(kept?.of ?? [])
  const added = all.filter((each) => !known.has(each._id))
  const parts = [kept?.summaries ?? [], summariesOf(added)]
  const summary: SummaryDocument = {
    _id,
    s,
    begins,
    ends,
    summaries: mergeSummaries(parts),
    of: all.map((each) => each._id),
  }
  await ask(() => summaries.replaceOne({ _id }, summary, { upsert: true }))
  await ask(() => instances.deleteMany({ _id: { $in: all.map((each) => each._id) } }))
  await ask(() => summaries.updateOne({ _id }, { $unset: { of: '' } }))
  return all.length
}

function summariesOf(all: readonly InstanceDocument[]): readonly Summary[] {
  const summarizing = createSummarizing()
  for (const each of all) for (const value of aggregatedOf(pastInstance(each, ''))) summarizing.add(value)
  return summarizing.summaries()
}

async function isEmpty({ ask, instances, summaries }: Database, s: string): Promise<boolean> {
  if ((await ask(() => instances.findOne({ s }, { projection: { _id: 1 } }))) !== null) return false
  return (await ask(() => summaries.findOne({ s }, { projection: { _id: 1 } }))) === null
}

/** What has been recorded meanwhile makes it again. */
async function removeEmpty(
  { ask, evolutions, entities }: Database,
  head: EvolutionDocument,
  empty: readonly string[],
): Promise<void> {
  const { _id, series = [], state } = head
  const isThere =
    (await ask(() => entities.findOne({ _id, body: { $exists: true } }, { projection: { _id: 1 } }))) !== null
  const asRead = { _id, series: [...series], ...(state !== undefined && { state }) }
  if (isThere || empty.length < series.length) {
    await ask(() => evolutions.updateOne(asRead, { $set: { series: series.filter(({ s }) => !empty.includes(s)) } }))
  } else await ask(() => evolutions.deleteOne(asRead))
}
