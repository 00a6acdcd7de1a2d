/**
 * The one place where entities are written: a group of steps is read with one question, taken in memory, and written with
 * one, each document only if it is still what was read. Whatever has to be one commit with a change stands in its document.
 */

import { setImmediate as nextTurn } from 'node:timers/promises'
import type { AnyBulkWriteOperation, WriteError } from 'mongodb'
import { StoreUnavailable } from '../../ports/unavailable.ts'
import type { Outcome } from '../common/outcome.ts'
import type { State, Step } from './changes.ts'
import { decode, type EntityRow, READ_FIELDS, shapeOf } from './codec.ts'
import type { Entities } from './collections.ts'
import type { Connection } from './connection.ts'
import { failedOf, isDuplicateKey, isMoving } from './driver-errors.ts'
import { inLockOrder } from './lock-order.ts'
import { isSameShape } from './shapes.ts'
import type { EntityDocument } from './stored.ts'
import { hasBeen, nextVersion } from './version.ts'
import type { Apply } from './write-queue.ts'

interface Written {
  readonly entities: Entities
  readonly ask: Connection['ask']
  /** Called when the counts do not have all any more. */
  readonly uncounted: () => void
}

/** What has to be known of a document to write it anew. */
type Row = EntityRow & Pick<EntityDocument, 'uncounted'>

/** What is written for an id. */
interface Write {
  readonly id: string
  readonly version: string
  readonly operation: AnyBulkWriteOperation<EntityDocument>
  readonly isInsert: boolean
  readonly moves: boolean
}

type Outcomes = Map<string, readonly Outcome<unknown>[]>

/** Milliseconds of computing before the event loop gets its turn. */
const TURN_MS = 4

export function createApply(written: Written): Apply<Step> {
  return async (group) => {
    const rows = await readRows(written, [...group.keys()])
    const outcomes: Outcomes = new Map()
    const writes: Write[] = []
    let turn = performance.now()
    for (const [id, steps] of group) {
      const row = rows.get(id)
      const taken = take(stateOf(row), steps)
      outcomes.set(id, taken.outcomes)
      const write = writeOf(id, row, taken)
      if (write !== undefined) writes.push(write)
      if (performance.now() - turn < TURN_MS) continue
      await nextTurn()
      turn = performance.now()
    }
    for (const [id, outcome] of await send(written, writes)) replace(outcomes, id, outcome)
    if (writes.some(({ moves }) => moves)) written.uncounted()
    return outcomes
  }
}

/** What became of a write that was not done: a failure for all of its steps, or nothing, to be tried again. */
function replace(outcomes: Outcomes, id: string, failure: Outcome<never> | undefined): void {
  if (failure === undefined) outcomes.delete(id)
  else outcomes.set(id, outcomes.get(id)?.map(() => failure) ?? [failure])
}

async function readRows({ entities, ask }: Written, ids: readonly string[]): Promise<ReadonlyMap<string, Row>> {
  const projection = { ...READ_FIELDS, uncounted: 1 }
  const filter = { _id: ids.length === 1 ? (ids[0] ?? '') : { $in: [...ids] } }
  const rows = await ask(() =>
    entities.find<Row>(filter, { projection, limit: ids.length, batchSize: ids.length + 1 }).toArray(),
  )
  return new Map(rows.map((row) => [row._id, row]))
}

function stateOf(row: Row | undefined): State | undefined {
  return row?.body === undefined ? undefined : { entity: decode(row) }
}

interface Taken {
  readonly before: State | undefined
  readonly after: State | undefined
  readonly outcomes: readonly Outcome<unknown>[]
}

function take(before: State | undefined, steps: readonly Step[]): Taken {
  const outcomes: Outcome<unknown>[] = []
  let after = before
  for (const step of steps) {
    const taken = step(after)
    outcomes.push(taken.outcome)
    after = taken.state
  }
  return { before, after, outcomes }
}

