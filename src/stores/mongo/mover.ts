/**
 * Moves what is owed from the documents of entities, where it was stored with the change, to a collection of its own. Each
 * step may be taken any number of times, by several instances at once, and be broken off anywhere: a notice has the same
 * id each time, and stands in the document of its entity until it is surely in the collection.
 */

import type { Filter } from 'mongodb'
import type { Log } from '../../ports/call.ts'
import type { Clock } from '../../ports/clock.ts'
import type { NoticeSource } from '../../ports/notices.ts'
import { joinApart, keepNotices, setApart } from './apart.ts'
import { type Clearing, createClearing, type OwingDocument } from './clearing.ts'
import type { Collections } from './collections.ts'
import type { Connection } from './connection.ts'
import { createErrand, type Errand } from './errand.ts'
import type { MovedPast } from './history/heads.ts'
import { movePast } from './history/move-past.ts'
import { noticesIn } from './owed.ts'
import { piecesOf } from './pieces.ts'
import type { EntityDocument, OwedChange } from './stored.ts'
import { takePlaces } from './taking-place.ts'

export interface Mover extends Errand {
  /**
   * Moves all that was acknowledged before the call, or that of one entity, whose document has it no more then.
   */
  moveAll(id?: string): Promise<void>
  /** Moves what one entity owed before the call, for who reads it: it may stand in its document as well. */
  move(id: string): Promise<void>
  /** Resolves when what has been moved stands in no document of an entity any more. */
  cleared(): Promise<void>
}

interface Moved extends Pick<Collections, 'entities' | 'notices'>, MovedPast {
  readonly ask: Connection['ask']
  readonly clock: Clock
  readonly log: Log
  readonly folded: NoticeSource['folded']
}

interface Moving extends Moved {
  readonly clearing: Clearing
}

/** Documents that are moved together, and bytes of what they owe. And those whose ids are known together. */
const PIECE = { most: 40, bytes: 8_000_000 } as const
const MOST_KNOWN = 10_000
/** Milliseconds after a change, so that many are moved together. */
const SOON = 50

export function createMover(deps: Moved): Mover {
  const clearing = createClearing(deps)
  const moved = { ...deps, clearing }
  const moveShared = createShared(() => moveAll(moved))
  const errand = createErrand({
    soonMs: SOON,
    work: async () => {
      await moveShared()
      await clearing.done()
    },
    // It stands where it was, and is moved before anybody reads what is owed.
    failed: (error) => deps.log.warn({ error }, 'what is owed to subscribers could not be moved yet'),
  })
  return {
    wake: errand.wake,
    drained: async () => {
      await errand.drained()
      await clearing.done().catch(() => undefined)
    },
    cleared: clearing.done,
    move: (id) => moveSome(moved, { _id: id }),
    moveAll: async (id) => {
      if (id === undefined) return await moveShared()
      await moveSome(moved, { _id: id })
      // Who asks for one has no room for more in its document.
      await clearing.done()
    },
  }
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
async function moveAll(moved: Moving): Promise<void> {
  const { ask, entities, clearing } = moved
  const projection = { 'owed.bytes': 1, owing: 1 } as const
  const options = { projection, hint: 'owing_1', limit: MOST_KNOWN, batchSize: MOST_KNOWN + 1 } as const
  const found = await ask(() => entities.find<Weighed>(ANY, options).toArray())
  const left = found.filter((each) => !clearing.isMoved(each))
  for (const piece of piecesOf(left, sizeOf, PIECE))
    await moveSome(moved, { _id: { $in: piece.map(({ _id }) => _id) } })
  if (found.length < MOST_KNOWN) return
  await clearing.done()
  await moveAll(moved)
}

interface Weighed extends Pick<EntityDocument, '_id' | 'owing'> {
  readonly owed?: readonly Pick<OwedChange, 'bytes'>[]
}

function sizeOf({ owed = [] }: Weighed): number {
  return owed.reduce((sum, { bytes }) => sum + bytes, 0)
}

async function moveSome(moved: Moving, which: Filter<EntityDocument>): Promise<void> {
  const { ask, entities } = moved
  const options = { projection: { owed: 1, owing: 1 }, limit: PIECE.most } as const
  const found = await ask(() => entities.find<OwingDocument>({ ...which, ...ANY }, options).toArray())
  const left = found.filter((each) => !moved.clearing.isMoved(each))
  if (left.length > 0) await move(moved, left)
}

const ANY = { owing: { $exists: true } }

async function move(moved: Moving, found: readonly OwingDocument[]): Promise<void> {
  const changes = found.flatMap(({ owed }) => owed ?? [])
  const notices = noticesIn(changes)
  await keepNotices(
    moved,
    notices.map((notice) => (notice.folds ? setApart(notice) : notice)),
  )
  await takePlaces(moved, notices)
  await movePast(moved, found)
  for (const change of changes) {
    if (change.first !== undefined) await joinApart(moved, change, (some) => takePlaces(moved, some))
  }
  moved.clearing.add(found)
}
