/** Changes that owe more than a document holds: to many subscriptions, of which each wants something else of a large entity. */

import type { Document } from 'mongodb'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { EntityChange } from '../../src/core/model/change.ts'
import type { NewNotice } from '../../src/ports/notices.ts'
import type { Store } from '../../src/ports/store.ts'
import { openMongoStore } from '../../src/stores/mongo/open.ts'
import { callIn, entity, LIMITS, property, put, quietLog } from '../contract/contract-store.ts'
import { createTestSource, most } from '../contract/notice-source.ts'
import { type RawCollection, type RawDatabase, rawDatabase } from './raw-database.ts'

const call = callIn('')
const [A, ID] = ['http://a', 'urn:x:1']
const HOUR = 3_600_000

let database: RawDatabase
let entities: RawCollection
let notices: RawCollection
const stores: Store[] = []
let now = Date.now()

beforeEach(async () => {
  database = rawDatabase()
  entities = database.entities
  notices = database.notices
})
afterEach(async () => {
  await closeAll()
  await database.drop()
})

const closeAll = async (): Promise<void> => {
  await Promise.all(stores.splice(0).map((store) => store.close()))
}

/** Each change is owed to so many. */
function open(to: number, contentOf: (i: number) => string, more: Partial<NewNotice> = {}): Store {
  const noticesOf = (_: string, { after }: EntityChange): readonly NewNotice[] =>
    Array.from({ length: to }, (_, i) => {
      const content = { i, at: after?.modifiedAt ?? 0, text: contentOf(i) }
      return { subscription: `urn:s:${i}`, queue: A, entity: after?.id ?? ID, latestOnly: false, content, ...more }
    })
  const source = { ...createTestSource(), noticesOf }
  const clock = { now: () => now }
  const store = openMongoStore({ ...LIMITS, uri: database.uri, clock, log: quietLog, notices: source })
  stores.push(store)
  return store
}

/** The document of the entity before what it owes is moved. Where that is done before it can be read, it is tried again. */
async function inTheMiddle(open: () => Store): Promise<Document> {
  for (;;) {
    const store = open()
    await change(store)
    const before = await entities.findOne({ _id: ID })
    await store.notices.queues(call)
    await closeAll()
    if (before?.owing !== undefined) return before
    await Promise.all([entities.deleteMany({}), notices.deleteMany({})])
  }
}

const LATEST = { latestOnly: true }
let changes = 0
const change = (store: Store): Promise<unknown> =>
  put(store, call, entity(ID, { modifiedAt: ++changes, attributes: { 'urn:a': [property(changes)] } }))
const numbers = (owed: readonly { readonly content: unknown }[]) =>
  owed.map(({ content }) => (content as { readonly i: number }).i)
const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i)

it('are made, and all that they owe is told once, in order', async () => {
  const large = 'x'.repeat(200_000)
  const store = open(90, (i) => `${i} ${large}`)
  await change(store)
  const owed = await store.notices.owed(call, A, most(10_000))
  expect(numbers(owed)).toEqual(upTo(90))
  expect(await entities.findOne({ owing: { $exists: true } })).toBeNull()
  await store.notices.settle(
    call,
    owed.map(({ id }) => ({ id, state: 'delivered', at: now })),
  )
  expect(await store.notices.owed(call, A, most(10_000))).toEqual([])
}, 60_000)

it('may owe to thousands', async () => {
  const store = open(3_000, () => 'x'.repeat(500))
  await change(store)
  expect(numbers(await store.notices.owed(call, A, most(20_000)))).toEqual(upTo(3_000))
}, 60_000)

it('owe it all wherever moving it ends, and nothing that has been told or replaced since', async () => {
  const texts = (i: number) => `${i} ${'x'.repeat(20_000)}`
  const whole = await inTheMiddle(() => open(50, texts, LATEST))
  const all = await notices.find({}).sort({ position: 1 }).toArray()
  for (const moved of [0, 20, 50]) {
    const later = all.slice(moved).map(({ _id }) => _id)
    await notices.updateMany({ _id: { $in: later } }, { $set: { state: 'apart', settledAt: now } })
    await entities.replaceOne({ _id: ID }, whole)
    expect(numbers(await open(50, texts, LATEST).notices.owed(call, A, most(100)))).toEqual(upTo(50))
    await closeAll()
  }
  const store = open(50, texts, LATEST)
  await change(store)
  const owed = await store.notices.owed(call, A, most(100))
  expect(owed).toHaveLength(50)
  expect(owed.every(({ position }) => position > (all.at(-1)?.position ?? '~'))).toBe(true)
  await entities.updateOne({ _id: ID }, { $set: { owing: whole.owing, owed: whole.owed } })
  expect(await store.notices.owed(call, A, most(100))).toEqual(owed)
}, 60_000)

it('are told together where that is asked for, once each, also where it is done again', async () => {
  const store = open(50, (i) => `${i} ${'x'.repeat(20_000)}`, { latestOnly: true, folds: true })
  const told = async () => (await store.notices.owed(call, A, most(100))).map(({ content }) => content)
  await change(store)
  const [before] = await told()
  await change(store)
  await change(store)
  const all = await told()
  expect(all).toHaveLength(50)
  expect(all[0]).toMatchObject([before, { i: 0, at: changes - 1 }, { i: 0, at: changes }])
  expect(all[49]).toMatchObject([{ i: 49 }, { i: 49 }, { i: 49 }])
  // The last change, found once more before it is folded.
  await notices.updateMany({ state: 'owed' }, { $set: { state: 'apart', settledAt: now } })
  const apart = await notices.find({ state: 'apart' }).sort({ position: 1 }).toArray()
  const [{ position: first, group }, { position: last }] = [apart[0] ?? {}, apart.at(-1) ?? {}] as [Document, Document]
  const owed = [{ group, since: now, bytes: 400, contents: [], notices: [], first, last }]
  await entities.updateOne({ _id: ID }, { $set: { owing: last, owed } } as never)
  expect(await told()).toEqual(all)
}, 60_000)

it('that were never made owe nothing, and leave nothing after an hour', async () => {
  const store = open(50, (i) => `${i} ${'x'.repeat(20_000)}`)
  await change(store)
  const [one] = await store.notices.owed(call, A, most(1))
  const document = await notices.findOne({ _id: one?.id ?? '' })
  const never = { ...document, _id: 'never made.1', state: 'apart', settledAt: now } as const
  await notices.insertOne(never)
  const before = { delivered: 0, dead: 0 }
  expect(await store.notices.owed(call, A, most(100))).toHaveLength(50)
  expect(await store.notices.forget(call, before, 1_000)).toBe(0)
  now += HOUR + 1_000
  expect(await store.notices.forget(call, before, 1_000)).toBe(1)
  expect(await notices.countDocuments({})).toBe(50)
})
