/** What evolutions become by what has been recorded. */

import type { AnyBulkWriteOperation } from 'mongodb'
import { hasRoom, MOST_SERIES } from '../../../core/history/series.ts'
import { tellLeftOut } from '../../common/left-out.ts'
import { seriesKey } from '../../common/series-key.ts'
import { inLockOrder } from '../lock-order.ts'
import { areThere, before, type MovedPast, NONE } from './heads.ts'
import { removeSeries } from './instances.ts'
import type { AddedInstance, EvolutionDocument, StoredSeries } from './stored.ts'

/** What changes of an entity, whose instances are there, say of its evolution. */
export interface Put {
  readonly entity: string
  /** Of the last of them. */
  readonly position: string
  /** With what an evolution begins that was not there; absent where it does not. */
  readonly begins: Pick<EvolutionDocument, 'n' | 'createdAt'> | undefined
  readonly types: readonly string[]
  readonly instances: readonly AddedInstance[]
  /** When the entity was deleted; null where it is there, absent where nothing is said of it. */
  readonly deletedAt?: number | null
  /** When the last of what was written was changed; absent where nothing was, or that is not to be known. */
  readonly last: number | undefined
}

/** What an evolution becomes by what has been recorded: nothing where that has been done. */
export async function putHeads(moved: MovedPast, all: readonly Put[]): Promise<void> {
  const [some, many] = [all.filter(isFew), all.filter((put) => !isFew(put))]
  for (const put of many) await putWithin(moved, put)
  if (some.length === 0 || (await update(moved, some)) === some.length) return
  const areThere = await begin(moved, some)
  if (areThere && (await update(moved, some)) === some.length) return
  if (!areThere && some.every(({ begins }) => begins !== undefined)) return
  for (const put of await undone(moved, some)) await putWithin(moved, put)
}

/** Whether there is room for all of its series, if there is for as many. */
function isFew({ instances }: Put): boolean {
  return instances.length <= MOST_SERIES && instances.every(({ a, d }) => hasRoom(0, a, d))
}

/** Returns how many were found that there was room in, and that it had not been done to. */
async function update({ ask, evolutions }: MovedPast, all: readonly Put[], most = MOST_SERIES): Promise<number> {
  const updates = inLockOrder(all, ({ entity }) => entity).map((put) => putting(put, most))
  return (await ask(() => evolutions.bulkWrite(updates, { ordered: true }))).matchedCount
}

async function undone({ ask, evolutions }: MovedPast, all: readonly Put[]): Promise<readonly Put[]> {
  const which = { _id: { $in: all.map(({ entity }) => entity) }, n: { $exists: true } }
  const found = await ask(() => evolutions.find(which, { projection: { done: 1, cut: 1 } }).toArray())
  const byId = new Map(found.map((head) => [head._id, head]))
  return all.filter(({ entity, position }) => {
    const head = byId.get(entity)
    return head !== undefined && !isDone(head, position)
  })
}

function isDone({ done = '', cut = '' }: Pick<EvolutionDocument, 'done' | 'cut'>, position: string): boolean {
  return done >= position || cut >= position
}

/** Times that others may fill it meanwhile. */
const ATTEMPTS = 3

/** What may be too much for an evolution: series that there is no room for are left out, with all that was to be in them. */
async function putWithin(moved: MovedPast, put: Put): Promise<void> {
  const { ask, evolutions } = moved
  const { entity: _id, position } = put
  for (let i = 0; i <= ATTEMPTS; i++) {
    const head = await ask(() => evolutions.findOne({ _id }))
    const isThere = head?.n !== undefined
    if (head !== null && isDone(head, position)) return
    if (!isThere && put.begins === undefined) return
    // What it may have is for others to say, too: nothing is added in the end, and the change is done.
    const instances = await fitting(moved, put, isThere ? (head?.series ?? []) : [], i === ATTEMPTS ? 0 : MOST_SERIES)
    const fits = { ...put, instances }
    if (isThere) await update(moved, [fits], 2 * MOST_SERIES)
    else await begin(moved, [fits])
  }
}

