/** What is owed to subscribers, in all Tenants. Whoever asks moves first what stands in the documents of entities. */

import type { Filter } from 'mongodb'
import { parseStoredJson } from '../../core/model/json-text.ts'
import type { Call } from '../../ports/call.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Notice, NoticeSource, NoticeStore, SettledNotice, Settlement } from '../../ports/notices.ts'
import type { Database } from './database.ts'
import type { Databases } from './databases.ts'
import type { NoticeDocument } from './stored.ts'

/** Milliseconds for which it is remembered of a notice that it was there: longer than anybody moves it a second time. */
const REMEMBERED = 3_600_000

export function createNoticeStore(databases: Databases, source: NoticeSource, clock: Clock): NoticeStore {
  const movedOf = async ({ tenant }: Call): Promise<Database> => {
    const database = await databases.of(tenant)
    await database.mover.moveAll()
    return database
  }
  return {
    queues: async (call) => {
      const { ask, notices } = await movedOf(call)
      return (await ask(() => notices.distinct('queue', { state: 'owed' }))).sort()
    },
    owed: async (call, queue, limit, after) => readOwed(await movedOf(call), queue, limit, after),
    settle: async ({ tenant }, settlements) => {
      const { ask, notices } = await databases.of(tenant)
      const operations = settlements.map(settling)
      if (operations.length > 0) await ask(() => notices.bulkWrite(operations, { ordered: false }))
    },
    backlog: async (call, subscription) => {
      const { ask, notices } = await movedOf(call)
      const [found] = await ask(() => notices.aggregate<Counted>(counting(subscription)).toArray())
      return found === undefined ? { count: 0 } : { count: found.count, oldest: found.oldest }
    },
    settled: async ({ tenant }, subscription, state, limit) => {
      const { ask, notices } = await databases.of(tenant)
      const sort = { settledAt: -1, since: -1, position: -1 } as const
      const found = await ask(() => notices.find({ subscription, state }, { sort, limit }).toArray())
      return found.map((each) => readSettled(each, state))
    },
    revive: async (call, subscription, queue, which) => {
      const { ask, notices } = await databases.of(call.tenant)
      const ended: Filter<NoticeDocument> =
        which === 'dead' ? { state: 'dead' } : { state: { $in: ['dead', 'delivered'] }, since: { $gte: which.since } }
      const update = { $set: { state: 'owed', queue, settledAt: clock.now() }, $unset: { reason: '' } } as const
      const { modifiedCount } = await ask(() => notices.updateMany({ subscription, ...ended }, update))
      if (modifiedCount > 0) source.committed(call.tenant, new Set([queue]))
      return modifiedCount
    },
    requeue: async (call, subscription, queue) => {
      const { ask, notices } = await movedOf(call)
      const elsewhere = { subscription, state: 'owed', queue: { $ne: queue } } as const
      const { modifiedCount } = await ask(() => notices.updateMany(elsewhere, { $set: { queue } }))
      if (modifiedCount > 0) source.committed(call.tenant, new Set([queue]))
      return modifiedCount
    },
    drop: async (call, subscription) => {
      const { ask, notices } = await movedOf(call)
      const update = { $set: { state: 'gone', settledAt: clock.now() }, $unset: { content: '', reason: '' } } as const
      const owed = await ask(() => notices.updateMany({ subscription, state: 'owed' }, update))
      await ask(() => notices.updateMany({ subscription, state: { $in: ['dead', 'delivered'] } }, update))
      return owed.modifiedCount
    },
    forget: async ({ tenant }, before, limit) => {
      const database = await databases.of(tenant)
      await remove(database, 'gone', clock.now() - REMEMBERED, limit)
      const delivered = await remove(database, 'delivered', before.delivered, limit)
      return delivered + (await remove(database, 'dead', before.dead, limit - delivered))
    },
  }
}

/**
 * A cursor may have passed the place of a notice before it was there, and go on to a later one of the same entity: what
 * is read is given where a second look, after all has been moved, finds nothing else before its end.
 */
async function readOwed(database: Database, queue: string, limit: number, after = ''): Promise<readonly Notice[]> {
  const { ask, notices, mover } = database
  const find = (more: object, projection: object) =>
    notices.find(
      { state: 'owed', queue, position: { $gt: after, ...more } },
      { sort: { position: 1 }, limit, projection },
    )
  for (;;) {
    const found = await ask(() => find({}, {}).toArray())
    const last = found.at(-1)?.position
    if (last === undefined) return []
    await mover.moveAll()
    const again = await ask(() => find({ $lte: last }, { _id: 1, position: 1 }).toArray())
    const seen = new Set(found.map(({ _id }) => _id))
    if (again.every(({ _id }) => seen.has(_id))) return found.map(readOwedNotice)
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

function settling({ id, state, at, reason }: Settlement) {
  const set = { state, settledAt: at, ...(reason !== undefined && { reason }) }
  return { updateOne: { filter: { _id: id, state: 'owed' as const }, update: { $set: set } } }
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

function readNotice({ _id: id, content = 'null', exact, ...rest }: NoticeDocument): Notice {
  const { position, group, since, subscription, queue, entity, latestOnly } = rest
  return {
    ...{ id, position, group, since, subscription, queue, entity, latestOnly },
    content: parseStoredJson(content, exact),
  }
}

function readOwedNotice(document: NoticeDocument): Notice {
  const { settledAt } = document
  return { ...readNotice(document), ...(settledAt !== undefined && { revivedAt: settledAt }) }
}

function readSettled(document: NoticeDocument, state: Settlement['state']): SettledNotice {
  const { _id: id, settledAt: at = 0, reason } = document
  return { ...readNotice(document), settlement: { id, state, at, ...(reason !== undefined && { reason }) } }
}
