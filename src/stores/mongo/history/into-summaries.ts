/** Instances of a series that go into summaries of the periods that they stand in. */

import { randomUUID } from 'node:crypto'
import type { AnyBulkWriteOperation, Filter } from 'mongodb'
import { mergeSummaries } from '../../../core/history/merge-summaries.ts'
import { createSummarizing, type Summary } from '../../../core/history/summary.ts'
import { aggregatedOf } from '../../../core/history/value-class.ts'
import type { Database } from '../database.ts'
import { pastInstance } from './codec.ts'
import { areThere } from './heads.ts'
import { type Retaining, remove, type SeriesOf, those } from './remove-instances.ts'
import type { InstanceDocument, SummaryDocument } from './stored.ts'

/**
 * Instances of a period that are summarized together: of a period with more the different values of each such part are counted by
 * themselves.
 */
const MOST_OF_PERIOD = 5_000

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
export async function summarizeSome(
  database: Retaining,
  series: SeriesOf,
  before: number,
  periods: Periods,
): Promise<number> {
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
  await tell(database, series, { 'retained.isOpen': true, 'retained.of': made.map((each) => each._id) })
  const written = (await write(database, made, there)).flatMap(({ of = [] }) => of)
  if (written.length === 0) return 0
  // Who has read neither that nor the summaries reads once more (undisturbed.ts).
  await tell(database, series, { 'retained.rev': randomUUID() })
  const removed = await remove(database, written)
  await ask(() => summaries.updateMany(oneOf(made), { $unset: { of: '' } }))
  return removed
}

async function tell(
  { ask, evolutions }: Database,
  { entity: _id }: SeriesOf,
  $set: Readonly<Record<string, unknown>>,
): Promise<void> {
  await ask(() => evolutions.updateOne({ _id }, { $set }))
}

/** Those that nobody else has written since they were read. */
async function write(
  { ask, summaries }: Database,
  made: readonly SummaryDocument[],
  there: ReadonlyMap<number, SummaryDocument>,
): Promise<readonly SummaryDocument[]> {
  const writes = made.map((document): AnyBulkWriteOperation<SummaryDocument> => {
    const { _id, ...replacement } = document
    const was = there.get(document.begins)
    if (was === undefined) return { insertOne: { document } }
    return { replaceOne: { filter: { _id, rev: was.rev ?? { $exists: false } }, replacement } }
  })
  await ask(() => summaries.bulkWrite(writes, { ordered: false }).then(() => 0, areThere))
  const found = await ask(() => summaries.find(oneOf(made), { projection: { begins: 1 } }).toArray())
  const written = new Set(found.map(({ begins }) => begins))
  return made.filter(({ begins }) => written.has(begins))
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
    // Also of those that it had and that are not among them: something may have come between.
    of: [...known, ...added.map((each) => each._id)],
  }
}

function summariesOf(all: readonly InstanceDocument[]): readonly Summary[] {
  const summarizing = createSummarizing()
  for (const each of all) for (const value of aggregatedOf(pastInstance(each, ''))) summarizing.add(value)
  return summarizing.summaries()
}
