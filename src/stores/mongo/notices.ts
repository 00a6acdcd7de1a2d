/** What is owed to subscribers, in all Tenants. Whoever asks moves first what stands in the documents of entities. */

import type { Filter, FindCursor, UpdateFilter } from 'mongodb'
import { parseStoredJson } from '../../core/model/json-text.ts'
import type { Call } from '../../ports/call.ts'
import type { Clock } from '../../ports/clock.ts'
import type {
  Known,
  Notice,
  NoticePage,
  NoticeSource,
  NoticeStore,
  SettledNotice,
  Settlement,
} from '../../ports/notices.ts'
import type { Database } from './database.ts'
import type { Databases } from './databases.ts'
import { forgetGone } from './gone.ts'
import { forgetPast } from './history/forget-past.ts'
import { inNoticeOrder } from './lock-order.ts'
import { allOf, endedOf, type Found, owedElsewhere } from './notice-walks.ts'
import { REMEMBERED } from './remembered.ts'
import type { NoticeDocument } from './stored.ts'
import { tellSince } from './taking-place.ts'

/** Milliseconds from when a change is given its position until others have been told of it, but for a database that hardly answers. */
const LATE_MS = 10_000

export function createNoticeStore(databases: Databases, source: NoticeSource, clock: Clock): NoticeStore {
  const movedOf = async ({ tenant }: Call): Promise<Database> => {
    const database = await databases.of(tenant)
    await database.mover.moveAll()
    return database
  }
  /** The source is told of each piece, so that who tells of it need not wait for all. */
  const intoQueue = async (
    { tenant, signal }: Call,
    queue: string,
    changes: AsyncIterable<number>,
  ): Promise<number> => {
    let moved = 0
    for await (const changed of changes) {
      moved += changed
      if (changed > 0) source.committed(tenant, new Set([queue]), true)
      signal().throwIfAborted()
    }
    return moved
  }
  return {
    lateMs: LATE_MS,
    queues: async (call) => {
      const { ask, notices } = await movedOf(call)
      return (await ask(() => notices.distinct('queue', { state: 'owed' }))).sort()
    },
    owed: async (call, queue, most, after, known) => readOwed(await movedOf(call), { queue, most, after, known }),
    settle: async ({ tenant }, settlements) => {
      const { ask, notices } = await databases.of(tenant)
      const operations = inNoticeOrder(settlements, ({ id }) => id).map(settling)
      if (operations.length > 0) await ask(() => notices.bulkWrite(operations, { ordered: true }))
      await tellSince({ ask, notices }, settlements, source.sinceTold)
    },
    backlog: async (call, subscription) => {
      const { ask, notices } = await movedOf(call)
      const [found] = await ask(() => notices.aggregate<Counted>(counting(subscription)).toArray())
      return found === undefined ? { count: 0 } : { count: found.count, oldest: found.oldest }
    },
    settled: async ({ tenant }, subscription, state, limit, since) => {
      const { ask, notices } = await databases.of(tenant)
      const sort = { settledAt: -1, since: -1, position: -1 } as const
      const options = { sort, limit, projection: { content: 0, exact: 0 } } as const
      const which = { subscription, state, ...(since !== undefined && { since: { $gte: since } }) }
      const found = await ask(() => notices.find(which, options).toArray())
      return found.map((each) => readSettled(each, state))
    },
    revive: async (call, subscription, queue, which, at) => {
      const database = await databases.of(call.tenant)
      const set = { state: 'owed', queue, revivedAt: at } as const
      const update = { $set: set, $unset: { settledAt: '', reason: '' } } as const
      const filter = { subscription, ...endedIn(which) }
      return await intoQueue(call, queue, changeEach(database, endedOf(database, subscription, which), filter, update))
    },
    requeue: async (call, subscription, queue) => {
      const database = await movedOf(call)
      const filter = { subscription, state: 'owed', queue: { $ne: queue } } as const
      const elsewhere = owedElsewhere(database, subscription, queue)
      return await intoQueue(call, queue, changeEach(database, elsewhere, filter, { $set: { queue } }))
    },
    isAnyBefore: async (call, those) => {
      const { ask, notices } = await movedOf(call)
      if (those.length === 0) return false
      // Each within its own bounds: behind one that waits there may be any number, and none of them is read.
      const $or = those.map(({ subscription, entity, position }) => {
        return { subscription, state: 'owed', entity, position: { $lt: position } } as const
      })
      return (await ask(() => notices.findOne({ $or }, { projection: { _id: 1 }, hint: BY_ENTITY }))) !== null
    },
    drop: async (call, subscription) => {
      const database = await movedOf(call)
      const update = { $set: { state: 'gone', settledAt: clock.now() }, $unset: { content: '', reason: '' } } as const
      const change = async (which: Filter<NoticeDocument>): Promise<number> => {
        let changed = 0
        for await (const each of changeEach(database, allOf(database, which), which, update)) changed += each
        return changed
      }
      const owed = await change({ subscription, state: 'owed' })
      await change({ subscription, state: { $in: ['dead', 'delivered'] } })
      return owed
    },
    forget: async ({ tenant }, before, limit) => {
      const database = await databases.of(tenant)
      // What stands apart is owed, or its change has never been committed, once all is moved that there was.
      const beforeNow = clock.now() - REMEMBERED
      await database.mover.moveAll()
      await database.mover.cleared()
      const apart = await remove(database, 'apart', beforeNow, limit)
      const gone = apart + (await remove(database, 'gone', beforeNow, limit - apart))
      const left = gone + (await forgetGone(database, clock.now(), limit - gone))
      const ended = left + (await forgetPast(database, beforeNow, limit - left))
      const delivered = ended + (await remove(database, 'delivered', before.delivered, limit - ended))
      return delivered + (await remove(database, 'dead', before.dead, limit - delivered))
    },
  }
}

