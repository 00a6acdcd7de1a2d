/**
 * Numbers of entities, kept beside them. A change and the numbers that it changes cannot be one commit here: so a document
 * says of itself that the numbers do not have it as it is (`uncounted`), and batches of such are added, each exactly once
 * whatever ends in between: a batch is written down whole before anything is added, it says of each number which batch was
 * its last, and of each document what of it was added. Any instance can finish what another has begun.
 */

import type { AnyBulkWriteOperation } from 'mongodb'
import { eachTally } from '../../core/model/attribute-tally.ts'
import type { Collections } from './collections.ts'
import type { Connection } from './connection.ts'

import { failedOf, isDuplicateKey } from './driver-errors.ts'
import { inLockOrder } from './lock-order.ts'
import { noTallies, type Tallies, tallyShapes } from './shapes.ts'
import type { Batch, CountDocument, Counted, EntityDocument, Item, Shape, Total } from './stored.ts'

export const COUNTING = 'counting'

/** Documents that are not counted as they are, with what counting them needs. */
const SHAPE_FIELDS = { version: 1, uncounted: 1, counted: 1, seq: 1, types: 1, attributes: 1, kinds: 1 } as const
export type Uncounted = Pick<
  EntityDocument,
  '_id' | 'version' | 'uncounted' | 'counted' | 'seq' | 'types' | 'attributes' | 'kinds'
>
export const UNCOUNTED = { uncounted: { $exists: true } } as const
/** While most are not counted yet, as in a first load, a planner may take all for the better way, and keep to that. */
export const BY_UNCOUNTED = { projection: SHAPE_FIELDS, hint: 'uncounted_1' } as const

/** Undefined where there is no entity any more. */
export function shapeIn({ seq, types, attributes, kinds }: Uncounted): Shape | undefined {
  return seq === undefined ? undefined : { types: types ?? [], attributes: attributes ?? [], kinds: kinds ?? [] }
}

type Moved = Collections & Pick<Connection, 'ask'>

/** Documents of a batch, and bytes that they add to it, about: a batch is a document. */
const MOST = 1_000
const MOST_BYTES = 8_000_000
/** Bytes of a number of an Attribute, beside the names, which it has twice. */
const OF_NUMBER = 120

/**
 * Adds what is not counted yet, a batch of it. `none`: there was nothing; `elsewhere`: another instance was faster.
 */
export async function addBatch(moved: Moved): Promise<'none' | 'added' | 'elsewhere'> {
  const { ask, state, entities } = moved
  const { n = 0, batch } = (await ask(() => state.findOne({ _id: COUNTING }))) ?? {}
  if (batch !== undefined) {
    await finish(moved, n, batch)
    return 'added'
  }
  const found = await ask(() =>
    entities.find<Uncounted>(UNCOUNTED, { ...BY_UNCOUNTED, limit: MOST, batchSize: MOST + 1 }).toArray(),
  )
  if (found.length === 0) return 'none'
  const made = batchOf(inLockOrder(found, ({ _id }) => _id))
  const begun = { $set: { n: n + 1, open: true, batch: made } as const }
  const { modifiedCount } = await ask(() => state.updateOne({ _id: COUNTING, n, open: { $exists: false } }, begun))
  if (modifiedCount === 0) return 'elsewhere'
  await finish(moved, n + 1, made)
  return 'added'
}

function batchOf(found: readonly Uncounted[]): Batch {
  const tallies = noTallies()
  const shapes: Shapes = { list: [], places: new Map() }
  const items: Item[] = []
  const weighed = new Set<string>()
  let bytes = 0
  for (const each of found) {
    const shape = shapeIn(each)
    bytes += bytesOf(each.counted, weighed) + bytesOf(shape, weighed)
    if (bytes > MOST_BYTES && items.length > 0) break
    const at = shape && placeOf(shapes, shape)
    tallyShapes(tallies, each.counted, shape)
    const { _id: id, version, uncounted = '' } = each
    items.push({ id, version, uncounted, ...(at !== undefined && { shape: at }) })
  }
  return { totals: totalsOf(tallies), shapes: shapes.list, items }
}

/** Different shapes: most entities of a type have the same. */
interface Shapes {
  readonly list: Shape[]
  readonly places: Map<string, number>
}

