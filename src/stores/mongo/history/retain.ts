/** A step of keeping the history of a database bounded. */

import type { Document } from 'mongodb'
import { mergeSummaries } from '../../../core/history/merge-summaries.ts'
import { SCOPE } from '../../../core/history/past-instance.ts'
import type { Horizons } from '../../../core/history/retention.ts'
import { createSummarizing, type Summary } from '../../../core/history/summary.ts'
import { aggregatedOf } from '../../../core/history/value-class.ts'
import type { Retained } from '../../../ports/history.ts'
import type { Database } from '../database.ts'
import { pastInstance } from './codec.ts'
import { cutOf } from './heads.ts'
import { IS_THERE } from './instances.ts'
import { seriesOf } from './selected.ts'
import { keysBetween } from './series-key.ts'
import type { EvolutionDocument, InstanceDocument, SummaryDocument } from './stored.ts'

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
    const isBegun = head._id === cursor
    const isDone = total.removed < limit && (await retainEvolution(database, head, horizons, { limit, isBegun }, total))
    if (!isDone) return { ...total, next: head._id }
  }
  const next = found[EVOLUTIONS]?._id
  return { ...total, ...(next !== undefined && { next }) }
}

interface Step {
  readonly limit: number
  /** Whether something of the evolution has gone in the step before. */
  readonly isBegun: boolean
}

/** Whether nothing more of it is to go. */
async function retainEvolution(
  database: Database,
  head: EvolutionDocument,
  horizons: Horizons,
  { limit, isBegun }: Step,
  total: Total,
): Promise<boolean> {
  const all = seriesOf(head).map(({ s, a }): Retaining => ({ s, cut: cutOf(head, s), isScope: a === SCOPE }))
  const before = total.removed
  for (const series of all) if (!(await retainSeries(database, series, horizons, limit, total))) return false
  const removed = total.removed - before + (await removeSummaries(database, all, horizons))
  if (removed === 0 && !isBegun) return true
  const empty: string[] = []
  for (const series of all) if (await isEmpty(database, series)) empty.push(series.s)
  if (empty.length > 0) await removeEmpty(database, head, empty)
  return true
}

async function removeSummaries(
  { ask, summaries }: Database,
  all: readonly Retaining[],
  { summariesBefore }: Horizons,
): Promise<number> {
  if (summariesBefore === undefined) return 0
  const which = { s: { $in: all.map(({ s }) => s) }, ends: { $lte: summariesBefore } }
  return (await ask(() => summaries.deleteMany(which))).deletedCount
}

interface Retaining {
  readonly s: string
  /** What came with a change up to this position is deleted already. */
  readonly cut: string
  readonly isScope: boolean
}

