/** What changes owe on MongoDB, on its way from the documents of entities to where it is read. */

import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Entity } from '../../src/core/model/entity.ts'
import type { NewNotice } from '../../src/ports/notices.ts'
import type { Store } from '../../src/ports/store.ts'
import { openMongoStore } from '../../src/stores/mongo/open.ts'
import { become, callIn, entity, LIMITS, NO_HISTORY, NOW, put, quietLog } from '../contract/contract-store.ts'
import { createTestSource, most, owes } from '../contract/notice-source.ts'
import { type RawCollection, type RawDatabase, rawDatabase } from './raw-database.ts'

const call = callIn('')
const A = 'http://a'

let database: RawDatabase
let entities: RawCollection
let notices: RawCollection
let stores: Store[] = []

let now = NOW

/** With a clock that is ahead by so many milliseconds; what documents owe is notices alone. */
const open = (aheadMs = 0): Store => {
  const options = {
    ...LIMITS,
    history: NO_HISTORY,
    uri: database.uri,
    clock: { now: () => now + aheadMs },
    log: quietLog,
  }
  const store = openMongoStore({ ...options, notices: createTestSource() })
  stores.push(store)
  return store
}
const owing = (id: string, ...owed: readonly Partial<NewNotice>[]): Entity => entity(id, owes(...owed))
const contentsOf = async (store: Store) =>
  (await store.notices.owed(call, A, most(1_000))).map(({ content }) => content)
const forget = (store: Store, limit = 10) => store.notices.forget(call, { delivered: 0, dead: 0 }, limit)
const closeAll = async (): Promise<void> => {
  await Promise.all(stores.map((store) => store.close()))
  stores = []
}
/** What stands in the document of an entity before it is moved. Where it is moved before it can be read, it is tried again. */
const inTheMiddle = async (...states: readonly (Entity | null)[]) => {
  for (;;) {
    const store = open()
    const changes = states.map((next) => ({ id: 'urn:x:1', change: become(next) }))
    await store.entities.writeMany(call, changes)
    const before = await entities.findOne({ _id: 'urn:x:1' })
    await store.notices.queues(call)
    await closeAll()
    if (before?.owing !== undefined) return before
    await Promise.all([entities.deleteMany({}), notices.deleteMany({})])
  }
}

beforeEach(async () => {
  now = NOW
  database = rawDatabase()
  entities = database.entities
  notices = database.notices
})
afterEach(async () => {
  await closeAll()
  await database.drop()
})

it('is settled, moved to other queues and revived at once by several, none of whom waits for the other', async () => {
  const [one, other] = [open(), open()]
  const all = Array.from({ length: 300 }, (_, i) => owing(`urn:x:${i}`, { content: i }))
  await put(one, call, ...all)
  const owed = await one.notices.owed(call, A, most(300))
  const [first] = owed
  if (first === undefined) throw new Error('nothing is owed')
  const settled = owed.map(({ id }) => ({ id, state: 'delivered', at: NOW }) as const)
  for (let i = 0; i < 6; i++) {
    await Promise.all([
      one.notices.settle(call, settled),
      other.notices.requeue(call, first.subscription, i % 2 === 0 ? 'http://b' : A),
      other.notices.settle(call, settled.toReversed()),
      one.notices.revive(call, first.subscription, A, { since: 0 }, NOW),
      other.notices.revive(call, first.subscription, 'http://b', { since: 0 }, NOW),
    ])
  }
  const { count } = await one.notices.backlog(call, first.subscription)
  const told = await one.notices.settled(call, first.subscription, 'delivered', 1_000)
  expect(count + told.length).toBe(300)
})

