/** A step of keeping the history of a database bounded. */

import { randomUUID } from 'node:crypto'
import type { AnyBulkWriteOperation, Document, Filter } from 'mongodb'
import { mergeSummaries } from '../../../core/history/merge-summaries.ts'
import { SCOPE } from '../../../core/history/past-instance.ts'
import type { Horizons } from '../../../core/history/retention.ts'
import { createSummarizing, type Summary } from '../../../core/history/summary.ts'
import { aggregatedOf } from '../../../core/history/value-class.ts'
import type { Retained } from '../../../ports/history.ts'
import type { Database } from '../database.ts'
import { REMEMBERED } from '../notices.ts'
import { textOf } from '../sequence.ts'
import { pastInstance } from './codec.ts'
import { areThere, cutOf } from './heads.ts'
import { IS_THERE } from './instances.ts'
import { seriesOf } from './selected.ts'
import { keysBetween } from './series-key.ts'
import type { EvolutionDocument, InstanceDocument, SummaryDocument } from './stored.ts'

/**
 * Instances of a period that are summarized together: of a period with more the different values of each such part are counted by
 * themselves.
 */
const MOST_OF_PERIOD = 5_000

/** Evolutions that are looked at in one step, whether or not something of them goes. */
const EVOLUTIONS = 50

interface Total {
  removed: number
  summarized: number
}

/** What a step needs to know beside. */
interface Retaining extends Database {
  /** What came with a change since this position may be moved once more, by somebody who has read it before. */
  readonly recent: string
  readonly now: number
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
  database: Retaining,
  head: EvolutionDocument,
  horizons: Horizons,
  { limit, isBegun }: Step,
  total: Total,
): Promise<boolean> {
  const all = seriesOf(head).map(({ s, a }): SeriesOf => ({ s, cut: cutOf(head, s), isScope: a === SCOPE }))
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
  all: readonly SeriesOf[],
  { summariesBefore }: Horizons,
): Promise<number> {
  if (summariesBefore === undefined) return 0
  // What ends before has begun before: so it is found by the index.
  const old = { begins: { $lt: summariesBefore }, ends: { $lte: summariesBefore } }
  const which = { s: { $in: all.map(({ s }) => s) }, ...old }
  return (await ask(() => summaries.deleteMany(which))).deletedCount
}

