/**
 * What one change owes that is too much for the document of its entity: it is kept beside it before the change is committed,
 * is nobody's until then, and is owed when the mover has found the change. So it is not lost, whatever ends in between; and
 * what no change has led to is removed after a while (notices.ts).
 */

import type { Collections } from './collections.ts'
import type { Connection } from './connection.ts'
import { failedOf, isDuplicateKey } from './driver-errors.ts'
import { inNoticeOrder } from './lock-order.ts'
import { piecesOf } from './pieces.ts'
import type { NoticeDocument, OwedChange } from './stored.ts'

interface Kept extends Pick<Collections, 'notices'> {
  readonly ask: Connection['ask']
}

/** Notices that are written together, and bytes of their contents: a server has to answer soon. */
const PIECE = { most: 500, bytes: 4_000_000 } as const

/** Keeps notices, those once that are there already. */
export async function keepNotices({ ask, notices: into }: Kept, notices: readonly NoticeDocument[]): Promise<void> {
  for (const piece of piecesOf(
    inNoticeOrder(notices, ({ _id }) => _id),
    sizeOf,
    PIECE,
  )) {
    await ask(() =>
      into.insertMany([...piece], { ordered: false }).catch((error: unknown) => {
        if (!failedOf(error).failed.every(isDuplicateKey)) throw error
      }),
    )
  }
}

function sizeOf({ content = '' }: NoticeDocument): number {
  return Buffer.byteLength(content)
}

/** What has to be known of a notice so that it can take the place of earlier ones. */
export type Placed = Pick<NoticeDocument, '_id' | 'subscription' | 'entity' | 'position' | 'latestOnly' | 'folds'>

/** What stood apart is owed. */
export const JOINING = { $set: { state: 'owed' as const }, $unset: { settledAt: '' as const } }

/** As it is kept until it may be read. */
export function setApart(notice: NoticeDocument): NoticeDocument {
  return { ...notice, state: 'apart', settledAt: notice.since }
}

/**
 * Makes owed what a change owes that stands apart, some at a time, in order. `ready` is done with each before it is: it may
 * be done again.
 */
export async function joinApart(
  { ask, notices }: Kept,
  { group, first, last }: OwedChange,
  ready: (some: readonly Placed[]) => Promise<void>,
): Promise<void> {
  // Positions of one change follow one another, and no other of its group has one between.
  const idOf = (position = ''): string => `${group}.${position}`
  let range: object = { $gte: idOf(first) }
  const projection = { subscription: 1, entity: 1, position: 1, latestOnly: 1, folds: 1 } as const
  const options = { projection, sort: { _id: 1 }, limit: PIECE.most } as const
  for (;;) {
    const some = await ask(() =>
      notices.find<Placed>({ _id: { ...range, $lte: idOf(last) }, state: 'apart' }, options).toArray(),
    )
    const end = some.at(-1)?._id
    if (end === undefined) return
    range = { $gt: end }
    await ready(some)
    const operations = some.map(({ _id }) => ({
      updateOne: { filter: { _id, state: 'apart' as const }, update: JOINING },
    }))
    await ask(() => notices.bulkWrite(operations, { ordered: true }))
  }
}
