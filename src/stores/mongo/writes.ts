/**
 * The one place where entities are written: a group of steps is read with one question, taken in memory, and written with
 * one, each document only if it is still what was read. Whatever has to be one commit with a change stands in its document.
 */

import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Document } from 'mongodb'
import type { Instant } from '../../core/model/entity.ts'
import type { Clock } from '../../ports/clock.ts'
import type { HistoryPolicy } from '../../ports/history.ts'
import type { Outcome } from '../common/outcome.ts'
import { keepNotices } from './apart.ts'
import type { State, Step } from './changes.ts'
import { decode, type Encoded, type EntityRow, encodeLeft, READ_FIELDS, shapeOf } from './codec.ts'
import type { Collections } from './collections.ts'
import { leftOf } from './gone.ts'
import { keepApart } from './history/apart-past.ts'
import type { Mover } from './mover.ts'
import { createGathering, type Gathering, lastPosition, type NextPosition } from './owed.ts'
import { rowsById } from './reads.ts'
import { send, type Target, type Write } from './sending.ts'
import { isSameShape } from './shapes.ts'
import type { EntityDocument, OwedChange } from './stored.ts'
import { nextVersion } from './version.ts'
import type { Apply } from './write-queue.ts'

interface Written extends Target, Pick<Collections, 'notices' | 'instances'> {
  /** Called when the counts do not have all any more. */
  readonly uncounted: () => void
  readonly mover: Pick<Mover, 'wake' | 'moveAll'>
  readonly position: NextPosition
  readonly history: HistoryPolicy
  readonly clock: Clock
}

/** What has to be known of a document to write it anew. */
type Row = EntityRow &
  Pick<EntityDocument, 'uncounted' | 'lastNotice'> & { readonly owed?: readonly Pick<OwedChange, 'bytes'>[] }

const ROW_FIELDS = { ...READ_FIELDS, uncounted: 1, lastNotice: 1, 'owed.bytes': 1 } as const

/** Bytes that an entity may owe in its document: before there is more, that is moved. */
const MOST_OWED = 2_000_000

type Outcomes = Map<string, readonly Outcome<unknown>[]>

/** Lets the event loop have its turn, where it has not had one for a while. */
type Breathe = () => Promise<void> | undefined

/** Milliseconds of computing before the event loop gets its turn. */
const TURN_MS = 4
/** Characters of bodies that wait to be written, before no more of the group is read: large entities are few at a time. */
const MOST_WAITING = 8_000_000

export function createApply(written: Written): Apply<Step> {
  return async (group) => {
    const outcomes: Outcomes = new Map()
    const writing = createWriting(written, outcomes)
    const breathe = createBreathing()
    const left = new Map(group)
    const attend = async (id: string, row: Row | undefined): Promise<void> => {
      const steps = left.get(id) ?? []
      left.delete(id)
      try {
        // Without an outcome it is read again.
        if (sumOf(row?.owed ?? []) > MOST_OWED) return await written.mover.moveAll(id)
        const gathering = createGathering(written.position, row?.lastNotice, written.history)
        const taken = await take(stateOf(row), steps, gathering, breathe)
        await keepNotices(written, gathering.apart)
        await keepApart(written, gathering.pastApart)
        await writing.add(id, row, { ...taken, owed: gathering.owed })
      } catch (error) {
        // The trouble of this one.
        fail(outcomes, id, steps.length, error)
      }
    }
    try {
      for await (const rows of rowsById<Row>(written, [...group.keys()], ROW_FIELDS)) {
        for (const row of rows) await attend(row._id, row)
      }
      for (const id of [...left.keys()]) await attend(id, undefined)
    } catch (error) {
      for (const [id, steps] of left) fail(outcomes, id, steps.length, error)
    }
    await writing.flush()
    return outcomes
  }
}

function sumOf(owed: readonly Pick<OwedChange, 'bytes'>[]): number {
  return owed.reduce((sum, { bytes }) => sum + bytes, 0)
}

function createBreathing(): Breathe {
  let since = performance.now()
  const breathe = async (): Promise<void> => {
    await nextTurn()
    since = performance.now()
  }
  return () => (performance.now() - since < TURN_MS ? undefined : breathe())
}

interface Writing {
  /** What the steps of an id have made of its row; what has become of what waits comes into the outcomes. */
  add(id: string, row: Row | undefined, taken: Taken): Promise<void>
  flush(): Promise<void>
}

function createWriting(written: Written, outcomes: Outcomes): Writing {
  let waiting: Write[] = []
  let size = 0
  const flush = async (): Promise<void> => {
    const writes = waiting
    waiting = []
    size = 0
    await sendAll(written, writes, outcomes)
  }
  return {
    add: async (id, row, taken) => {
      const write = writeOf(id, row, taken, written.clock.now())
      outcomes.set(id, taken.outcomes)
      if (write === undefined) return
      waiting.push(write)
      size += write.size
      if (size > MOST_WAITING) await flush()
    },
    flush,
  }
}

