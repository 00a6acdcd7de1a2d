/**
 * Entities that are gone, and owed something lately: their documents stay for a while because of the position of their last
 * notice, for an instance whose clock is behind may make one again, and owes that later all the same. They are found by it
 * where others have types, so that no entity pays for an index of its own.
 */

import type { AnyBulkWriteOperation } from 'mongodb'
import type { Collections } from './collections.ts'
import type { Connection } from './connection.ts'
import { inLockOrder } from './lock-order.ts'
import { CLOCKS_APART, textOf } from './sequence.ts'
import type { EntityDocument } from './stored.ts'

const NONE = { $exists: false } as const

/** What stands in the place of types: no IRI begins with a space. */
function markOf(position: string): string {
  return ` ${position}`
}

/** Before it all clocks are beyond. */
function bound(now: number): string {
  return textOf(now - CLOCKS_APART)
}

/** What an entity that goes now leaves, because of its last notice. */
export function leftOf(lastNotice: string | undefined, now: number): Pick<EntityDocument, 'types'> {
  return lastNotice === undefined || lastNotice < bound(now) ? {} : { types: [markOf(lastNotice)] }
}

/** Removes at most `limit` of those that nobody needs any more; returns how many. */
export async function forgetGone(
  { ask, entities }: Pick<Collections, 'entities'> & Pick<Connection, 'ask'>,
  now: number,
  limit: number,
): Promise<number> {
  // To MongoDB a limit of 0 is none.
  if (limit <= 0) return 0
  const options = { projection: { types: 1 }, limit, hint: 'types_1_seq_1' } as const
  const found = await ask(() => entities.find<Gone>({ types: { $lt: markOf(bound(now)) } }, options).toArray())
  if (found.length === 0) return 0
  const operations = inLockOrder(found, ({ _id }) => _id).map(forgetting)
  return (await ask(() => entities.bulkWrite(operations, { ordered: false }))).deletedCount
}

type Gone = Pick<EntityDocument, '_id' | 'types'>

/** What is to be counted or moved yet goes later, and what has been made again meanwhile stays. */
function forgetting({ _id, types = [] }: Gone): AnyBulkWriteOperation<EntityDocument> {
  return { deleteOne: { filter: { _id, types: [...types], body: NONE, uncounted: NONE, owing: NONE } } }
}
