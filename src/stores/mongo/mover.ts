/**
 * Moves what is owed from the documents of entities, where it was stored with the change, to a collection of its own. Each
 * step may be taken any number of times, by several instances at once, and be broken off anywhere: a notice has the same
 * id each time, and stands in the document of its entity until it is surely in the collection.
 */

import type { AnyBulkWriteOperation, Document, Filter } from 'mongodb'
import type { Log } from '../../ports/call.ts'
import type { Clock } from '../../ports/clock.ts'
import type { NoticeSource } from '../../ports/notices.ts'
import type { Collections } from './collections.ts'
import type { Connection } from './connection.ts'
import { failedOf, isDuplicateKey } from './driver-errors.ts'
import { createErrand, type Errand } from './errand.ts'
import { inLockOrder } from './lock-order.ts'
import { lastPosition, noticesIn } from './owed.ts'
import type { EntityDocument, NoticeDocument } from './stored.ts'
import { takePlaces } from './taking-place.ts'

export interface Mover extends Errand {
  /** Moves all that was acknowledged before the call, or that of one entity. */
  moveAll(id?: string): Promise<void>
}

interface Moved extends Pick<Collections, 'entities' | 'notices'> {
  readonly ask: Connection['ask']
  readonly clock: Clock
  readonly log: Log
  readonly folded: NoticeSource['folded']
}

type Owing = Pick<EntityDocument, '_id' | 'owed' | 'owing'>

/** Documents that are moved together: what they owe may be large. And whose ids are known together. */
const MOST = 40
const MOST_KNOWN = 10_000
/** Milliseconds after a change, so that many are moved together. */
const SOON = 50

export function createMover(moved: Moved): Mover {
  const moveShared = createShared(() => moveAll(moved))
  const errand = createErrand({
    soonMs: SOON,
    work: moveShared,
    // It stands where it was, and is moved before anybody reads what is owed.
    failed: (error) => moved.log.warn({ error }, 'what is owed to subscribers could not be moved yet'),
  })
  return { ...errand, moveAll: (id) => (id === undefined ? moveShared() : moveAll(moved, id)) }
}

/** Work that all share who ask for it before it begins: one is under way, and one is next. */
function createShared(work: () => Promise<void>): () => Promise<void> {
  let underWay: Promise<void> | undefined
  let next: Promise<void> | undefined
  const begin = (): Promise<void> => {
    next = undefined
    const begun = work().finally(() => {
      if (underWay === begun) underWay = undefined
    })
    underWay = begun
    return begun
  }
  return () => {
    if (underWay === undefined) return begin()
    next ??= underWay.then(begin, begin)
    return next
  }
}

/** All that is there when it begins, however much is added meanwhile. */
async function moveAll(moved: Moved, id?: string): Promise<void> {
  if (id !== undefined) return moveSome(moved, { _id: id })
  const { ask, entities } = moved
  const options = { projection: { _id: 1 }, hint: 'owing_1', limit: MOST_KNOWN, batchSize: MOST_KNOWN + 1 } as const
  const found = await ask(() => entities.find<Pick<EntityDocument, '_id'>>(ANY, options).toArray())
  const ids = found.map(({ _id }) => _id)
  for (let at = 0; at < ids.length; at += MOST) await moveSome(moved, { _id: { $in: ids.slice(at, at + MOST) } })
  if (ids.length === MOST_KNOWN) await moveAll(moved)
}

async function moveSome(moved: Moved, which: Filter<EntityDocument>): Promise<void> {
  const { ask, entities } = moved
  const options = { projection: { owed: 1, owing: 1 }, limit: MOST } as const
  const found = await ask(() => entities.find<Owing>({ ...which, ...ANY }, options).toArray())
  if (found.length > 0) await move(moved, found)
}

const ANY = { owing: { $exists: true } }

async function move(moved: Moved, found: readonly Owing[]): Promise<void> {
  const { ask, entities } = moved
  const notices = found.flatMap(({ owed }) => noticesIn(owed ?? []))
  await ask(() => insertAll(moved, notices))
  await takePlaces(moved, notices)
  await ask(() => entities.bulkWrite(inLockOrder(found, ({ _id }) => _id).flatMap(clearing), { ordered: true }))
}

async function insertAll({ notices: into }: Moved, notices: readonly NoticeDocument[]): Promise<void> {
  if (notices.length === 0) return
  await into
    .insertMany(
      inLockOrder(notices, ({ _id }) => _id),
      { ordered: false },
    )
    .catch((error: unknown) => {
      if (!failedOf(error).failed.every(isDuplicateKey)) throw error
    })
}

/**
 * What was added meanwhile stays, and the mark with it. A document that is no entity, and is not needed for the counts any
 * more, was kept for what it owed.
 */
function clearing({ _id, owed = [], owing = '' }: Owing): readonly AnyBulkWriteOperation<EntityDocument>[] {
  const last = lastPosition(owed) ?? ''
  const none = { $exists: false }
  const moved: Document = { $pull: { owed: { last: { $lte: last } } } }
  return [
    { deleteOne: { filter: { _id, owing, body: none, uncounted: none } } },
    {
      updateOne: {
        filter: { _id, owing, $or: [{ body: { $exists: true } }, { uncounted: { $exists: true } }] },
        update: { $unset: { owing: '', owed: '' } },
      },
    },
    { updateOne: { filter: { _id, owing: { $gt: owing } }, update: moved } },
  ]
}