/** What a shape adds to a batch that has those already: itself, and numbers, for each of its types and for all together. */
function bytesOf(shape: Shape | undefined, weighed: Set<string>): number {
  if (shape === undefined) return 0
  const text = JSON.stringify(shape)
  if (weighed.has(text)) return 0
  weighed.add(text)
  return text.length + (shape.types.length + 1) * (2 * text.length + OF_NUMBER * shape.attributes.length)
}

function placeOf(shapes: Shapes, shape: Shape): number {
  const text = JSON.stringify(shape)
  const known = shapes.places.get(text)
  if (known !== undefined) return known
  shapes.places.set(text, shapes.list.length)
  return shapes.list.push(shape) - 1
}

function totalsOf({ entities, types, attributes }: Tallies): readonly Total[] {
  const totals: Total[] = []
  const add = (counted: Counted, n: number): void => {
    if (n !== 0) totals.push({ _id: idOf(counted), counted, n })
  }
  add({}, entities)
  for (const [type, n] of types) add({ type }, n)
  for (const { type, attribute, attributeType: kind, instances } of eachTally(attributes)) {
    add({ ...(type !== undefined && { type }), attribute, kind }, instances)
  }
  return inLockOrder(totals, ({ _id }) => _id)
}

/** No IRI has a space in it. */
export function idOf({ type = '', attribute = '', kind = '' }: Counted): string {
  return `${type} ${attribute} ${kind}`
}

/** Each step may be taken any number of times, and by several at once. */
async function finish(moved: Moved, n: number, batch: Batch): Promise<void> {
  const { ask, state } = moved
  await ask(() => addTotals(moved, n, batch.totals))
  const unchanged = await ask(() => bulk(moved, batch.items.flatMap(clearing)))
  if (unchanged < batch.items.length)
    await ask(() =>
      bulk(
        moved,
        batch.items.map((item) => keeping(item, n, batch)),
      ),
    )
  await ask(() => state.updateOne({ _id: COUNTING, n }, { $unset: { open: '', batch: '' } }))
}

/** A number that has this batch already is not found, and so is to be made anew, which its id does not allow. */
async function addTotals({ counts }: Collections, batch: number, totals: readonly Total[]): Promise<void> {
  const operations = totals.map(({ _id, counted, n }): AnyBulkWriteOperation<CountDocument> => {
    const update = { $inc: { n }, $set: { batch }, $setOnInsert: { ...counted } }
    return { updateOne: { filter: { _id, batch: { $lt: batch } }, update, upsert: true } }
  })
  if (operations.length === 0) return
  await counts.bulkWrite(operations, { ordered: false }).catch((error: unknown) => {
    if (!failedOf(error).failed.every(isDuplicateKey)) throw error
  })
}

/** How many were found. */
async function bulk({ entities }: Collections, operations: readonly AnyBulkWriteOperation<EntityDocument>[]) {
  const { matchedCount, deletedCount } = await entities.bulkWrite([...operations], { ordered: false })
  return matchedCount + deletedCount
}

/**
 * What has not changed meanwhile is counted now as it is; what is gone is not needed any more, unless it owes something
 * that is not moved yet, or has lately: then it is removed later (mover.ts, gone.ts).
 */
function clearing({ id, version, uncounted, shape }: Item): readonly AnyBulkWriteOperation<EntityDocument>[] {
  const filter = { _id: id, uncounted, version }
  const update = { $unset: { uncounted: '' as const, counted: '' as const } }
  if (shape !== undefined) return [{ updateOne: { filter, update } }]
  return [
    { deleteOne: { filter: { ...filter, owing: { $exists: false }, types: { $exists: false } } } },
    { updateOne: { filter: { ...filter, $or: [{ owing: { $exists: true } }, { types: { $exists: true } }] }, update } },
  ]
}

/** What has changed is counted as it was in the batch. */
function keeping({ id, uncounted, shape }: Item, n: number, { shapes }: Batch): AnyBulkWriteOperation<EntityDocument> {
  const counted = shape === undefined ? undefined : shapes[shape]
  const set = { uncounted: `batch ${n}`, ...(counted !== undefined && { counted }) }
  const update = { $set: set, ...(counted === undefined && { $unset: { counted: '' as const } }) }
  return { updateOne: { filter: { _id: id, uncounted }, update } }
}
