/** History on MongoDB, on its way from the documents of entities to where it is read. */

import { Collection, type Document, type Filter, type FindOptions } from 'mongodb'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Addition, NewInstance } from '../../src/core/history/past-instance.ts'
import type { InstanceSelection, Wanted } from '../../src/core/history/selection.ts'
import type { Store } from '../../src/ports/store.ts'
import { openMongoStore } from '../../src/stores/mongo/open.ts'
import { at, become, callIn, entity, LIMITS, NOW, property, put, quietLog } from '../contract/contract-store.ts'
import { type RawDatabase, rawDatabase } from './raw-database.ts'

const call = callIn('')
const N = 'https://example.org/n'
const ROAD = 'https://example.org/Road'
const ID = 'urn:x:1'
const ALL: InstanceSelection = { timeProperty: 'observedAt', onlyTimed: false }
const MANY: Wanted = { kind: 'instances', most: 10_000 }
const OWING = { owing: { $exists: true } }

let database: RawDatabase
let stores: Store[] = []
let now = NOW

const open = (aheadMs = 0): Store => {
  const clock = { now: () => now + aheadMs }
  const store = openMongoStore({ ...LIMITS, uri: database.uri, clock, log: quietLog })
  stores.push(store)
  return store
}
const closeAll = async (): Promise<void> => {
  await Promise.all(stores.map((store) => store.close()))
  stores = []
}
const observed = (value: NewInstance['value'], offset: number): NewInstance => ({
  ...{ type: 'Property', value, observedAt: at(offset), createdAt: 0, modifiedAt: 0 },
})
const of = (...instances: readonly NewInstance[]): Addition[] =>
  instances.map((instance) => ({ attribute: N, instance }))
const add = (store: Store, ...instances: readonly NewInstance[]) =>
  store.history.add(call, ID, { types: [ROAD], additions: of(...instances) }, 'make')
const to = (value: number) => entity(ID, { types: [ROAD], attributes: { [N]: [property(value)] } })
const read = async (store: Store) => (await store.history.retrieve(call, ID, ALL, MANY))?.evolutions[0]
const valuesOf = async (store: Store) => (await read(store))?.instances?.[N]?.map(({ value }) => value)
const cleared = () => expect.poll(() => database.entities.countDocuments(OWING), { timeout: 5_000 }).toBe(0)

/** All that stands in the collections of history. */
const kept = async () => {
  const { evolutions, instances } = database
  const all = [evolutions, instances].map((each) => each.find({}).sort({ _id: 1 }).toArray())
  return await Promise.all(all)
}
const restore = async ([evolutions = [], instances = []]: Awaited<ReturnType<typeof kept>>) => {
  await Promise.all([database.evolutions.deleteMany({}), database.instances.deleteMany({})])
  if (evolutions.length > 0) await database.evolutions.insertMany(evolutions)
  if (instances.length > 0) await database.instances.insertMany(instances)
}

/** The document of the entity as it is with all that these changes did to the evolution: nothing of it is moved. */
async function standing(...changes: readonly ((store: Store) => Promise<unknown>)[]) {
  const whole: { owed: unknown[]; rest: Readonly<Record<string, unknown>> } = { owed: [], rest: {} }
  for (const change of changes) {
    for (;;) {
      const before = await database.entities.findOne({ _id: ID })
      const past = await kept()
      const store = open()
      await change(store)
      const { owed = [], ...rest }: Record<string, unknown> = (await database.entities.findOne({ _id: ID })) ?? {}
      await read(store)
      await cleared()
      await closeAll()
      whole.rest = rest
      if ('owing' in rest) {
        whole.owed.push(...(owed as unknown[]))
        break
      }
      // It was moved before it could be read.
      await restore(past)
      if (before === null) await database.entities.deleteMany({})
      else await database.entities.replaceOne({ _id: ID }, before)
    }
  }
  return { ...whole.rest, _id: ID, owed: whole.owed }
}
const putBack = (document: Awaited<ReturnType<typeof standing>>) =>
  database.entities.replaceOne({ _id: ID }, document, { upsert: true })

beforeEach(() => {
  now = NOW
  database = rawDatabase()
})
afterEach(async () => {
  await closeAll()
  await database.drop()
})