it('is revived, moved to other queues and dropped also where it is very much', async () => {
  const MANY = 5_200
  const store = open()
  const { queues, revive, requeue, drop, backlog } = store.notices
  await queues(call)
  const more = { subscription: 's', queue: A, latestOnly: false, state: 'delivered', content: '1', exact: false }
  const all = Array.from({ length: MANY }, (_, i) => ({
    ...{ ...more, _id: `${i % 7}.${i}`, position: String(i).padStart(18, '0'), group: `${i % 7}` },
    ...{ entity: `urn:x:${i % 3}`, since: i, settledAt: MANY - i },
  }))
  await notices.insertMany(all)
  const inQueue = (queue: string) => notices.countDocuments({ queue, state: 'owed' })
  expect(await revive(call, 's', 'http://b', { toldAfter: [{ queue: A, at: 2 }] }, NOW)).toBe(MANY - 1)
  expect(await inQueue('http://b')).toBe(MANY - 1)
  await notices.updateMany({ since: { $lt: 700 } }, { $set: { queue: 'http://c' } })
  expect(await requeue(call, 's', 'http://b')).toBe(700)
  expect([await inQueue('http://b'), await inQueue('http://c')]).toEqual([MANY - 1, 0])
  await notices.updateMany({ since: { $lt: 900 } }, { $set: { state: 'dead', settledAt: 1 } })
  await notices.updateMany({ since: { $lt: 100 } }, { $set: { state: 'delivered' } })
  expect(await revive(call, 's', 'http://b', { since: 50 }, NOW)).toBe(851)
  expect(await revive(call, 's', 'http://b', { deadSince: 0 }, NOW)).toBe(0)
  expect(await backlog(call, 's')).toEqual({ count: MANY - 50, oldest: 50 })
  expect(await drop(call, 's')).toBe(MANY - 50)
  expect(await notices.countDocuments({ state: 'gone' })).toBe(MANY)
})