async function retainSeries(
  database: Database,
  series: Retaining,
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

function those({ s, cut }: Retaining, from: number | undefined, until: number | undefined) {
  return { _id: keysBetween(s, from, until), ...IS_THERE, p: { $gt: cut } }
}

async function removeSome(database: Database, series: Retaining, before: number, limit: number): Promise<number> {
  const { ask, instances } = database
  const options = { projection: { _id: 1 }, sort: { _id: 1 }, limit } as const
  const found = await ask(() => instances.find(those(series, undefined, before), options).toArray())
  return found.length === 0 ? 0 : await remove(database, found)
}

async function remove({ ask, instances }: Database, found: readonly Pick<InstanceDocument, '_id'>[]): Promise<number> {
  return (await ask(() => instances.deleteMany({ _id: { $in: found.map(({ _id }) => _id) } }))).deletedCount
}

/** The last one before is still valid after it. */
async function removeScopes({ ask, instances }: Database, series: Retaining, before: number): Promise<number> {
  const last = await ask(() => instances.findOne(those(series, undefined, before), { sort: { _id: -1 } }))
  if (last === null) return 0
  return (await ask(() => instances.deleteMany(those(series, undefined, last.at)))).deletedCount
}

interface Periods {
  /** Microseconds. */
  readonly every: number
  /** Instances that are read at once, but for a period that has more. */
  readonly limit: number
}

/**
 * The first periods of which there are instances before a time; how many there were. Instances go only once the summary of their period has
 * them: it remembers of which it is made, so that what is broken off in between is not summarized twice.
 */
async function summarizeSome(database: Database, series: Retaining, before: number, periods: Periods): Promise<number> {
  const { ask, summaries } = database
  const byPeriod = await firstPeriods(database, series, before, periods)
  const ids = [...byPeriod.keys()].map((begins) => summaryId(series, begins))
  if (ids.length === 0) return 0
  const found = await ask(() => summaries.find({ _id: { $in: ids } }).toArray())
  const kept = new Map(found.filter(({ p }) => p > series.cut).map((each) => [each._id, each]))
  const made = [...byPeriod].map(([begins, all]) => {
    const ends = begins + periods.every
    return summaryOf(series, { begins, ends }, all, kept.get(summaryId(series, begins)))
  })
  const writes = made.map(({ _id, ...replacement }) => ({ replaceOne: { filter: { _id }, replacement, upsert: true } }))
  await ask(() => summaries.bulkWrite(writes, { ordered: false }))
  const all = [...byPeriod.values()].flat()
  await remove(database, all)
  await ask(() => summaries.updateMany({ _id: { $in: ids } }, { $unset: { of: '' } }))
  return all.length
}

/** Each whole, by the time at which it begins. */
async function firstPeriods(
  { ask, instances }: Database,
  series: Retaining,
  before: number,
  { every, limit }: Periods,
): Promise<ReadonlyMap<number, readonly InstanceDocument[]>> {
  const beginOf = ({ at }: Pick<InstanceDocument, 'at'>): number => Math.floor(at / every) * every
  const options = { sort: { _id: 1 }, limit: limit + 1 } as const
  const found = await ask(() => instances.find(those(series, undefined, before), options).toArray())
  const byPeriod = new Map<number, InstanceDocument[]>()
  for (const each of found) byPeriod.set(beginOf(each), [...(byPeriod.get(beginOf(each)) ?? []), each])
  const [last] = found.slice(limit).map(beginOf)
  if (last === undefined) return byPeriod
  if (byPeriod.size > 1) byPeriod.delete(last)
  else byPeriod.set(last, await ask(() => instances.find(those(series, last, last + every)).toArray()))
  return byPeriod
}

function summaryId({ s }: Retaining, begins: number): string {
  return `${s} ${begins}`
}

function summaryOf(
  series: Retaining,
  { begins, ends }: Pick<SummaryDocument, 'begins' | 'ends'>,
  all: readonly InstanceDocument[],
  kept: SummaryDocument | undefined,
): SummaryDocument {
  const known = new Set(kept?.of ?? [])
  const added = all.filter((each) => !known.has(each._id))
  return {
    ...{ _id: summaryId(series, begins), s: series.s, begins, ends },
    summaries: mergeSummaries([kept?.summaries ?? [], summariesOf(added)]),
    p: [kept?.p ?? '', ...all.map((each) => each.p)].sort().at(-1) ?? '',
    of: all.map((each) => each._id),
  }
}

function summariesOf(all: readonly InstanceDocument[]): readonly Summary[] {
  const summarizing = createSummarizing()
  for (const each of all) for (const value of aggregatedOf(pastInstance(each, ''))) summarizing.add(value)
  return summarizing.summaries()
}

async function isEmpty({ ask, instances, summaries }: Database, series: Retaining): Promise<boolean> {
  const { s, cut } = series
  const options = { projection: { _id: 1 } } as const
  if ((await ask(() => instances.findOne(those(series, undefined, undefined), options))) !== null) return false
  return (await ask(() => summaries.findOne({ s, p: { $gt: cut } }, options))) === null
}

/** As it was read: what has been recorded meanwhile is not taken from it, and what is recorded then makes it again. */
async function removeEmpty({ ask, evolutions, entities }: Database, head: EvolutionDocument, empty: readonly string[]) {
  const { _id, done = '', cut } = head
  const isThere =
    (await ask(() => entities.findOne({ _id, body: { $exists: true } }, { projection: { _id: 1 } }))) !== null
  const asRead = { _id, done }
  // What keeps out late what was deleted is kept.
  if (isThere || cut !== undefined || empty.length < seriesOf(head).length) {
    const update: Document = { $pull: { series: { s: { $in: [...empty] } } } }
    await ask(() => evolutions.updateOne(asRead, update))
  } else await ask(() => evolutions.deleteOne(asRead))
}
