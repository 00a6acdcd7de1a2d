/** How many entities and Attributes there are: read from what is kept (counting.ts), never counted. */

import type { Filter } from 'mongodb'
import { type AttributeTally, addInstances, eachTally } from '../../core/model/attribute-tally.ts'
import type { AttributeType, Instant } from '../../core/model/entity.ts'
import { withoutExpired } from '../../core/model/expiry.ts'
import { StoreUnavailable } from '../../ports/unavailable.ts'
import { batchesOf } from './batches.ts'
import { decode, type EntityRow, READ_FIELDS, shapeOf } from './codec.ts'
import type { KeptCounts, Queried } from './collections.ts'
import { hasExpired } from './compile-filter.ts'
import { BY_UNCOUNTED, COUNTING, shapeIn, UNCOUNTED, type Uncounted } from './counting.ts'
import { noTallies, type Tallies, tallyShapes } from './shapes.ts'
import type { Batch, CountDocument, Counted, CountingState, EntityDocument, Shape } from './stored.ts'

type Read = Pick<Queried, 'ask' | 'state' | 'counts' | 'entities' | 'kept' | 'uncounted' | 'log'>

/** Entities at `now` with this type, or all. */
export async function countEntities(read: Read, now: Instant, type?: string): Promise<number> {
  const tallies = await tally(read, now, { _id: type === undefined ? '  ' : `${type}  ` })
  return type === undefined ? tallies.entities : (tallies.types.get(type) ?? 0)
}

/** None of them 0. */
export async function countTypes(read: Read, now: Instant): Promise<ReadonlyMap<string, number>> {
  const { types } = await tally(read, now, { type: { $exists: true }, attribute: { $exists: false } })
  return new Map([...types].filter(([, n]) => n > 0))
}

/** Of a type, of an Attribute, or all (IRIs). None of them 0. */
export async function countAttributes(
  read: Read,
  now: Instant,
  { type, attribute }: { readonly type?: string; readonly attribute?: string },
): Promise<readonly AttributeTally[]> {
  const { attributes } = await tally(read, now, {
    attribute: attribute ?? { $exists: true },
    ...(type !== undefined && { type }),
  })
  return [...eachTally(attributes)].filter(
    (each) =>
      each.instances > 0 &&
      (type === undefined || each.type === type) &&
      (attribute === undefined || each.attribute === attribute),
  )
}

/** More often than that nobody begins and ends a batch while the numbers are read. */
const MOST_READINGS = 50

interface Reading {
  readonly state: CountingState | null
  readonly kept: readonly CountDocument[]
}

/** What is kept, with what is not counted yet and without what has expired; there may be more than was asked for. */
async function tally(read: Read, now: Instant, which: Filter<CountDocument>): Promise<Tallies> {
  const key = JSON.stringify(which)
  const remembered = await tallyAgain(read, now, read.kept.get(key))
  if (remembered !== undefined) return remembered
  for (let i = 0; i < MOST_READINGS; i++) {
    const reading = await readKept(read, which)
    const tallies = await together(read, reading, now)
    if (!(await isStill(read, reading.state))) continue
    if (reading.state?.open === undefined) read.kept.set(key, { n: reading.state?.n, kept: reading.kept })
    return tallies
  }
  read.log.warn(
    { readings: MOST_READINGS },
    'the numbers of entities could not be read, because they change all the time',
  )
  throw new StoreUnavailable(new Error('the numbers of entities change all the time'))
}

/** With what was read before, where nothing has been counted since; undefined where it has, or something is to be counted. */
async function tallyAgain(read: Read, now: Instant, before: KeptCounts | undefined): Promise<Tallies | undefined> {
  if (before === undefined) return undefined
  const { ask, entities } = read
  if ((await ask(() => entities.findOne(UNCOUNTED, BY_UNCOUNTED))) !== null) return undefined
  const tallies = noTallies()
  addKept(tallies, { state: null, kept: before.kept })
  await takeExpired(read, tallies, now)
  // Afterwards: what was counted meanwhile was not among the uncounted any more, but has another number.
  const { n, open } = (await readState(read)) ?? {}
  return n === before.n && open === undefined ? tallies : undefined
}

