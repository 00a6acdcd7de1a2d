/** What is known of an evolution beside its instances, as changes make it. */

import type { AnyBulkWriteOperation, Document, Filter } from 'mongodb'
import { seriesKey } from '../../common/series-key.ts'
import type { Collections } from '../collections.ts'
import type { Connection } from '../connection.ts'
import { failedOf, isDuplicateKey } from '../driver-errors.ts'
import { inLockOrder } from '../lock-order.ts'
import type { AddedInstance, EvolutionDocument, Past, StoredSeries } from './stored.ts'

export interface MovedPast extends Pick<Collections, 'evolutions' | 'instances' | 'summaries'> {
  readonly ask: Connection['ask']
}

/** A change to be done to the evolution of an entity. */
export interface Change<P extends Past = Past> {
  readonly entity: string
  readonly position: string
  readonly since: number
  readonly past: P
}

export type Recording = Extract<Past, { kind: 'record' }>
export type Adding = Extract<Past, { kind: 'add' }>

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

/** With what an evolution begins that this change is the first of. */
export function beginOf({ position, since }: Change): Put['begins'] {
  return { n: position, createdAt: since }
}

const NONE = { $exists: false } as const

/** Met by an evolution to which the change has not been done yet. */
export function before(position: string): Filter<EvolutionDocument> {
  return { $and: [either('done', position), either('cut', position)] }
}

function either(field: 'done' | 'cut', position: string): Filter<EvolutionDocument> {
  return { $or: [{ [field]: NONE }, { [field]: { $lt: position } }] }
}

/** What an evolution becomes by what has been recorded: nothing where that has been done. */
export async function putHeads(moved: MovedPast, all: readonly Put[]): Promise<void> {
  const { ask, evolutions } = moved
  const updates = inLockOrder(all, ({ entity }) => entity).map(putting)
  const { matchedCount } = await ask(() => evolutions.bulkWrite(updates, { ordered: true }))
  if (matchedCount === all.length || !(await begin(moved, all))) return
  await ask(() => evolutions.bulkWrite(updates, { ordered: true }))
}

function putting(put: Put): AnyBulkWriteOperation<EvolutionDocument> {
  const { entity, position, types, instances } = put
  const series = seriesIn(entity, instances)
  return {
    updateOne: {
      filter: { _id: entity, n: { $exists: true }, ...before(position) },
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
    return [`${s}${t ?? ''}`, { s, a, d, ...(t && { t }) }]
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

/** Of what is written with ids of its own: how many were there already. Throws what is another error. */
export function areThere(error: unknown): number {
  const { failed } = failedOf(error)
  if (!failed.every(isDuplicateKey)) throw error
  return failed.length
}

/** Takes note that a change has been done, with what it makes of the evolution beside. */
export async function tellDone(
  { ask, evolutions }: MovedPast,
  { entity, position }: Change,
  update: {
    readonly $set?: Document
    readonly $max?: Document
    readonly $pull?: Document
    readonly $addToSet?: Document
    readonly $unset?: Document
  },
): Promise<void> {
  const filter = { _id: entity, n: { $exists: true }, ...before(position) }
  const set = { ...update, $set: { ...update.$set, done: position } } as Document
  await ask(() => evolutions.updateOne(filter, set))
}

/** Up to which position instances of a series have been deleted. */
export function cutOf(head: Pick<EvolutionDocument, 'cut' | 'cuts'> | null | undefined, s: string): string {
  const [all = '', own = ''] = [head?.cut, head?.cuts?.[s]]
  if (own > all) return own
  return all
}
