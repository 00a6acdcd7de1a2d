/**
 * What a subscription has, however much: gone through some at a time, in the order of positions, so that none of it is in
 * memory before its turn. What ends or comes to be owed meanwhile may be found or not.
 */

import type { Filter } from 'mongodb'
import type { NoticeStore, ToldUpTo } from '../../ports/notices.ts'
import type { Database } from './database.ts'
import { CLOCKS_APART, textOf } from './sequence.ts'
import type { NoticeDocument } from './stored.ts'

/** Documents that are found together, and changed together by who asks for them. */
const PIECE = 500

/** Up to so many are found by when they were told, and put in order in memory. */
const FEW = 5_000

const BY_QUEUE = 'subscription_1_state_1_queue_1_position_1'
const BY_TIME = 'subscription_1_state_1_settledAt_1_since_1_position_1'

type Asked = Pick<Database, 'ask' | 'notices'>
type State = NoticeDocument['state']
export type Found = Pick<NoticeDocument, '_id' | 'position'>
type Pieces = AsyncGenerator<readonly Found[]>

/** What a subscription has of a state in a queue: each is read along an index. */
interface Range {
  readonly state: State
  readonly queue: string
}

interface Walk {
  readonly subscription: string
  readonly ranges: readonly Range[]
  /** Positions after it. */
  readonly after?: string
  readonly which?: Filter<NoticeDocument>
}

/** What has ended so. */
export async function* endedOf(
  asked: Asked,
  subscription: string,
  which: Parameters<NoticeStore['revive']>[3],
): Pieces {
  if ('toldAfter' in which) return yield* toldAfter(asked, subscription, which.toldAfter)
  const [states, since] =
    'since' in which ? ([['dead', 'delivered'], which.since] as const) : ([['dead'], which.deadSince] as const)
  const ranges = await rangesOf(asked, subscription, states)
  // No position is of a time before its change, but for the difference of the clocks of two who changed the entity.
  yield* walk(asked, { subscription, ranges, after: textOf(since - CLOCKS_APART), which: { since: { $gte: since } } })
}

/** What waits in other queues than this. */
export async function* owedElsewhere(asked: Asked, subscription: string, queue: string): Pieces {
  const { ask, notices } = asked
  const few = async (side: object) => {
    const options = { projection: { _id: 1, position: 1 }, limit: PIECE + 1, hint: BY_QUEUE } as const
    return await ask(() => notices.find<Found>({ subscription, state: 'owed', queue: side }, options).toArray())
  }
  const found = (await Promise.all([few({ $lt: queue }), few({ $gt: queue })])).flat()
  if (found.length === 0) return
  if (found.length <= PIECE) return yield found.sort(byPosition)
  const ranges = (await rangesOf(asked, subscription, ['owed'])).filter((each) => each.queue !== queue)
  yield* walk(asked, { subscription, ranges })
}

/** In no order: who is given some changes them so that they are not meant any more. */
export async function* allOf({ ask, notices }: Asked, which: Filter<NoticeDocument>): Pieces {
  for (;;) {
    const options = { projection: { _id: 1, position: 1 }, limit: PIECE } as const
    const found = await ask(() => notices.find<Found>(which, options).toArray())
    if (found.length === 0) return
    yield found
  }
}

async function* toldAfter(asked: Asked, subscription: string, points: readonly ToldUpTo[]): Pieces {
  if (points.length === 0) return
  const later = points.map(({ queue, at, position = '' }) => ({
    queue,
    $or: [{ settledAt: { $gt: at } }, { settledAt: at, position: { $gt: position } }],
  }))
  const which = { settledAt: { $gte: Math.min(...points.map(({ at }) => at)) }, $or: later }
  const options = { projection: { _id: 1, position: 1 }, limit: FEW + 1, hint: BY_TIME } as const
  const { ask, notices } = asked
  const found = await ask(() => notices.find<Found>({ subscription, state: 'delivered', ...which }, options).toArray())
  if (found.length > FEW) {
    const ranges = points.map(({ queue }) => ({ state: 'delivered', queue }) as const)
    return yield* walk(asked, { subscription, ranges, which })
  }
  found.sort(byPosition)
  for (let at = 0; at < found.length; at += PIECE) yield found.slice(at, at + PIECE)
}

async function* walk(asked: Asked, { subscription, ranges, after = '', which = {} }: Walk): Pieces {
  const find = async (range: Range, position: object, direction: 1 | -1, limit: number) => {
    const sort = { position: direction } as const
    const options = { projection: { _id: 1, position: 1 }, sort, limit, hint: BY_QUEUE } as const
    const filter = { subscription, ...range, position, ...which }
    return await asked.ask(() => asked.notices.find<Found>(filter, options).toArray())
  }
  const findInAll = async (...more: [position: object, direction: 1 | -1, limit: number]) =>
    (await Promise.all(ranges.map((range) => find(range, ...more)))).flat().sort(byPosition)
  // What ends while this goes on is not meant: otherwise it would never catch up with what is told.
  const last = (await findInAll({ $gt: after }, -1, 1)).at(-1)?.position
  for (let from = after; last !== undefined && from < last; ) {
    // What comes later in one range may come before what is left in another.
    const piece = (await findInAll({ $gt: from, $lte: last }, 1, PIECE)).slice(0, PIECE)
    if (piece.length > 0) yield piece
    from = piece.at(-1)?.position ?? last
  }
}

function byPosition(a: Found, b: Found): number {
  return a.position < b.position ? -1 : 1
}

async function rangesOf(asked: Asked, subscription: string, states: readonly State[]): Promise<readonly Range[]> {
  const ranges: Range[] = []
  for (const state of states) {
    for (const queue of await queuesBetween(asked, { subscription, state }, '')) ranges.push({ state, queue })
  }
  return ranges
}

/** From queue to queue along the index, whatever is in each. */
async function queuesBetween(
  asked: Asked,
  which: Pick<NoticeDocument, 'subscription' | 'state'>,
  after: string,
  before?: string,
): Promise<readonly string[]> {
  const queue = { $gt: after, ...(before !== undefined && { $lt: before }) }
  const options = { projection: { _id: 0, queue: 1 }, hint: BY_QUEUE } as const
  const found = await asked.ask(() => asked.notices.findOne({ ...which, queue }, options))
  if (found === null) return []
  const [less, more] = await Promise.all([
    queuesBetween(asked, which, after, found.queue),
    queuesBetween(asked, which, found.queue, before),
  ])
  return [...less, found.queue, ...more]
}
