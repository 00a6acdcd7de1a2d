/**
 * Entities that are gone, and owed something lately: their documents stay for a while without anything but the position of
 * their last notice, because an instance whose clock is behind may make one again, and owes that later all the same.
 */

import type { AnyBulkWriteOperation } from 'mongodb'
import type { Collections } from './collections.ts'
import type { Connection } from './connection.ts'
import { inLockOrder } from './lock-order.ts'
import { CLOCKS_APART, textOf } from './sequence.ts'
import type { EntityDocument } from './stored.ts'

const NONE = { $exists: false } as const

/** Before it all clocks are beyond. */
function bound(now: number): string {
  return textOf(now - CLOCKS_APART)
}

/** Whether an entity that goes now, with such a last notice, leaves its position. */
export function isLeft(lastNotice: string, now: number): boolean {
  return lastNotice >= bound(now)
}

/** Removes at most `limit` of those that nobody needs any more; returns how many. */
export async function forgetGone(
  { ask, entities }: Pick<Collections, 'entities'> & Pick<Connection, 'ask'>,
  now: number,
  limit: number,
): Promise<number> {
  // To MongoDB a limit of 0 is none.
  if (limit <= 0) return 0
  const options = { projection: { gone: 1, seq: 1 }, sort: { gone: 1 }, limit, hint: 'gone_1' } as const
  const found = await ask(() => entities.find<Gone>({ gone: { $lt: bound(now) } }, options).toArray())
  if (found.length === 0) return 0
  const operations = inLockOrder(found, ({ _id }) => _id).map(forgetting)
  const { deletedCount, modifiedCount } = await ask(() => entities.bulkWrite(operations, { ordered: false }))
  return deletedCount + modifiedCount
}

type Gone = Pick<EntityDocument, '_id' | 'gone' | 'seq'>

/** What is to be counted or moved yet goes later, and what has been made again meanwhile stays. */
function forgetting({ _id, gone = '', seq }: Gone): AnyBulkWriteOperation<EntityDocument> {
  if (seq !== undefined) return { updateOne: { filter: { _id, gone, seq }, update: { $unset: { gone: '' } } } }
  return { deleteOne: { filter: { _id, gone, body: NONE, uncounted: NONE, owing: NONE } } }
}