describe('what a change records', () => {
  it('stands in the document of the entity with the change, and is moved by itself', async () => {
    const whole = await standing((store) => put(store, call, to(1)))
    expect(whole).toMatchObject({ owed: [{ past: { kind: 'record', instances: [{ v: 1 }] } }] })
    await restore([[], []])
    await putBack(whole)
    await open().check()
    await expect.poll(() => database.instances.countDocuments({}), { timeout: 5_000 }).toBe(1)
    await cleared()
  })

  it('is there once, wherever moving it has ended', async () => {
    const whole = await standing(
      (store) => put(store, call, to(1), to(2)),
      (store) => add(store, observed(3, 30), observed(4, 40)),
    )
    const [evolutions = [], instances = []] = await kept()
    expect(instances).toHaveLength(4)
    for (const [heads, there] of [
      [0, 0],
      [0, 1],
      [0, 4],
      [1, 2],
      [1, 4],
    ] as const) {
      await restore([evolutions.slice(0, heads), instances.slice(4 - there)])
      if (heads > 0 && there < 4) {
        await database.evolutions.updateOne({ _id: ID }, { $set: { done: '' } })
      }
      await putBack(whole)
      expect(await valuesOf(open())).toEqual([1, 2, 3, 4])
      await cleared()
      expect(await kept()).toEqual([evolutions, instances])
      await closeAll()
    }
  })

  it('stands apart where it is too much for the document, and is of no use where its change was not stored', async () => {
    const large = Array.from({ length: 30 }, (_, i) => ({ ...observed(`${i}${'x'.repeat(50_000)}`, i) }))
    const whole = await standing((store) => add(store, ...large))
    expect(whole).toMatchObject({ owed: [{ past: { instances: [], pieces: 1 } }] })
    const apart = { added: { $exists: true } }
    const [, instances = []] = await kept()
    await restore([[], instances.filter(({ added }) => added !== undefined)])
    await putBack(whole)
    expect(await valuesOf(open())).toHaveLength(30)
    await cleared()
    const store = open()
    now += 3_600_001
    await store.notices.forget(call, { delivered: 0, dead: 0 }, 100)
    expect(await database.instances.countDocuments(apart)).toBe(0)
    expect(await valuesOf(store)).toHaveLength(30)
  })

  it('is moved by several at once', async () => {
    const [one, other, third] = [open(), open(), open()]
    for (let round = 0; round < 5; round++) {
      now++
      await Promise.all([
        put(one, call, ...Array.from({ length: 10 }, (_, i) => to(round * 10 + i))),
        valuesOf(other),
        third.history.query(call, {
          ...{ filter: {}, selection: ALL, wanted: MANY, limit: 10, offset: 0, count: true },
        }),
      ])
    }
    const all = await Promise.all([one, other, third].map(valuesOf))
    for (const values of all) expect(values).toEqual(Array.from({ length: 50 }, (_, i) => i))
  })

  it('is all there where another has begun the evolution meanwhile', async () => {
    const [one, other] = [open(), open()]
    const ids = Array.from({ length: 30 }, (_, i) => `urn:meanwhile:${i}`)
    for (const id of ids) {
      await put(one, call, entity(id))
      await Promise.all([other.notices.queues(call), one.entities.write(call, id, become(null))])
      const page = await one.history.retrieve(call, id, ALL, MANY)
      expect(page?.evolutions[0]).toHaveProperty('deletedAt', now)
    }
  })

  it('is not shown before all of it is there', async () => {
    const store = open()
    await put(store, call, to(1))
    await read(store)
    const [instance] = await database.instances.find({}).toArray()
    const { _id = '', ...rest } = instance ?? {}
    await database.instances.insertOne({ ...rest, _id: `${_id}~`, p: 'zzz', v: 2 })
    expect(await valuesOf(store)).toEqual([1])
  })
})

describe('what is added', () => {
  it('does not come again where what it has replaced is gone', async () => {
    await add(open(), observed(1, 10))
    const whole = await standing((store) => add(store, observed(2, 10), observed(5, 50)))
    const store = open()
    const [replaced] = (await read(store))?.instances?.[N] ?? []
    expect(replaced).toMatchObject({ value: 2 })
    expect(await store.history.deleteInstance(call, ID, N, replaced?.instanceId ?? '')).toBe('done')
    expect(await valuesOf(store)).toEqual([5])
    await cleared()
    await database.evolutions.updateOne({ _id: ID }, { $set: { done: '' } })
    await putBack(whole)
    await valuesOf(store)
    await database.evolutions.updateOne({ _id: ID }, { $set: { done: 'zzz' } })
    expect(await valuesOf(store)).toEqual([5])
  })

  it('does not take the place of what has been recorded since', async () => {
    const whole = await standing((store) => add(store, observed(1, 10)))
    const store = open()
    await add(store, observed(2, 10))
    await read(store)
    await cleared()
    await putBack(whole)
    expect(await valuesOf(store)).toEqual([2])
  })

  it('has made an evolution once, where several add at once', async () => {
    const [one, other] = [open(), open()]
    const made = await Promise.all([one, other, one, other].map((store, i) => add(store, observed(i, i))))
    expect(made.toSorted()).toEqual(['created', 'updated', 'updated', 'updated'])
    expect(await valuesOf(one)).toEqual([0, 1, 2, 3])
  })
})

