/** What is known of an evolution beside its instances, as changes make it. */

import type { Document, Filter } from 'mongodb'
import type { Log } from '../../../ports/call.ts'
import type { Collections } from '../collections.ts'
import type { Connection } from '../connection.ts'
import { failedOf, isDuplicateKey } from '../driver-errors.ts'
import type { EvolutionDocument, Past } from './stored.ts'

export interface MovedPast extends Pick<Collections, 'evolutions' | 'instances' | 'summaries'> {
  readonly ask: Connection['ask']
  readonly log: Log
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

/** With what an evolution begins that a change makes. */
export function beginOf({ position, since }: Change): Pick<EvolutionDocument, 'n' | 'createdAt'> {
  return { n: position, createdAt: since }
}

export const NONE = { $exists: false } as const

/** Met by an evolution to which the change has not been done yet. */
export function before(position: string): Filter<EvolutionDocument> {
  return { $and: [either('done', position), either('cut', position)] }
}

function either(field: 'done' | 'cut', position: string): Filter<EvolutionDocument> {
  return { $or: [{ [field]: NONE }, { [field]: { $lt: position } }] }
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