/** Undefined where nothing changes. */
function writeOf(id: string, row: Row | undefined, { before, after }: Taken): Write | undefined {
  if (before === after) return undefined
  const version = nextVersion(row?.version)
  if (row !== undefined) return updateOf(id, row, version, { before, after })
  if (after?.encoded === undefined) return undefined
  const document: EntityDocument = { _id: id, version, ...placeOf(after), uncounted: version, ...after.encoded }
  return { id, version, operation: { insertOne: { document } }, isInsert: true, moves: true }
}

/** A deletion leaves what the counts have to know. */
function updateOf(id: string, row: Row, version: string, { before, after }: Pick<Taken, 'before' | 'after'>): Write {
  const [was, is] = [before && shapeOf(before.entity), after && shapeOf(after.entity)]
  const isCounted = isSameShape(was, is)
  const marks = isCounted || row.uncounted !== undefined ? {} : { uncounted: version, ...(was && { counted: was }) }
  const set = {
    version,
    ...marks,
    ...(after !== undefined && { ...placeOf(after), ...after.encoded }),
  }
  const absent = ENTITY_FIELDS.filter((field) => !(field in set) && (field !== 'seq' || after === undefined))
  const $unset = Object.fromEntries(absent.map((field) => [field, '' as const]))
  const update = { $set: set, ...(absent.length > 0 && { $unset }) }
  // Counting leaves the version as it is, and takes the mark away on which it depends what is counted next.
  const uncounted = isCounted ? {} : { uncounted: row.uncounted ?? NONE }
  const operation = { updateOne: { filter: { _id: id, version: row.version, ...uncounted }, update } }
  return { id, version, operation, isInsert: false, moves: 'uncounted' in marks }
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

/** Of each write that was not done, what became of it; see {@link replace}. */
async function send(
  written: Written,
  writes: readonly Write[],
): Promise<ReadonlyMap<string, Outcome<never> | undefined>> {
  if (writes.length === 0) return new Map()
  const { failures, matched } = await written.ask(() => bulk(written.entities, writes))
  const undone = new Map(failures)
  const updates = writes.filter(({ isInsert }) => !isInsert)
  const failed = updates.filter(({ id }) => undone.has(id)).length
  if (matched + failed === updates.length) return undone
  for (const [id, outcome] of await collided(written, updates)) undone.set(id, outcome)
  return undone
}

async function bulk(entities: Entities, writes: readonly Write[]) {
  const sorted = inLockOrder(writes, ({ id }) => id)
  const operations = sorted.map(({ operation }) => operation)
  try {
    const { matchedCount } = await entities.bulkWrite(operations, { ordered: false })
    return { failures: [], matched: matchedCount }
  } catch (error) {
    const { failed, matched } = failedOf(error)
    return { failures: failed.map((each) => failureOf(sorted[each.index], each)), matched }
  }
}

function failureOf(write: Write | undefined, error: WriteError): readonly [string, Outcome<never> | undefined] {
  if (write === undefined) throw new RangeError(`there is no write ${error.index}`)
  const isCollision = write.isInsert && isDuplicateKey(error)
  if (isCollision) return [write.id, undefined]
  const failure = new Error(`not written: ${error.errmsg}`)
  return [write.id, { ok: false, error: isMoving(error) ? new StoreUnavailable(failure) : failure }]
}

/** Which of these updates did not find the version that they were made for. */
async function collided({ entities, ask }: Written, updates: readonly Write[]) {
  if (updates.length === 1) return new Map(updates.map(({ id }) => [id, undefined]))
  const ids = updates.map(({ id }) => id)
  const rows = await ask(() => entities.find({ _id: { $in: ids } }, { projection: { version: 1 } }).toArray())
  const versions = new Map(rows.map(({ _id, version }) => [_id, version]))
  const undone = new Map<string, Outcome<never> | undefined>()
  for (const { id, version } of updates) {
    const found = versions.get(id)
    // What is not there any more was deleted after all this, or before: to write it now is right in both cases.
    const done = found === undefined ? false : hasBeen(version, found)
    if (done === undefined) undone.set(id, { ok: false, error: new StoreUnavailable(UNKNOWN) })
    else if (!done) undone.set(id, undefined)
  }
  return undone
}

const UNKNOWN = new Error('others changed the entity so often meanwhile that nobody knows whether it was written')
