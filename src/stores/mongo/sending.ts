/**
 * Writes on their way: all of a group with one bulk, each only if its document is still what was read. A bulk says how
 * many it found and not which; of the others, their versions tell.
 */

import type { AnyBulkWriteOperation, WriteError } from 'mongodb'
import { StoreUnavailable } from '../../ports/unavailable.ts'
import type { Outcome } from '../common/outcome.ts'
import type { Entities } from './collections.ts'
import type { Connection } from './connection.ts'
import { failedOf, isDuplicateKey, isMoving } from './driver-errors.ts'
import { inLockOrder } from './lock-order.ts'
import { isOfOne, isTooLarge } from './refused.ts'
import { documentTooLarge } from './sizes.ts'
import type { EntityDocument } from './stored.ts'
import { hasBeen } from './version.ts'

/** What is written for an id. */
export interface Write {
  readonly id: string
  readonly version: string
  readonly operation: AnyBulkWriteOperation<EntityDocument>
  readonly isInsert: boolean
  /** Whether the counts do not have it as it is then. */
  readonly moves: boolean
  /** Whether something is to be moved out of it then. */
  readonly owes: boolean
  /** About, in characters. */
  readonly size: number
}

/** Where to. */
export interface Target {
  readonly entities: Entities
  readonly ask: Connection['ask']
}

/** Of each write that was not done, what became of it: a failure, or undefined: another was faster. */
type Undone = ReadonlyMap<string, Outcome<never> | undefined>

/** Throws what is the trouble of all: the database is away. */
export async function send(target: Target, writes: readonly Write[]): Promise<Undone> {
  if (writes.length === 0) return new Map()
  const sent = await target.ask(() => bulk(target.entities, writes))
  if ('error' in sent) return sendApart(target, writes, sent.error)
  const undone = new Map(sent.failures)
  const updates = writes.filter(({ id, isInsert }) => !isInsert && !undone.has(id))
  const missed = updates.length - sent.matched
  if (missed <= 0) return undone
  for (const [id, outcome] of await collided(target, updates, missed)) undone.set(id, outcome)
  return undone
}

type Sent =
  | { readonly failures: readonly (readonly [string, Outcome<never> | undefined])[]; readonly matched: number }
  | { readonly error: unknown }

/** `error`: what one of them made all of them fail with. */
async function bulk(entities: Entities, writes: readonly Write[]): Promise<Sent> {
  const sorted = inLockOrder(writes, ({ id }) => id)
  const operations = sorted.map(({ operation }) => operation)
  try {
    const { matchedCount } = await entities.bulkWrite(operations, { ordered: false })
    return { failures: [], matched: matchedCount }
  } catch (error) {
    if (isOfOne(error)) return { error }
    const { failed, matched } = failedOf(error)
    return { failures: failed.map((each) => failureOf(sorted[each.index], each)), matched }
  }
}

function failureOf(write: Write | undefined, error: WriteError): readonly [string, Outcome<never> | undefined] {
  if (write === undefined) throw new RangeError(`there is no write ${error.index}`)
  if (write.isInsert && isDuplicateKey(error)) return [write.id, undefined]
  if (isTooLarge(error)) return [write.id, { ok: false, error: tooLarge(write.id) }]
  const failure = notWritten(error.errmsg)
  return [write.id, { ok: false, error: isMoving(error) ? new StoreUnavailable(failure) : failure }]
}

function tooLarge(id: string): Error {
  return documentTooLarge(id, 'more than the database takes for one document or its indexes')
}

function notWritten(why: string | undefined, cause?: unknown): Error {
  return new Error(`not written: ${why}`, { cause })
}

/** Each by itself, so that only that one fails of which it was the trouble. */
async function sendApart(target: Target, writes: readonly Write[], error: unknown): Promise<Undone> {
  const [only, ...others] = writes
  if (only !== undefined && others.length === 0) return new Map([[only.id, { ok: false, error: refusal(only, error) }]])
  const undone = new Map<string, Outcome<never> | undefined>()
  const found = await versionsOf(target, writes)
  for (const write of writes) {
    // Of what a server has refused it may have done a part.
    const fate = fateOf(write, found, 'undone')
    if (fate === 'unknown') undone.set(write.id, nobodyKnows())
    if (fate === 'undone') for (const [id, outcome] of await send(target, [write])) undone.set(id, outcome)
  }
  return undone
}

function refusal({ id }: Write, error: unknown): Error {
  if (!(error instanceof Error)) return notWritten(String(error))
  return isTooLarge(error) ? tooLarge(id) : notWritten(error.message, error)
}

type Fate = 'done' | 'undone' | 'unknown'
type Versions = ReadonlyMap<string, string>

async function versionsOf({ entities, ask }: Target, writes: readonly Write[]): Promise<Versions> {
  const ids = writes.map(({ id }) => id)
  const rows = await ask(() => entities.find({ _id: { $in: ids } }, { projection: { version: 1 } }).toArray())
  return new Map(rows.map(({ _id, version }) => [_id, version]))
}

/** What the version tells that a document has by now; of one that is not there, `absent`. */
function fateOf({ id, version }: Write, found: Versions, absent: Fate): Fate {
  const now = found.get(id)
  if (now === undefined) return absent
  const done = hasBeen(version, now)
  return done === undefined ? 'unknown' : done ? 'done' : 'undone'
}

/** Which of these updates, so many of which did not find the version that they were made for, those are. */
async function collided(target: Target, updates: readonly Write[], missed: number): Promise<Undone> {
  const all = (writes: readonly Write[], outcome?: Outcome<never>) => writes.map(({ id }) => [id, outcome] as const)
  if (missed === updates.length) return new Map(all(updates))
  const found = await versionsOf(target, updates)
  const those = (fate: Fate) => updates.filter((write) => fateOf(write, found, 'unknown') === fate)
  const [undone, unknown] = [those('undone'), those('unknown')]
  // What is not there any more may have been deleted before all this, or after. How many it are tells, unless it are some.
  const left = missed - undone.length
  if (left <= 0) return new Map(all(undone))
  return new Map([...all(undone), ...all(unknown, left >= unknown.length ? undefined : nobodyKnows())])
}

function nobodyKnows(): Outcome<never> {
  return { ok: false, error: new StoreUnavailable(UNKNOWN) }
}

const UNKNOWN = new Error('others changed the entity so often meanwhile that nobody knows whether it was written')