it('what comes later is later, also where the clock is behind and there is no entity', async () => {
  const [ahead, behind] = [open(3_000), open()]
  await add(ahead, observed(1, 10))
  expect(await valuesOf(ahead)).toEqual([1])
  await cleared()
  await add(behind, observed(2, 20))
  expect(await valuesOf(behind)).toEqual([1, 2])
  expect(await behind.history.deleteEvolution(call, ID)).toBe(true)
  await cleared()
  await put(behind, call, to(3))
  expect(await valuesOf(ahead)).toEqual([3])
})

describe('what is taken away', () => {
  it('of a series stays away, also where what was recorded before is moved late, and takes nothing that comes after', async () => {
    const whole = await standing((store) => put(store, call, to(1)))
    const [one, other] = [open(), open()]
    expect(await one.history.deleteAttribute(call, ID, N, 'all')).toBe('done')
    await put(other, call, to(2))
    expect(await valuesOf(one)).toEqual([2])
    await cleared()
    await putBack(whole)
    expect(await valuesOf(other)).toEqual([2])
  })

  it('all of it stays away, and what is recorded after it is a new one', async () => {
    const whole = await standing((store) => put(store, call, to(1)))
    const store = open()
    expect(await store.history.deleteEvolution(call, ID)).toBe(true)
    expect(await read(store)).toBeUndefined()
    await cleared()
    await putBack(whole)
    expect(await read(store)).toBeUndefined()
    await cleared()
    now += 10
    await put(open(), call, to(3))
    await cleared()
    expect(await read(store)).toMatchObject({ createdAt: NOW + 10, instances: { [N]: [{ value: 3 }] } })
    await putBack(whole)
    expect(await valuesOf(store)).toEqual([3])
  })

  it('is gone at once, and removed by whoever comes next where that was broken off', async () => {
    const store = open()
    await put(store, call, to(1), to(2))
    await read(store)
    const before = await kept()
    await closeAll()
    const whole = await standing((each) => each.history.deleteEvolution(call, ID))
    const [gone = []] = await kept()
    await restore([gone, before[1] ?? []])
    expect(await read(open())).toBeUndefined()
    await putBack(whole)
    expect(await read(open())).toBeUndefined()
    expect(await database.instances.countDocuments({})).toBe(0)
  })

  it('of series is remembered for an hour, by the next that is taken away', async () => {
    const store = open()
    const take = async (name: string) => {
      await store.history.add(
        call,
        ID,
        { types: [ROAD], additions: [{ attribute: name, instance: observed(1, 10) }] },
        'make',
      )
      await store.history.deleteAttribute(call, ID, name, 'all')
      await read(store)
      return Object.keys((await database.evolutions.findOne({ _id: ID }))?.cuts ?? {}).length
    }
    expect([await take('urn:a:1'), await take('urn:a:2')]).toEqual([1, 2])
    now += 3_700_000
    expect([await take('urn:a:1'), await take('urn:a:3')]).toEqual([1, 2])
  })

  it('is remembered for an hour', async () => {
    const store = open()
    await add(store, observed(1, 10), observed(2, 20))
    const [first] = (await read(store))?.instances?.[N] ?? []
    await store.history.deleteInstance(call, ID, N, first?.instanceId ?? '')
    await read(store)
    expect(await database.instances.countDocuments({ gone: { $exists: true } })).toBe(1)
    await store.history.deleteEvolution(call, ID)
    await read(store)
    await cleared()
    const forget = () => store.notices.forget(call, { delivered: 0, dead: 0 }, 10)
    await forget()
    expect(await database.evolutions.countDocuments({ cut: { $exists: true } })).toBe(1)
    now += 3_600_001
    await forget()
    expect(await kept()).toEqual([[], []])
  })
})

