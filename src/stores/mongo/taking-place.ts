/** Notices that take the place of what the same subscription is owed of the same entity already. */

import type { AnyBulkWriteOperation, Filter } from 'mongodb'
import type { Json } from '../../core/model/entity.ts'
import { parseStoredJson, stringifyJson } from '../../core/model/json-text.ts'
import type { Clock } from '../../ports/clock.ts'
import type { NoticeSource, Settlement } from '../../ports/notices.ts'
import { JOINING, type Placed } from './apart.ts'
import type { Collections } from './collections.ts'
import type { Connection } from './connection.ts'
import type { NoticeDocument } from './stored.ts'

interface Taking extends Pick<Collections, 'notices'> {
  readonly ask: Connection['ask']
  readonly clock: Clock
  readonly folded: NoticeSource['folded']
}

/** Updates of one bulk. */
const AT_A_TIME = 500

/** For those that are in the collection, owed or apart: it may be done again. What folds is owed afterwards. */
export async function takePlaces(taking: Taking, notices: readonly Placed[]): Promise<void> {
  const { ask, notices: into, clock } = taking
  for (const notice of notices) {
    if (!notice.folds) continue
    await foldInto(taking, notice)
    // Not before: nobody is to read it without what is folded into it.
    await ask(() => into.updateOne({ _id: notice._id, state: 'apart' }, JOINING))
  }
  const operations = notices
    .filter(({ latestOnly, folds }) => latestOnly && !folds)
    .map((notice): AnyBulkWriteOperation<NoticeDocument> => {
      return { updateMany: { filter: before(notice), update: going(clock) } }
    })
  for (let at = 0; at < operations.length; at += AT_A_TIME) {
    await ask(() => into.bulkWrite(operations.slice(at, at + AT_A_TIME), { ordered: true }))
  }
}

function before({ subscription, entity, position }: Placed) {
  return { subscription, state: 'owed', entity, position: { $lt: position } } as const
}

/** It is not removed at once: who moves it a second time must find that it was there. */
function going(clock: Clock) {
  return { $set: { state: 'gone', settledAt: clock.now() }, $unset: { content: '' } } as const
}

/**
 * What another instance has folded in meanwhile stays so; what has been told meanwhile does not, nor what it was before.
 * Earlier ones go from the last to the first: where this is broken off, those that are left are the first, and what was
 * before them is still what was before all.
 */
async function foldInto(taking: Taking, placed: Placed): Promise<void> {
  // Where it is not any more what was read: another instance moves the same, or one of the earlier ones has been told.
  while (!(await foldOnce(taking, placed)));
}

/** Whether nobody else has changed it meanwhile. */
async function foldOnce({ ask, notices: into, clock, folded }: Taking, { _id, ...placed }: Placed): Promise<boolean> {
  const itself = { _id, state: { $in: ['apart', 'owed'] } } satisfies Filter<NoticeDocument>
  // Before them: what is still owed then has not been folded in, told and taken out of it again.
  const notice = await ask(() => into.findOne(itself))
  let earlier = await ask(() => into.find(before({ _id, ...placed }), { sort: { position: 1 } }).toArray())
  let { rewrites } = notice ?? {}
  const write = async (next: Pick<NoticeDocument, 'content' | 'exact'>): Promise<boolean> => {
    const asRead = { ...itself, rewrites: rewrites ?? { $exists: false } }
    rewrites = (rewrites ?? 0) + 1
    const update = { $set: next, $inc: { rewrites: 1 } }
    return (await ask(() => into.updateOne(asRead, update))).matchedCount === 1
  }
  while (notice !== null && earlier.length > 0) {
    if (!(await write(together(earlier, notice, folded)))) return false
    const ending = earlier.toReversed().map(({ _id, content = '' }) => ({
      updateOne: { filter: { _id, state: 'owed' as const, content }, update: going(clock) },
    }))
    if ((await ask(() => into.bulkWrite(ending, { ordered: true }))).modifiedCount === earlier.length) return true
    const ids = earlier.map(({ _id }) => _id)
    const left = await ask(() => into.find({ _id: { $in: ids }, state: { $in: ['owed', 'delivered'] } }).toArray())
    if (left.length === 0) return true
    const now = new Map(left.map((each) => [each._id, each]))
    earlier = earlier.map((each) => now.get(each._id) ?? each).filter(({ state }) => state !== 'delivered')
    if (earlier.length === 0 && !(await write(together([], notice, folded)))) return false
  }
  return true
}

function together(earlier: readonly NoticeDocument[], notice: NoticeDocument, folded: NoticeSource['folded']) {
  return asStored(earlier.reduceRight((later, each) => folded(contentOf(each), later), contentOf(notice)))
}

function contentOf({ content = 'null', exact }: NoticeDocument): Json {
  return parseStoredJson(content, exact)
}

function asStored(content: Json): Pick<NoticeDocument, 'content' | 'exact'> {
  const { text, exact } = stringifyJson(content)
  return { content: text, exact }
}

/** What has taken the place of those that have been told meanwhile tells what has changed since then. */
export async function tellSince(
  { ask, notices }: Omit<Taking, 'folded' | 'clock'>,
  settlements: readonly Settlement[],
  sinceTold: NoticeSource['sinceTold'],
): Promise<void> {
  const told = new Map(settlements.flatMap(({ id, told }) => (told === undefined ? [] : [[id, told.content]])))
  if (told.size === 0) return
  const replaced = await ask(() => notices.find({ _id: { $in: [...told.keys()] }, state: 'gone' }).toArray())
  for (const each of replaced) {
    const later = { subscription: each.subscription, entity: each.entity, position: { $gt: each.position } }
    const rewrite = async (): Promise<boolean> => {
      const found = await ask(() => notices.find({ ...later, state: 'owed' }).toArray())
      const operations = found.map(({ _id, content = '', exact }) => {
        const next = sinceTold(told.get(each._id) ?? null, parseStoredJson(content, exact))
        const update = { $set: asStored(next), $inc: { rewrites: 1 } }
        return { updateOne: { filter: { _id, state: 'owed' as const, content }, update } }
      })
      if (operations.length === 0) return true
      return (await ask(() => notices.bulkWrite(operations, { ordered: true }))).matchedCount === found.length
    }
    // One that takes the next one's place in this moment has it as it was.
    while (!(await rewrite()));
  }
}
