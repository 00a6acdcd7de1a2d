/** What is known of evolutions beside their instances, as it comes from another store. */

import type { AnyBulkWriteOperation, UpdateFilter } from 'mongodb'
import type { CarriedEvolution, CarriedSeries } from '../../../core/history/carried.ts'
import { seriesKey } from '../../common/series-key.ts'
import type { Database } from '../database.ts'
import { inLockOrder } from '../lock-order.ts'
import type { Sequence } from '../sequence.ts'
import { cutOf } from './heads.ts'
import { lastOf } from './record-past.ts'
import type { EvolutionDocument, InstanceDocument, StoredSeries } from './stored.ts'

/** An evolution that something is put into. */
export interface ComingHead {
  readonly id: string
  /** As it was found; undefined where there was none. */
  readonly there: EvolutionDocument | undefined
  /** What was kept of one that has been deleted. */
  readonly cut: string | undefined
  /** Its place in the order of evolutions, where it is made. */
  readonly n: string
  /** That which comes with an instance: nothing that has been deleted, and nothing that is being done. */
  position: string
  /** What it becomes; undefined where it stays what it is. */
  carried?: CarriedEvolution
  /** With what comes. */
  readonly series: StoredSeries[]
  last: number
}

/** Comes before all positions: whatever a broker has recorded of it meanwhile is later. */
const FIRST = '0'.repeat(18)

/** `found`: what the database has by that id, also of one that has been deleted. */
export function comingHead(id: string, found: EvolutionDocument | undefined, sequence: Sequence): ComingHead {
  const there = found?.n === undefined ? undefined : found
  const cut = found?.cut
  const position = there?.done ?? (cut === undefined ? FIRST : sequence.next(cut))
  return { id, there, cut, n: sequence.next(cut), position, series: [], last: 0 }
}

/** Takes note of a series that something comes of; returns its key. */
export function comingSeries(head: ComingHead, series: CarriedSeries, sequence: Sequence): string {
  const { attribute: a, datasetId: d = '', isObserved } = series
  const s = seriesKey(head.id, a, d)
  head.series.push({ s, a, d, ...(isObserved && { t: true }) })
  const cut = cutOf(head.there, s)
  if (head.position <= cut) head.position = sequence.next(cut)
  return s
}

/** Takes note of when the last of them was changed. */
export function comingInstances(head: ComingHead, all: readonly InstanceDocument[]): void {
  head.last = Math.max(head.last, lastOf(all) ?? 0)
}

/** Writes what has been noted of each, once all that belongs to it is there. */
export async function putHeadsOf({ ask, evolutions }: Database, heads: readonly ComingHead[]): Promise<void> {
  const updates = inLockOrder(heads, ({ id }) => id).flatMap(updatesOf)
  if (updates.length > 0) await ask(() => evolutions.bulkWrite(updates, { ordered: true }))
}

function updatesOf(head: ComingHead): readonly AnyBulkWriteOperation<EvolutionDocument>[] {
  const { id: _id, there, carried } = head
  if (there === undefined && carried === undefined) return []
  if (there !== undefined && carried === undefined && head.series.length === 0) return []
  if (there === undefined && carried !== undefined) return [makingOf(head, carried)]
  return [{ updateOne: { filter: { _id, n: { $exists: true } }, update: changeOf(head) } }]
}

/** Where another has made it meanwhile it is done again, and found. */
function makingOf(
  { id: _id, cut, n, position, series, last }: ComingHead,
  carried: CarriedEvolution,
): AnyBulkWriteOperation<EvolutionDocument> {
  const made = {
    n,
    done: position,
    series: distinct(series),
    ...stateOf(carried, position),
    ...(last > 0 && { m: last }),
  }
  const filter = { _id, n: { $exists: false } }
  return { updateOne: { filter, update: { $set: made }, upsert: cut === undefined } }
}

function stateOf({ types, createdAt, deletedAt }: CarriedEvolution, position: string) {
  return { types: [...types], createdAt, state: `${position} ${deletedAt ?? ''}` }
}

function changeOf({ there, carried, position, series, last }: ComingHead): UpdateFilter<EvolutionDocument> {
  return {
    ...(carried !== undefined && { $set: stateOf(carried, position) }),
    $addToSet: { series: { $each: distinct(series) } },
    // Where something was taken away nobody knows it, and what comes may be old.
    $max: { done: position, ...(there?.m !== undefined && last > 0 && { m: last }) },
  }
}

function distinct(series: readonly StoredSeries[]): StoredSeries[] {
  return [...new Map(series.map((each) => [`${each.s}${each.t ?? ''}`, each])).values()]
}