describe('what is owed', () => {
  it('stands in the document of the entity with the change, and is moved by itself', async () => {
    const store = open()
    await put(store, call, owing('urn:x:1', { content: 'of 1' }))
    expect(await entities.findOne({ _id: 'urn:x:1' })).toMatchObject({ lastNotice: expect.any(String) })
    await expect.poll(() => entities.countDocuments({ owing: { $exists: true } }), { timeout: 5_000 }).toBe(0)
    expect(await notices.find({}).toArray()).toMatchObject([{ entity: 'urn:x:1', content: '"of 1"', state: 'owed' }])
    expect(await entities.findOne({ _id: 'urn:x:1', owed: { $exists: true } })).toBeNull()
    const written = await store.notices.owed(call, A, most(10))
    // Its place among those of the entity is known from the document, whatever the clocks of others say.
    await put(open(), call, owing('urn:x:1', { content: 'again' }))
    const [first, second] = await store.notices.owed(call, A, most(10))
    expect([first]).toEqual(written)
    expect((second?.position ?? '') > (first?.position ?? '~')).toBe(true)
  })

  it('is there once, wherever moving it has ended', async () => {
    const whole = await inTheMiddle(owing('urn:x:1', { content: 1 }), owing('urn:x:1', { content: 2 }, { content: 3 }))
    expect(whole).toMatchObject({ owing: expect.any(String), owed: [{ notices: [{}] }, { notices: [{}, {}] }] })
    const all = await notices.find({}).sort({ position: 1 }).toArray()
    expect(all).toHaveLength(3)
    for (const inserted of [0, 1, 3]) {
      await notices.deleteMany({})
      if (inserted > 0) await notices.insertMany(all.slice(all.length - inserted))
      await entities.replaceOne({ _id: 'urn:x:1' }, whole ?? {})
      const store = open()
      expect(await contentsOf(store)).toEqual([1, 2, 3])
      await expect.poll(() => entities.countDocuments({ owing: { $exists: true } })).toBe(0)
      expect(await notices.find({}).sort({ position: 1 }).toArray()).toEqual(all)
      await closeAll()
    }
  })

  it('that was committed after others had been read beyond its place is given before what comes later of its entity', async () => {
    const store = open()
    const make = (id: string, content: string) => put(store, call, owing(id, { content }))
    await make('urn:x:1', 'early')
    await make('urn:x:2', 'other')
    const [early, other] = await store.notices.owed(call, A, most(10))
    const document = await notices.findOneAndDelete({ _id: early?.id ?? '' })
    expect(await store.notices.owed(call, A, most(10))).toEqual([other])
    if (document !== null) await notices.insertOne(document)
    await make('urn:x:3', 'third')
    await make('urn:x:1', 'later')
    const contents = async (...known: readonly (string | undefined)[]) =>
      (await store.notices.owed(call, A, most(10), other?.position, ({ id }) => known.includes(id))).map(
        ({ content }) => content,
      )
    expect(await contents()).toEqual(['early', 'third', 'later'])
    expect(await contents(early?.id)).toEqual(['third', 'later'])
  })

  it('is moved by whoever opens the database, also where nobody asks for it', async () => {
    const whole = await inTheMiddle(owing('urn:x:1', { content: 1 }))
    await notices.deleteMany({})
    await entities.replaceOne({ _id: 'urn:x:1' }, whole ?? {})
    await open().check()
    await expect.poll(() => notices.countDocuments({}), { timeout: 5_000 }).toBe(1)
  })

  it('is not owed a second time where it has been told, replaced or dropped before it is moved again', async () => {
    const latest = { latestOnly: true }
    const states = [
      owing('urn:x:1', { content: 1, ...latest }),
      owing('urn:x:1', { content: 2, ...latest }, { subscription: 'urn:s:2' }),
    ]
    const whole = await inTheMiddle(...states)
    const store = open()
    const [told] = await store.notices.owed(call, A, most(1))
    await store.notices.settle(call, [{ id: told?.id ?? '', state: 'delivered', at: NOW }])
    await store.notices.drop(call, 'urn:s:2')
    await entities.replaceOne({ _id: 'urn:x:1' }, whole ?? {})
    expect(told?.content).toBe(2)
    expect(await store.notices.owed(call, A, most(10))).toEqual([])
    expect(await store.notices.settled(call, 'urn:s:1', 'delivered', 10)).toHaveLength(1)
  })

  it('is folded once, however often it is moved, and not where what it is folded with has been told meanwhile', async () => {
    const folding = (content: string) => owing('urn:x:1', { content: [content], latestOnly: true, folds: true })
    const whole = await inTheMiddle(folding('a'), folding('b'), folding('c'))
    const all = await notices.find({}).sort({ position: 1 }).toArray()
    const again = async (...there: typeof all) => {
      await closeAll()
      await notices.deleteMany({})
      if (there.length > 0) await notices.insertMany(there)
      await entities.replaceOne({ _id: 'urn:x:1' }, whole ?? {})
      return await contentsOf(open())
    }
    expect(all.map(({ state }) => state)).toEqual(['gone', 'gone', 'owed'])
    expect(await again(...all)).toEqual([['a', 'b', 'c']])
    expect(await again()).toEqual([['a', 'b', 'c']])
    const [a] = all
    if (a === undefined) throw new Error('nothing was moved')
    expect(await again({ ...a, state: 'delivered', settledAt: NOW })).toEqual([['b', 'c']])
    expect(await again({ ...a, state: 'owed', content: '["a"]' })).toEqual([['a', 'b', 'c']])
  })

  it('is moved to another queue also where it has not left its entity yet, and not back when that is moved again', async () => {
    const whole = await inTheMiddle(owing('urn:x:1', { content: 1 }), owing('urn:x:1', { content: 2 }))
    await notices.deleteMany({})
    await entities.replaceOne({ _id: 'urn:x:1' }, whole ?? {})
    const store = open()
    expect(await store.notices.requeue(call, 'urn:s:1', 'http://b')).toBe(2)
    await entities.replaceOne({ _id: 'urn:x:1' }, whole ?? {})
    expect(await contentsOf(store)).toEqual([])
    expect((await store.notices.owed(call, 'http://b', most(10))).map(({ content }) => content)).toEqual([1, 2])
  })

  it('of an entity that is gone keeps its document until it is moved, and the place of the last of it for a minute', async () => {
    const whole = await inTheMiddle(owing('urn:x:1', { content: 1 }), null)
    expect(whole).toMatchObject({ owed: [{}, {}] })
    expect(whole).not.toHaveProperty('body')
    for (const uncounted of [{}, { uncounted: 'x' }]) {
      now = NOW
      await notices.deleteMany({})
      await entities.replaceOne({ _id: 'urn:x:1' }, { ...whole, ...uncounted }, { upsert: true })
      const store = open()
      expect(await store.entities.retrieve(call, 'urn:x:1')).toBeUndefined()
      expect(await contentsOf(store)).toEqual([1, 1])
      const { owed: _, owing: __, ...left } = whole
      await expect.poll(() => entities.findOne({}), { timeout: 5_000 }).toEqual(left)
      now = NOW + 60_000
      expect(await forget(store)).toBe(0)
      now++
      expect(await forget(store)).toBe(1)
      expect(await entities.findOne({})).toBeNull()
      expect(await store.entities.count(call)).toBe(0)
      await closeAll()
    }
  })

  it('of an entity that is made again comes after what was owed before, also where the clock is behind', async () => {
    const [ahead, behind] = [open(3_000), open()]
    const write = (store: Store, next: Entity | null) => store.entities.write(call, 'urn:x:1', become(next))
    for (const [i, next] of [owing('urn:x:1', { content: 'made' }), null].entries()) {
      await write(ahead, next)
      expect(await ahead.notices.queues(call)).toEqual([A])
      await expect.poll(() => entities.findOne({ uncounted: { $exists: true } }), { timeout: 5_000 }).toBeNull()
      expect(await ahead.entities.count(call)).toBe(1 - i)
    }
    await write(behind, owing('urn:x:1', { content: 'made again' }))
    expect(await contentsOf(behind)).toEqual(['made', 'made', 'made again'])
    now += 60_000
    expect(await forget(ahead)).toBe(0)
    expect(await behind.entities.count(call)).toBe(1)
  })

  it('of entities that are gone is forgotten some at a time, and nothing is left of those that owed nothing', async () => {
    const store = open()
    const ids = Array.from({ length: 30 }, (_, i) => `urn:x:${i}`)
    await put(store, call, ...ids.map((id) => owing(id, {})), entity('urn:y:1'))
    for (const id of [...ids, 'urn:y:1']) await store.entities.write(call, id, become(null))
    expect(await store.notices.drop(call, 'urn:s:1')).toBe(60)
    const left = { uncounted: { $exists: false } }
    await expect.poll(() => entities.countDocuments(left), { timeout: 5_000 }).toBe(30)
    await expect.poll(() => entities.findOne({ _id: 'urn:y:1' }), { timeout: 5_000 }).toBeNull()
    now += 61_000
    await put(store, call, entity('urn:x:3'))
    expect([await forget(store, 20), await forget(store, 20), await forget(store, 20)]).toEqual([20, 9, 0])
    expect(await store.entities.count(call)).toBe(1)
    expect(await entities.find({}).toArray()).toMatchObject([{ _id: 'urn:x:3' }])
  })

  it('may be more than a document holds, of one entity', async () => {
    const store = open()
    const large = (i: number) => owing('urn:x:1', { content: `${i} ${'x'.repeat(1_000_000)}` })
    const states = Array.from({ length: 18 }, (_, i) => ({ id: 'urn:x:1', change: become(large(i)) }))
    const ended = await store.entities.writeMany(call, states)
    expect(ended.every(({ ok }) => ok)).toBe(true)
    const numbers = (await contentsOf(store)).map((content) => Number.parseInt(String(content), 10))
    expect(numbers).toEqual(states.map((_, i) => i))
  })

  it('is read at once however much comes to be owed of other entities before it', async () => {
    const store = open()
    await put(store, call, owing('urn:x:1', { content: 1 }), owing('urn:x:2', { content: 2 }))
    await store.notices.queues(call)
    const like = await notices.findOne({ entity: 'urn:x:1' }, { projection: { _id: 0 } })
    let others = 0
    const insert = async (): Promise<void> => {
      while (others < 3_000) {
        const n = ++others
        await notices.insertOne({ ...like, _id: `early ${n}`, entity: `urn:other:${n}`, position: `0${n}` })
      }
    }
    const inserting = Promise.all(Array.from({ length: 8 }, insert))
    await expect.poll(() => others).toBeGreaterThan(20)
    await store.notices.owed(call, A, most(10_000))
    expect(others).toBeLessThan(1_000)
    others = 3_000
    await inserting
  })

  it('is complete and in order for a reader beside two that write', async () => {
    const [one, other, reader] = [open(), open(), open()]
    const seen: number[][] = [[], []]
    const ids = new Set<string>()
    let isDone = false
    const write = async (store: Store, of: number): Promise<void> => {
      for (let i = 0; i < 15; i++) await put(store, call, owing(`urn:x:${of}`, { content: [of, i] }))
    }
    const read = async (): Promise<void> => {
      for (let after: string | undefined, last = false; !last; ) {
        last = isDone
        for (const { id, content, position } of await reader.notices.owed(call, A, most(7), after, (each) =>
          ids.has(each.id),
        )) {
          const [of, i] = content as unknown as readonly [number, number]
          seen[of]?.push(i)
          ids.add(id)
          after = position
          last = false
        }
      }
    }
    const writing = Promise.all([write(one, 0), write(other, 1)]).finally(() => {
      isDone = true
    })
    await Promise.all([writing, read()])
    // Positions of two entities are not in step: the end of one may stay behind what was read.
    expect(await contentsOf(reader)).toHaveLength(30)
    for (const numbers of seen) expect(numbers).toEqual(numbers.map((_, i) => i))
  })
})
