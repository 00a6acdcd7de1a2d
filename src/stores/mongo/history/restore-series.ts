/** Instances and summaries of a series as they come from another store, beside those that are there. */

import type { AnyBulkWriteOperation } from 'mongodb'
import type { CarriedFate, CarriedInstance, CarriedSeries, CarriedSummary } from '../../../core/history/carried.ts'
import type { Restoring } from '../../../ports/history.ts'
import { fateOf, isSameInstance, isSameSummary } from '../../common/carried.ts'
import { encodeInstance } from '../../common/instance-row.ts'
import type { Database } from '../database.ts'
import { inLockOrder } from '../lock-order.ts'
import { rowOf, storedInstance } from './codec.ts'
import { cutOf } from './heads.ts'
import { numberedKey, numberOf } from './instance-number.ts'
import { type ComingHead, comingInstances, comingSeries } from './restore-heads.ts'
import { standingAt } from './standing-at.ts'
import type { InstanceDocument, SummaryDocument } from './stored.ts'

/** What is to be written. */
export interface Found {
  readonly instances: InstanceDocument[]
  readonly summaries: SummaryDocument[]
  /** Ids of documents that others take the place of. */
  readonly replaced: string[]
  /** Of those that come of which there may have been one that was taken away. */
  readonly again: string[]
}

/** Nothing yet. */
export function createFound(): Found {
  return { instances: [], summaries: [], replaced: [], again: [] }
}

/** Compares what comes with what is there, and adds to `found` what is to be written. Returns what becomes of each summary and instance, in their order. */
export async function findThere(
  database: Database,
  head: ComingHead,
  series: CarriedSeries,
  found: Found,
  restoring: Restoring,
): Promise<{ readonly summaries: readonly CarriedFate[]; readonly instances: readonly CarriedFate[] }> {
  const s = comingSeries(head, series, database.sequence)
  const isNew = head.there?.series?.some((each) => each.s === s) !== true
  const there = isNew ? new Map() : await instancesThere(database, head, s, series.instances)
  const kept = isNew ? new Map() : await summariesThere(database, head, s, series.summaries)
  const written: InstanceDocument[] = []
  const instances = series.instances.map((each) => {
    const is: InstanceDocument | undefined = there.get(nameOf(each.createdAt, each.number))
    const { number: _, ...instance } = each
    const fate = fateOf(is && rowOf(is), encodeInstance(instance), isSameInstance, restoring)
    if (fate === 'replaced' && is !== undefined) found.replaced.push(is._id)
    if (fate === 'created' || fate === 'replaced') written.push(documentOf(each, s, head.position))
    return fate
  })
  comingInstances(head, written)
  found.instances.push(...written)
  if (head.there !== undefined) found.again.push(...written.map(({ _id }) => _id))
  const summaries = series.summaries.map((each) => {
    const fate = fateOf<CarriedSummary>(kept.get(each.begins), each, isSameSummary, restoring)
    if (fate === 'created' || fate === 'replaced') found.summaries.push(summaryOf(each, s, head.position))
    return fate
  })
  return { summaries, instances }
}

function nameOf(created: number, number: number): string {
  return `${created} ${number}`
}

function documentOf(carried: CarriedInstance, s: string, p: string): InstanceDocument {
  const { number, ...instance } = carried
  const stored = storedInstance(instance)
  return { _id: numberedKey(s, stored.at, stored.c, number), s, p, ...stored }
}

function summaryOf({ begins, ends, summaries }: CarriedSummary, s: string, p: string): SummaryDocument {
  return { _id: `${s} ${begins}`, s, begins, ends, summaries, p }
}

/** Those that stand at the same times, by when they came and their numbers. */
async function instancesThere(
  database: Database,
  { there: head }: ComingHead,
  s: string,
  all: readonly CarriedInstance[],
): Promise<ReadonlyMap<string, InstanceDocument>> {
  if (all.length === 0) return new Map()
  const times = all.map((each) => encodeInstance(each).at)
  const found = await standingAt(database, s, times, { p: { $gt: cutOf(head, s) } })
  return new Map(found.map((each) => [nameOf(each.c, numberOf(each)), each]))
}

async function summariesThere(
  { ask, summaries }: Database,
  { there: head }: ComingHead,
  s: string,
  all: readonly CarriedSummary[],
): Promise<ReadonlyMap<number, CarriedSummary>> {
  if (all.length === 0) return new Map()
  const found = await ask(() => summaries.find({ s, p: { $gt: cutOf(head, s) } }).toArray())
  return new Map(found.map(({ begins, ends, summaries: of }) => [begins, { begins, ends, summaries: of }]))
}

/** And what remains of those that were taken away. */
export async function removeReplaced({ ask, instances }: Database, { replaced, again }: Found): Promise<void> {
  if (replaced.length > 0) await ask(() => instances.deleteMany({ _id: { $in: replaced } }))
  const gone = { _id: { $in: again }, gone: { $exists: true }, to: { $exists: false } }
  if (again.length > 0) await ask(() => instances.deleteMany(gone))
}

/** Each in the place of one of the same period. */
export async function writeSummaries({ ask, summaries }: Database, all: readonly SummaryDocument[]): Promise<void> {
  if (all.length === 0) return
  const writes = inLockOrder(all, ({ _id }) => _id).map((summary): AnyBulkWriteOperation<SummaryDocument> => {
    return { replaceOne: { filter: { _id: summary._id }, replacement: summary, upsert: true } }
  })
  await ask(() => summaries.bulkWrite(writes, { ordered: true }))
}