/** What was not done has a failure for all of its steps, or, to be tried again, no outcome. */
async function sendAll(written: Written, writes: readonly Write[], outcomes: Outcomes): Promise<void> {
  const failAll = (id: string, error: unknown): void => fail(outcomes, id, outcomes.get(id)?.length ?? 1, error)
  try {
    for (const [id, failure] of await send(written, writes)) {
      if (failure === undefined) outcomes.delete(id)
      else if (!failure.ok) failAll(id, failure.error)
    }
  } catch (error) {
    for (const { id } of writes) failAll(id, error)
  }
  if (writes.some(({ moves }) => moves)) written.uncounted()
  if (writes.some(({ owes }) => owes)) written.mover.wake()
}

function fail(outcomes: Outcomes, id: string, steps: number, error: unknown): void {
  outcomes.set(id, Array<Outcome<never>>(steps).fill({ ok: false, error }))
}

function stateOf(row: Row | undefined): State | undefined {
  return row?.body === undefined ? undefined : { entity: decode(row), most: row.body.length }
}

interface Taken {
  readonly before: State | undefined
  readonly after: State | undefined
  readonly outcomes: readonly Outcome<unknown>[]
  readonly owed: readonly OwedChange[]
}

/** The first steps at least, of which more owe too much for one document. */
async function take(
  before: State | undefined,
  steps: readonly Step[],
  { add, record, owed, apart, pastApart }: Gathering,
  breathe: Breathe,
): Promise<Omit<Taken, 'owed'>> {
  const outcomes: Outcome<unknown>[] = []
  let after = before
  for (const step of steps) {
    const taken = step(after, outcomes.length === steps.length - 1, add, record)
    outcomes.push(taken.outcome)
    after = taken.state
    if (sumOf(owed) > MOST_OWED || apart.length + pastApart.length > 0) break
    const pause = breathe()
    if (pause !== undefined) await pause
  }
  return { before, after, outcomes }
}

/** Undefined where nothing changes. */
function writeOf(id: string, row: Row | undefined, taken: Taken, now: Instant): Write | undefined {
  const { before, after, owed } = taken
  if (before === after && owed.length === 0) return undefined
  const version = nextVersion(row?.version)
  const left = after === undefined ? leftOf(lastPosition(owed) ?? row?.lastNotice, now) : {}
  if (row !== undefined) return updateOf(id, row, { version, ...left }, taken)
  const encoded = after && encodedOf(after)
  // What was made and deleted at once is no entity, but may owe something.
  const entity = after && { ...placeOf(after), uncounted: version, ...encoded }
  const document: EntityDocument = {
    _id: id,
    version,
    ...entity,
    ...left,
    ...(owed.length > 0 && { owed, ...marksOf(owed) }),
  }
  const operation = { insertOne: { document } }
  return { ...{ id, version, operation, isInsert: true, moves: after !== undefined }, ...weightOf(encoded, owed) }
}

function marksOf(owed: readonly OwedChange[]): Pick<EntityDocument, 'owing' | 'lastNotice'> {
  const last = lastPosition(owed)
  return last === undefined ? {} : { owing: last, lastNotice: last }
}

function weightOf(encoded: Encoded | undefined, owed: readonly OwedChange[]): Pick<Write, 'owes' | 'size'> {
  return { owes: owed.length > 0, size: sumOf(owed) + (encoded?.body.length ?? 0) }
}

/** A deletion leaves what the counts have to know. */
function updateOf(
  id: string,
  row: Row,
  { version, ...left }: Pick<EntityDocument, 'version' | 'types'>,
  { before, after, owed }: Taken,
): Write {
  const [was, is] = [before && shapeOf(before.entity), after && shapeOf(after.entity)]
  const isCounted = isSameShape(was, is)
  const marks = isCounted || row.uncounted !== undefined ? {} : { uncounted: version, ...(was && { counted: was }) }
  const encoded = after && encodedOf(after)
  const set = { version, ...marks, ...left, ...marksOf(owed), ...(after && placeOf(after)), ...encoded }
  const absent = ENTITY_FIELDS.filter((field) => !(field in set) && (field !== 'seq' || after === undefined))
  const $unset = Object.fromEntries(absent.map((field) => [field, '' as const]))
  const pushed = owed.length > 0 && { $push: { owed: { $each: [...owed] } } }
  const update: Document = { $set: set, ...(absent.length > 0 && { $unset }), ...pushed }
  // Counting leaves the version as it is, and takes the mark away on which it depends what is counted next.
  const uncounted = isCounted ? {} : { uncounted: row.uncounted ?? NONE }
  const operation = { updateOne: { filter: { _id: id, version: row.version, ...uncounted }, update } }
  const moves = 'uncounted' in marks
  return { id, version, operation, isInsert: false, moves, ...weightOf(encoded, owed) }
}

/** The last step may have failed, and what was left before it is written. */
function encodedOf({ entity, encoded }: State): Encoded {
  return encoded ?? encodeLeft(entity)
}

const ENTITY_FIELDS = [
  'seq',
  'body',
  'exact',
  'types',
  'attributes',
  'kinds',
  'values',
  'places',
  'expiresAt',
  'attributeExpiresAt',
] as const

const NONE = { $exists: false } as const

function placeOf({ seq }: State): Pick<State, 'seq'> {
  return seq === undefined ? {} : { seq }
}