/** Of its instances those whose series there are not yet, and there is room for; the rest of those that there are not is left out. */
async function fitting(
  moved: MovedPast,
  { entity, position, instances }: Put,
  there: readonly StoredSeries[],
  most: number,
): Promise<readonly AddedInstance[]> {
  const known = new Set(there.map(({ s }) => s))
  const entries = new Set(there.map(entryOf))
  const leftOut = new Map<string, number>()
  const fits = instances.filter(({ a, d, t }) => {
    const s = seriesKey(entity, a, d)
    if (!known.has(s) && (known.size >= most || !hasRoom(known.size, a, d))) {
      leftOut.set(s, (leftOut.get(s) ?? 0) + 1)
      return false
    }
    known.add(s)
    return !entries.has(entryOf({ s, t }))
  })
  for (const s of leftOut.keys()) await removeSeries(moved, s, position)
  const count = [...leftOut.values()].reduce((sum, each) => sum + each, 0)
  if (count > 0) tellLeftOut(moved.log, entity, count)
  return fits
}

function entryOf({ s, t }: { readonly s: string; readonly t?: true | undefined }): string {
  return `${s}${t ?? ''}`
}

/** It stands in place of what it has for at most as many series. */
function putting(put: Put, most: number): AnyBulkWriteOperation<EvolutionDocument> {
  const { entity, position, types, instances } = put
  const series = seriesIn(entity, instances)
  const room = series.length > 0 && { [`series.${most - series.length}`]: NONE }
  return {
    updateOne: {
      filter: { _id: entity, n: { $exists: true }, ...before(position), ...room },
      update: {
        $set: { done: position },
        $addToSet: { types: { $each: [...types] }, series: { $each: series } },
        ...maxOf(rising(put)),
      },
    },
  }
}

function rising({ position, deletedAt, last }: Put): Pick<EvolutionDocument, 'state' | 'm'> {
  return {
    ...(deletedAt !== undefined && { state: `${position} ${deletedAt ?? ''}` }),
    ...(last !== undefined && { m: last }),
  }
}

/** Servers take no operator without fields. */
function maxOf(fields: Pick<EvolutionDocument, 'state' | 'm'>) {
  return 'state' in fields || 'm' in fields ? { $max: fields } : {}
}

function seriesIn(entity: string, instances: readonly AddedInstance[]): StoredSeries[] {
  const series = instances.map(({ a, d, t }): [string, StoredSeries] => {
    const s = seriesKey(entity, a, d)
    return [entryOf({ s, t }), { s, a, d, ...(t && { t }) }]
  })
  return [...new Map(series).values()]
}

/** Whether there are any, of those that were not found, that others have begun meanwhile, perhaps with less. */
async function begin({ ask, evolutions }: MovedPast, all: readonly Put[]): Promise<boolean> {
  const beginning = new Map(all.filter(({ begins }) => begins).map((put) => [put.entity, put]))
  if (beginning.size === 0) return false
  const _id = { $in: [...beginning.keys()] }
  const there = await ask(() => evolutions.find({ _id }, { projection: { n: 1 } }).toArray())
  for (const { _id, n } of there) {
    const put = beginning.get(_id)
    beginning.delete(_id)
    if (n !== undefined || put === undefined) continue
    // What was deleted keeps out what was recorded before that.
    const filter = { _id, n: NONE, ...before(put.begins?.n ?? '') }
    await ask(() => evolutions.updateOne(filter, { $set: headOf(put) }))
  }
  const made = inLockOrder([...beginning.values()], ({ entity }) => entity)
  if (made.length === 0) return there.length > 0
  const documents = made.map((put) => ({ _id: put.entity, ...headOf(put) }))
  const failed = await ask(() => evolutions.insertMany(documents, { ordered: false }).then(() => 0, areThere))
  return there.length + failed > 0
}

function headOf(put: Put): Omit<EvolutionDocument, '_id'> {
  const { entity, begins, types, instances, position } = put
  return { ...begins, types: [...new Set(types)], series: seriesIn(entity, instances), done: position, ...rising(put) }
}