interface Asked {
  readonly queue: string
  readonly most: NoticePage
  readonly after: string | undefined
  readonly known: Known | undefined
}

/**
 * A cursor may have passed the place of a notice before it was there, and go on to a later one of the same entity; so may
 * who has read up to its place. What comes before what is read, of the same subscription and entity, was committed before
 * it: so it is there when all has been moved, and is given with it.
 */
async function readOwed(database: Database, { queue, most, after = '', known }: Asked): Promise<readonly Notice[]> {
  const { ask, notices, mover } = database
  const which = { state: 'owed', queue, position: { $gt: after } } as const
  const options = { sort: { position: 1 }, limit: most.notices } as const
  const found = await ask(() => pageOf(notices.find(which, options), most))
  if (found.length === 0) return []
  await mover.moveAll()
  const from = known === undefined ? after : ''
  const missed = await missedOf(database, { queue, from, known }, found)
  return [...missed, ...found].sort(byPosition).map(readNotice)
}

/** What comes before those of a page, beyond `from`, and is neither there nor known. */
async function missedOf(
  { ask, notices }: Database,
  { queue, from, known = () => false }: Pick<Asked, 'queue' | 'known'> & { readonly from: string },
  page: readonly NoticeDocument[],
): Promise<readonly NoticeDocument[]> {
  const asked = page.filter(({ subscription, entity }) => !known({ id: '', subscription, entity }))
  if (asked.length === 0) return []
  // In order of position: of each the last.
  const lasts = new Map(asked.map((notice) => [ofEntity(notice), notice.position]))
  const subscription = { $in: [...new Set(asked.map((each) => each.subscription))] }
  const entity = { $in: [...new Set(asked.map((each) => each.entity))] }
  const position = { $gt: from, $lt: asked.at(-1)?.position ?? '' }
  const which = { subscription, state: 'owed', entity, queue, position } as const
  const options = { projection: { _id: 1, position: 1, subscription: 1, entity: 1 }, hint: BY_ENTITY } as const
  const seen = new Set(page.map(({ _id }) => _id))
  const earlier = await ask(() => notices.find<Earlier>(which, options).toArray())
  const missed = earlier.filter(
    (each) =>
      !seen.has(each._id) &&
      each.position < (lasts.get(ofEntity(each)) ?? '') &&
      !known({ id: each._id, subscription: each.subscription, entity: each.entity }),
  )
  if (missed.length === 0) return []
  return await ask(() => notices.find({ _id: { $in: missed.map(({ _id }) => _id) }, state: 'owed', queue }).toArray())
}