it('an instance that is given another time keeps its id, wherever that is broken off', async () => {
  await add(open(), observed(1, 10), observed(2, 20))
  const before = await read(open())
  const [first] = before?.instances?.[N] ?? []
  await cleared()
  await closeAll()
  const past = await kept()
  const whole = await standing((store) =>
    store.history.replaceInstance(call, ID, N, first?.instanceId ?? '', observed(3, 30)),
  )
  const [, instances = []] = await kept()
  const moved = instances.find(({ id }) => id !== undefined)
  for (const broken of [[], moved === undefined ? [] : [moved]]) {
    await restore([past[0] ?? [], [...(past[1] ?? []), ...broken]])
    await putBack(whole)
    const found = (await read(open()))?.instances?.[N]
    expect(found?.map(({ value }) => value)).toEqual([2, 3])
    expect(found?.at(-1)?.instanceId).toBe(first?.instanceId)
    await cleared()
  }
})

it('the last of very many are read as the last of few', async () => {
  const store = open()
  await put(store, call, to(0))
  await read(store)
  const [instance] = await database.instances.find({}).toArray()
  const { _id = '', ...rest } = instance ?? {}
  const copies = Array.from({ length: 3_000 }, (_, i) => ({
    ...rest,
    _id: `${_id}${String(i).padStart(5, '0')}`,
    v: i,
  }))
  await database.instances.insertMany(copies)
  const last = await store.history.retrieve(call, ID, { ...ALL, lastN: 3 }, MANY)
  expect(last?.evolutions[0]?.instances?.[N]?.map(({ value }) => value)).toEqual([2_997, 2_998, 2_999])
  const plan = JSON.stringify(
    await database.instances.find({ _id: { $gte: _id } }, { sort: { _id: -1 }, limit: 3 }).explain(),
  )
  expect(plan).not.toMatch(/"Node Type":"Sort"|"stage":"SORT"/)
})

describe('what is summarized', () => {
  const HOUR = 3_600_000_000
  const horizons = () => ({ rawBefore: NOW * 1_000 + HOUR, everyMicros: HOUR })
  const count = async (store: Store) => {
    const wanted: Wanted = { kind: 'aggregates', methods: ['totalCount'], most: 100 }
    const page = await store.history.retrieve(call, ID, { ...ALL, onlyTimed: true }, wanted)
    return page?.evolutions[0]?.aggregates?.[N]?.[0]?.periods[0]?.summaries[0]?.count
  }
  const twenty = Array.from({ length: 20 }, (_, i) => observed(i, i * 1_000))

  it('counts once where another does all of it while one stands still', async () => {
    const [one, other] = [open(), open()]
    await add(one, ...twenty)
    expect(await count(one)).toBe(20)
    const { find } = Collection.prototype
    const meanwhile = vi.fn(() => other.history.retain(call, horizons, 500))
    // With what it has read of summaries it stands still.
    Collection.prototype.find = function (this: Collection, filter: Filter<Document>, options?: FindOptions) {
      const cursor = find.call(this, filter, options)
      if (this.collectionName !== 'summary' || meanwhile.mock.calls.length > 0) return cursor
      const toArray = cursor.toArray.bind(cursor)
      cursor.toArray = async () => {
        const found = await toArray()
        await meanwhile()
        return found
      }
      return cursor
    } as typeof find
    await one.history.retain(call, horizons, 500).finally(() => {
      Collection.prototype.find = find
    })
    expect(await meanwhile.mock.results[0]?.value).toMatchObject({ summarized: 20 })
    await one.history.retain(call, horizons, 500)
    expect(await count(one)).toBe(20)
  })

  it('does not come back where it is moved once more', async () => {
    const store = open()
    await add(store, ...twenty)
    await store.entities.write(call, ID, () => ({
      entity: entity(ID, { types: [ROAD], attributes: { [N]: [property(5, { observedAt: at(60_000) })] } }),
      result: undefined,
    }))
    const owed = await database.entities.findOne({ _id: ID })
    await cleared()
    expect(await count(store)).toBe(21)
    expect(await store.history.retain(call, horizons, 500)).toMatchObject({ summarized: 21 })
    await database.entities.updateOne({ _id: ID }, { $set: { owed: owed?.owed, owing: owed?.owing } })
    expect(await count(store)).toBe(21)
    await store.history.retain(call, horizons, 500)
    expect(await count(store)).toBe(21)
  })
})
