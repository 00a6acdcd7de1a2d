/**
 * Takes what has been moved out of the documents of entities. Nobody waits for it: it waits itself for those who write the
 * entities just then. Until it is done it is known here what need not be moved again.
 */

import type { AnyBulkWriteOperation, Document } from 'mongodb'
import type { Log } from '../../ports/call.ts'
import type { Collections } from './collections.ts'
import type { Connection } from './connection.ts'
import { inLockOrder } from './lock-order.ts'
import { lastPosition } from './owed.ts'
import type { EntityDocument } from './stored.ts'

export type OwingDocument = Pick<EntityDocument, '_id' | 'owed' | 'owing'>

export interface Clearing {
  /** All that these owe has been moved. */
  add(moved: readonly OwingDocument[]): void
  /** Whether all that it owes has been moved. */
  isMoved(document: Pick<EntityDocument, '_id' | 'owing'>): boolean
  /** Resolves when nothing is left to do. Rejects where it failed: then it is moved and cleared again. */
  done(): Promise<void>
}

interface ClearingDeps extends Pick<Collections, 'entities'> {
  readonly ask: Connection['ask']
  readonly log: Log
}

interface Moved {
  readonly _id: string
  readonly owing: string
  readonly last: string
}

/** Documents that are written together: each is locked until all have been. */
const AT_A_TIME = 10

export function createClearing({ ask, entities, log }: ClearingDeps): Clearing {
  const waiting = new Map<string, Moved>()
  let running: Promise<void> | undefined

  const clearSome = async (): Promise<void> => {
    const some = inLockOrder(firstOf(waiting.values()), ({ _id }) => _id)
    const { matchedCount } = await ask(() => entities.bulkWrite(some.map(clearing), { ordered: true }))
    if (matchedCount < some.length) await clearOthers(some)
    for (const each of some) if (waiting.get(each._id) === each) waiting.delete(each._id)
  }
  const clearOthers = async (some: readonly Moved[]): Promise<void> => {
    // A bulk of several kinds in turn would be a command each.
    await ask(() => entities.bulkWrite(some.map(deletion), { ordered: true }))
    await ask(() => entities.bulkWrite(some.map(clearingOfChanged), { ordered: true }))
  }
  const run = async (): Promise<void> => {
    try {
      while (waiting.size > 0) await clearSome()
    } catch (error) {
      waiting.clear()
      log.debug({ error }, 'what has been moved stands where it was, and is moved again')
      throw error
    } finally {
      running = undefined
    }
  }
  return {
    add: (moved) => {
      for (const { _id, owing = '', owed = [] } of moved)
        waiting.set(_id, { _id, owing, last: lastPosition(owed) ?? '' })
      if (waiting.size === 0 || running !== undefined) return
      running = run()
      // Who waits for it hears of it.
      running.catch(() => undefined)
    },
    isMoved: ({ _id, owing }) => waiting.get(_id)?.owing === owing,
    done: async () => {
      await running
    },
  }
}

function firstOf(all: Iterable<Moved>): readonly Moved[] {
  const some: Moved[] = []
  for (const each of all) if (some.push(each) === AT_A_TIME) break
  return some
}

/** Of nearly all: of those that are as they were when they were moved. */
function clearing({ _id, owing }: Moved): AnyBulkWriteOperation<EntityDocument> {
  const filter = { _id, owing, $or: [{ body: SOME }, { uncounted: SOME }, { types: SOME }] }
  return { updateOne: { filter, update: { $unset: { owing: '', owed: '' } } } }
}

/** A document that is no entity, and is not needed for the counts or for its last position any more, was kept for what it owed. */
function deletion({ _id, owing }: Moved): AnyBulkWriteOperation<EntityDocument> {
  return { deleteOne: { filter: { _id, owing, body: NONE, uncounted: NONE, types: NONE } } }
}

/** What was added meanwhile stays, and the mark with it. */
function clearingOfChanged({ _id, owing, last }: Moved): AnyBulkWriteOperation<EntityDocument> {
  const moved: Document = { $pull: { owed: { last: { $lte: last } } } }
  return { updateOne: { filter: { _id, owing: { $gt: owing } }, update: moved } }
}

const [NONE, SOME] = [{ $exists: false }, { $exists: true }]