const BY_ENTITY = 'subscription_1_state_1_entity_1_position_1_since_1'

type Earlier = Pick<NoticeDocument, '_id' | 'position' | 'subscription' | 'entity'>

function ofEntity({ subscription, entity }: Pick<NoticeDocument, 'subscription' | 'entity'>): string {
  return `${subscription}\n${entity}`
}

function byPosition(a: NoticeDocument, b: NoticeDocument): number {
  return a.position < b.position ? -1 : 1
}

/** To leave the loop closes the cursor. */
async function pageOf(cursor: FindCursor<NoticeDocument>, most: NoticePage): Promise<readonly NoticeDocument[]> {
  const found: NoticeDocument[] = []
  let bytes = 0
  for await (const document of cursor) {
    found.push(document)
    bytes += Buffer.byteLength(document.content ?? 'null')
    if (bytes >= most.bytes) break
  }
  return found
}

/**
 * Changes what is found, some at a time, where it is still so; gives how many. Each bulk takes its documents in order,
 * which one update of many does not.
 */
async function* changeEach(
  { ask, notices }: Database,
  pieces: AsyncIterable<readonly Found[]>,
  which: Filter<NoticeDocument>,
  update: UpdateFilter<NoticeDocument>,
): AsyncGenerator<number> {
  for await (const piece of pieces) {
    const operations = inNoticeOrder(piece, ({ _id }) => _id).map(({ _id }) => ({
      updateOne: { filter: { ...which, _id }, update },
    }))
    yield (await ask(() => notices.bulkWrite(operations, { ordered: true }))).modifiedCount
  }
}

interface Counted {
  readonly count: number
  readonly oldest: number
}

function counting(subscription: string) {
  return [
    { $match: { subscription, state: 'owed' } },
    { $group: { _id: null, count: { $sum: 1 }, oldest: { $min: '$since' } } },
  ]
}

function settling({ id, state, at, reason, onlyIn: queue }: Settlement) {
  const set = { state, settledAt: at, ...(reason !== undefined && { reason }) }
  const filter = { _id: id, state: 'owed' as const, ...(queue !== undefined && { queue }) }
  return { updateOne: { filter, update: { $set: set, $unset: { revivedAt: '' as const } } } }
}

/** What it is still when it is revived; one that is told anew is not in those queues any more. */
function endedIn(which: Parameters<NoticeStore['revive']>[3]): Filter<NoticeDocument> {
  if ('deadSince' in which) return { state: 'dead' }
  if ('since' in which) return { state: { $in: ['dead', 'delivered'] } }
  return { state: 'delivered', queue: { $in: which.toldAfter.map(({ queue }) => queue) } }
}

/** Returns how many. */
async function remove({ ask, notices }: Database, state: NoticeDocument['state'], before: number, limit: number) {
  // To MongoDB a limit of 0 is none.
  if (limit <= 0) return 0
  const old = { state, settledAt: { $lt: before } }
  const options = { projection: { _id: 1 }, sort: { settledAt: 1 }, limit } as const
  const found = await ask(() => notices.find(old, options).toArray())
  if (found.length === 0) return 0
  const { deletedCount } = await ask(() => notices.deleteMany({ _id: { $in: found.map(({ _id }) => _id) }, ...old }))
  return deletedCount
}

function readNotice(document: NoticeDocument): Notice {
  const { content = 'null', exact } = document
  return { ...readFields(document), bytes: Buffer.byteLength(content), content: parseStoredJson(content, exact) }
}

function readFields({ _id: id, ...rest }: NoticeDocument): Omit<Notice, 'content' | 'bytes'> {
  const { position, group, since, subscription, queue, entity, latestOnly, revivedAt } = rest
  return {
    ...{ id, position, group, since, subscription, queue, entity, latestOnly },
    ...(revivedAt !== undefined && { revivedAt }),
  }
}

function readSettled(document: NoticeDocument, state: Settlement['state']): SettledNotice {
  const { _id: id, settledAt: at = 0, reason } = document
  return { ...readFields(document), settlement: { id, state, at, ...(reason !== undefined && { reason }) } }
}