async function readKept({ ask, state, counts }: Read, which: Filter<CountDocument>): Promise<Reading> {
  const before = await ask(() => state.findOne({ _id: COUNTING }))
  return { state: before, kept: await ask(() => counts.find(which, ALL).toArray()) }
}

/** Whether no batch has been begun or ended meanwhile: what was read is of one moment then. */
async function isStill(read: Read, before: CountingState | null): Promise<boolean> {
  const after = await readState(read)
  return before?.n === after?.n && before?.open === after?.open
}

function readState({ ask, state }: Read): Promise<Pick<CountingState, 'n' | 'open'> | null> {
  return ask(() => state.findOne({ _id: COUNTING }, { projection: { n: 1, open: 1 } }))
}

const ALL = { batchSize: 10_000 } as const
/** Documents that are held at a time; bodies of those that have expired are read whole. */
const SOME = { batchSize: 1_000 } as const
const FEW_BODIES = 20

/** What has gone, or of which something has, is counted until it is purged; it is few. */
function goneAt(now: Instant): Filter<EntityDocument> {
  return { $or: [{ expiresAt: { $lte: new Date(now) } }, hasExpired(now)] }
}

async function together(read: Read, reading: Reading, now: Instant): Promise<Tallies> {
  const tallies = noTallies()
  addKept(tallies, reading)
  await addUncounted(read, tallies, reading.state)
  await takeExpired(read, tallies, now)
  return tallies
}

function addKept(tallies: Tallies, { state, kept }: Reading): void {
  const applied = new Map(kept.map(({ _id, batch }) => [_id, batch]))
  for (const each of kept) add(tallies, each, each.n)
  const { batch, n = 0 } = state ?? {}
  for (const { _id, counted, n: more } of batch?.totals ?? []) {
    if ((applied.get(_id) ?? 0) < n) add(tallies, counted, more)
  }
}

/** Right after a large import there are many of them: they are added as they come. */
async function addUncounted(read: Read, tallies: Tallies, state: CountingState | null): Promise<void> {
  const inBatch = shapesOf(state?.batch)
  for await (const some of batchesOf(read, read.entities.find<Uncounted>(UNCOUNTED, { ...BY_UNCOUNTED, ...SOME }))) {
    read.uncounted()
    for (const each of some) {
      const key = `${each._id} ${each.uncounted}`
      tallyShapes(tallies, inBatch.has(key) ? inBatch.get(key) : each.counted, shapeIn(each))
    }
  }
}

async function takeExpired(read: Read, tallies: Tallies, now: Instant): Promise<void> {
  const expired = read.entities.find<EntityRow>(goneAt(now), { projection: READ_FIELDS, batchSize: FEW_BODIES })
  for await (const rows of batchesOf(read, expired)) {
    for (const row of rows) {
      const entity = decode(row)
      const left = withoutExpired(entity, now)
      tallyShapes(tallies, shapeOf(entity), left && shapeOf(left))
    }
  }
}

/** As the documents of a batch are in the numbers when it is added. */
function shapesOf(batch: Batch | undefined): ReadonlyMap<string, Shape | undefined> {
  return new Map(
    batch?.items.map(({ id, uncounted, shape }) => [
      `${id} ${uncounted}`,
      shape === undefined ? undefined : batch.shapes[shape],
    ]),
  )
}

function add(tallies: Tallies, { type, attribute, kind }: Counted, n: number): void {
  if (attribute !== undefined) addInstances(tallies.attributes, type, attribute, kind as AttributeType, n)
  else if (type !== undefined) tallies.types.set(type, (tallies.types.get(type) ?? 0) + n)
  else tallies.entities += n
}
