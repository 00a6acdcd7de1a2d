/** What is known of an evolution beside its instances, as changes make it. */

import type { AnyBulkWriteOperation, Document, Filter } from 'mongodb'
import type { Collections } from '../collections.ts'
import type { Connection } from '../connection.ts'
import { failedOf, isDuplicateKey } from '../driver-errors.ts'
import { inLockOrder } from '../lock-order.ts'
import { seriesKey } from './series-key.ts'
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

/** What is to be known of a change whose instances are there. */
export type Put = Change<Recording | Adding> & {
  /** When the last of what it wrote was changed; absent where it wrote nothing, or that is not to be known. */
  readonly last: number | undefined
}

const NONE = { $exists: false } as const

/** Met by an evolution to which the change has not been done yet. */
export function before(position: string): Filter<EvolutionDocument> {
  return { $and: [either('done', position), either('cut', position)] }
}

function either(field: 'done' | 'cut', position: string): Filter<EvolutionDocument> {
  return { $or: [{ [field]: NONE }, { [field]: { $lt: position } }] }
}

/** What an evolution becomes by what has been recorded: nothing where that has been done. Its instances are there before. */
export async function putHeads(moved: MovedPast, all: readonly Put[]): Promise<void> {
  const { ask, evolutions } = moved
  const updates = inLockOrder(all, ({ entity }) => entity).map(putting)
  const { matchedCount } = await ask(() => evolutions.bulkWrite(updates, { ordered: true }))
  if (matchedCount === all.length || !(await begin(moved, all))) return
  await ask(() => evolutions.bulkWrite(updates, { ordered: true }))
}

function putting({ entity, position, last, past }: Put): AnyBulkWriteOperation<EvolutionDocument> {
  const { types, instances } = past
  return {
    updateOne: {
      filter: { _id: entity, n: { $exists: true }, ...before(position) },
      update: {
        $set: { done: position },
        $addToSet: { types: { $each: [...types] }, series: { $each: seriesIn(entity, instances) } },
        ...maxOf({ ...stateOf(past, position), ...(last !== undefined && { m: last }) }),
      },
    },
  }
}

function stateOf(past: Recording | Adding, position: string): Pick<EvolutionDocument, 'state'> {
  return past.kind === 'add' ? {} : { state: `${position} ${past.deletedAt ?? ''}` }
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

/** Whether there is any now that was not there. */
async function begin({ ask, evolutions }: MovedPast, all: readonly Put[]): Promise<boolean> {
  const firsts = new Map(
    all
      .filter(begins)
      .toReversed()
      .map((change) => [change.entity, change]),
  )
  const _id = { $in: [...firsts.keys()] }
  const there = await ask(() => evolutions.find({ _id }, { projection: { n: 1, cut: 1 } }).toArray())
  for (const { _id, n, cut = '' } of there) {
    const first = all.find((each) => each.entity === _id && begins(each) && each.position > cut)
    firsts.delete(_id)
    if (n !== undefined || first === undefined) continue
    // What was deleted keeps out what was recorded before that.
    const filter = { _id, n: NONE, ...before(first.position) }
    await ask(() => evolutions.updateOne(filter, { $set: headOf(first) }))
  }
  const made = inLockOrder([...firsts.values()], ({ entity }) => entity)
  if (made.length > 0) {
    const documents = made.map((first) => ({ _id: first.entity, ...headOf(first) }))
    await ask(() => evolutions.insertMany(documents, { ordered: false }).catch(isThereAlready))
  }
  return made.length > 0 || there.some(({ n }) => n === undefined)
}

/** Who has not recorded anything yet begins with nothing that was deleted. */
function begins({ past }: Put): boolean {
  return past.kind === 'add' ? !past.goesInto : past.instances.length > 0
}

function headOf({ entity, position, since, last, past }: Put): Omit<EvolutionDocument, '_id'> {
  const { types, instances } = past
  return {
    ...{
      n: position,
      createdAt: since,
      types: [...new Set(types)],
      series: seriesIn(entity, instances),
      done: position,
    },
    ...{ ...stateOf(past, position), ...(last !== undefined && { m: last }) },
  }
}

/** Of what is written with ids of its own what is not there yet. */
export function isThereAlready(error: unknown): void {
  if (!failedOf(error).failed.every(isDuplicateKey)) throw error
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