interface SeriesOf {
  readonly s: string
  /** What came with a change up to this position is deleted already. */
  readonly cut: string
  readonly isScope: boolean
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

function those({ s, cut }: SeriesOf, from: number | undefined, until: number | undefined) {
  return { _id: keysBetween(s, from, until), ...IS_THERE, p: { $gt: cut } }
}

async function removeSome(database: Retaining, series: SeriesOf, before: number, limit: number): Promise<number> {
  const { ask, instances } = database
  const options = { projection: { _id: 1 }, sort: { _id: 1 }, limit } as const
  const found = await ask(() => instances.find(those(series, undefined, before), options).toArray())
  return found.length === 0 ? 0 : await remove(database, found)
}

function remove(database: Retaining, found: readonly Pick<InstanceDocument, '_id'>[]): Promise<number> {
  return removeThose(database, { _id: { $in: found.map(({ _id }) => _id) } })
}

const NOTHING_OF_IT = Object.fromEntries(
  ['at', 'c', 'k', 'v', 'm', 'x', 'r', 't', 'f', 'p', 'q', 'id'].map((name) => [name, '' as const]),
)

/** Of what may come once more something is left for a while (stored.ts), so that it does not. */
async function removeThose(
  { ask, instances, recent, now }: Retaining,
  which: Filter<InstanceDocument>,
): Promise<number> {
  const { deletedCount } = await ask(() => instances.deleteMany({ $and: [which, { ...IS_THERE, p: { $lt: recent } }] }))
  const gone = { $set: { s: '', gone: now }, $unset: NOTHING_OF_IT }
  const { matchedCount } = await ask(() => instances.updateMany({ $and: [which, IS_THERE] }, gone))
  return deletedCount + matchedCount
}

/** The last one before is still valid after it. */
async function removeScopes(database: Retaining, series: SeriesOf, before: number): Promise<number> {
  const { ask, instances } = database
  const last = await ask(() => instances.findOne(those(series, undefined, before), { sort: { _id: -1 } }))
  return last === null ? 0 : await removeThose(database, those(series, undefined, last.at))
}

interface Periods {
  /** Microseconds. */
  readonly every: number
  /** Instances that are read at once, but for a period that has more. */
  readonly limit: number
}

/**
 * The first periods of which there are instances before a time; how many there were. Instances go only once the summary of their period has
 * them: it remembers of which it is made, so that what is broken off in between is not summarized twice. Two that do it at once read summaries
 * before instances, and the one that comes later writes none that the other has written.
 */
async function summarizeSome(database: Retaining, series: SeriesOf, before: number, periods: Periods): Promise<number> {
  const { ask, instances, summaries } = database
  const begun = await firstPeriods(database, series, before, periods)
  const [first, last] = [begun[0], begun.at(-1)]
  if (first === undefined || last === undefined) return 0
  const found = await ask(() => summaries.find({ _id: { $in: begun.map((begins) => idOf(series, begins)) } }).toArray())
  const there = new Map(found.map((each) => [each.begins, each]))
  const options = { sort: { _id: 1 }, limit: Math.max(MOST_OF_PERIOD, periods.limit) } as const
  const all = await ask(() => instances.find(those(series, first, last + periods.every), options).toArray())
  if (all.length === 0) return 0
  const made = [...byPeriod(all, periods)].map(([begins, some]) =>
    summaryOf(series, { begins, ends: begins + periods.every }, some, there.get(begins)),
  )
  const written = await write(database, made, there)
  const gone = all.filter((each) => written.has(beginOf(each, periods)))
  const removed = gone.length === 0 ? 0 : await remove(database, gone)
  await ask(() => summaries.updateMany(oneOf(made), { $unset: { of: '' } }))
  return removed
}

/** Those that nobody else has written since they were read; the times at which they begin. */
async function write(
  { ask, summaries }: Database,
  made: readonly SummaryDocument[],
  there: ReadonlyMap<number, SummaryDocument>,
): Promise<ReadonlySet<number>> {
  const writes = made.map((document): AnyBulkWriteOperation<SummaryDocument> => {
    const { _id, ...replacement } = document
    const was = there.get(document.begins)
    if (was === undefined) return { insertOne: { document } }
    return { replaceOne: { filter: { _id, rev: was.rev ?? { $exists: false } }, replacement } }
  })
  await ask(() => summaries.bulkWrite(writes, { ordered: false }).then(() => 0, areThere))
  const found = await ask(() => summaries.find(oneOf(made), { projection: { begins: 1 } }).toArray())
  return new Set(found.map(({ begins }) => begins))
}

/** Met by those that stand as they were made here. */
function oneOf(made: readonly SummaryDocument[]): Filter<SummaryDocument> {
  return { _id: { $in: made.map(({ _id }) => _id) }, rev: { $in: made.map(({ rev = '' }) => rev) } }
}

function idOf({ s }: SeriesOf, begins: number): string {
  return `${s} ${begins}`
}

function beginOf({ at }: Pick<InstanceDocument, 'at'>, { every }: Periods): number {
  return Math.floor(at / every) * every
}

function byPeriod(all: readonly InstanceDocument[], periods: Periods): ReadonlyMap<number, InstanceDocument[]> {
  const grouped = new Map<number, InstanceDocument[]>()
  for (const each of all) {
    const begins = beginOf(each, periods)
    const group = grouped.get(begins)
    if (group === undefined) grouped.set(begins, [each])
    else group.push(each)
  }
  return grouped
}

/** Where the first ones begin that are whole among so many instances, in order; none where there are no instances. */
async function firstPeriods(
  { ask, instances }: Database,
  series: SeriesOf,
  before: number,
  periods: Periods,
): Promise<readonly number[]> {
  const { limit } = periods
  const options = { projection: { at: 1 }, sort: { _id: 1 }, limit: limit + 1 } as const
  const found = await ask(() => instances.find(those(series, undefined, before), options).toArray())
  const all = [...new Set(found.map((each) => beginOf(each, periods)))]
  return found.length > limit && all.length > 1 ? all.slice(0, -1) : all
}

function summaryOf(
  series: SeriesOf,
  { begins, ends }: Pick<SummaryDocument, 'begins' | 'ends'>,
  all: readonly InstanceDocument[],
  was: SummaryDocument | undefined,
): SummaryDocument {
  const kept = was !== undefined && was.p > series.cut ? was : undefined
  const known = new Set(kept?.of ?? [])
  const added = all.filter((each) => !known.has(each._id))
  return {
    ...{ _id: idOf(series, begins), s: series.s, begins, ends, rev: randomUUID() },
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

async function isEmpty({ ask, instances, summaries }: Database, series: SeriesOf): Promise<boolean> {
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
