/** What instances are together on MongoDB while they are being put into summaries, or that was broken off. */

import { Collection } from 'mongodb'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { AggregationMethod } from '../../src/core/history/methods.ts'
import type { InstanceSelection } from '../../src/core/history/selection.ts'
import type { Store } from '../../src/ports/store.ts'
import { openMongoStore } from '../../src/stores/mongo/open.ts'
import { at, callIn, LIMITS, NOW, quietLog } from '../contract/contract-store.ts'
import { type RawDatabase, rawDatabase } from './raw-database.ts'

const call = callIn('')
const N = 'https://example.org/n'
const ID = 'urn:x:1'
const HOUR = 3_600_000_000
const ALL: InstanceSelection = { timeProperty: 'observedAt', onlyTimed: true }
/** The first counts in the database, the other in the broker. */
const METHODS: readonly (readonly AggregationMethod[])[] = [['totalCount'], ['totalCount', 'stddev']]

let database: RawDatabase
let stores: Store[] = []
let putBack: (() => void)[] = []

const open = (): Store => {
  const store = openMongoStore({ ...LIMITS, uri: database.uri, clock: { now: () => NOW }, log: quietLog })
  stores.push(store)
  return store
}
/** One every minute from the begin of the hour on. */
const add = (store: Store, count = 40) => {
  const additions = Array.from({ length: count }, (_, i) => ({
    attribute: N,
    instance: { type: 'Property', value: i, observedAt: at(i * 60_000), createdAt: 0, modifiedAt: 0 } as const,
  }))
  return store.history.add(call, ID, { types: ['https://example.org/Road'], additions }, 'make')
}
const retain = (store: Store) =>
  store.history.retain(call, () => ({ rawBefore: NOW * 1_000 + HOUR, everyMicros: HOUR }), 500)
const count = async (store: Store, methods: readonly AggregationMethod[], selection = ALL) => {
  const page = await store.history.retrieve(call, ID, selection, { kind: 'aggregates', methods, most: 100 })
  const periods = page?.evolutions[0]?.aggregates?.[N]?.flatMap((series) => series.periods) ?? []
  return periods.flatMap(({ summaries }) => summaries).reduce((sum, each) => sum + each.count, 0)
}
const carried = async (store: Store, limit = 1_000, between?: () => Promise<unknown>) => {
  const all = { instances: 0, summarized: 0 }
  let cursor: string | undefined
  do {
    const step = await store.history.walk(call, limit, cursor)
    for (const { instances, summaries } of step.parts.flatMap(({ series }) => series)) {
      all.instances += instances.length
      for (const each of summaries.flatMap((some) => some.summaries)) all.summarized += each.count
    }
    cursor = step.next
    if (cursor !== undefined) await between?.()
  } while (cursor !== undefined)
  return all
}

type Method = 'find' | 'aggregate' | 'deleteMany' | 'updateMany' | 'bulkWrite'
type Asked = (this: Collection, ...given: never[]) => unknown

/** The next time that one of these is asked of a collection, this is done first. */
function doFirst(collection: string, methods: readonly Method[], done: () => Promise<unknown>) {
  let doing: Promise<unknown> | undefined
  const prototype = Collection.prototype as unknown as Record<Method, Asked>
  for (const method of methods) {
    const asked = prototype[method]
    putBack.push(() => {
      prototype[method] = asked
    })
    prototype[method] = function (this: Collection, ...given) {
      if (this.collectionName !== collection || doing !== undefined) return asked.apply(this, given)
      const first = () => {
        // It may ask the same itself.
        doing ??= Promise.resolve().then(done)
        return doing
      }
      if (method !== 'find' && method !== 'aggregate') return first().then(() => asked.apply(this, given))
      const cursor = asked.apply(this, given) as Record<'toArray' | 'hasNext', () => Promise<unknown>>
      for (const name of ['toArray', 'hasNext'] as const) {
        const read = cursor[name].bind(cursor)
        cursor[name] = () => first().then(read)
      }
      return cursor
    }
  }
}
const restoreMethods = () => {
  for (const each of putBack.toReversed()) each()
  putBack = []
}
/** Some of the instances are gone, some are still there. */
const brokenOff = async (store: Store) => {
  doFirst('instance', ['deleteMany', 'updateMany'], async () => {
    await database.instances.deleteMany({ v: { $lt: 10 } })
    throw new Error('broken off')
  })
  await expect(retain(store)).rejects.toThrow('broken off')
  restoreMethods()
  expect(await database.instances.countDocuments({ k: { $exists: true } })).toBe(30)
}

beforeEach(() => {
  database = rawDatabase()
})
afterEach(async () => {
  restoreMethods()
  await Promise.all(stores.map((store) => store.close()))
  stores = []
  await database.drop()
})

describe.each(METHODS)('aggregates by %s, %s', (...methods) => {
  it('count once what is in a summary and not gone yet', async () => {
    const store = open()
    await add(store)
    await brokenOff(store)
    expect(await count(store, methods)).toBe(40)
    // A summary counts where it begins: here it does not, and nothing of it does.
    const later = await count(store, methods, { ...ALL, from: NOW * 1_000 + 60_000_000 })
    expect(later).toBe(0)
    await retain(store)
    expect(await count(store, methods)).toBe(40)
  })

  it('count once what is put into a summary between two questions', async () => {
    const [one, other] = [open(), open()]
    await add(one)
    expect(await count(one, methods)).toBe(40)
    doFirst('instance', ['aggregate', 'find'], () => retain(other))
    expect(await count(one, methods)).toBe(40)
  })

  it('count once what is put into a summary before they ask for instances', async () => {
    const [one, other] = [open(), open()]
    await add(one)
    let counted: number | undefined
    doFirst('instance', ['deleteMany'], async () => {
      counted = await count(other, methods)
    })
    await retain(one)
    expect(counted).toBe(40)
  })
})

it('who is disturbed again and again is let through', async () => {
  const [one, other] = [open(), open()]
  await add(one)
  expect(await count(other, ['totalCount'])).toBe(40)
  const small = () => other.history.retain(call, () => ({ rawBefore: NOW * 1_000 + HOUR, everyMicros: 60_000_000 }), 1)
  const disturb = () =>
    doFirst('instance', ['aggregate'], async () => {
      disturb()
      await small()
    })
  disturb()
  expect(await count(one, ['totalCount'])).toBe(40)
})

it('no more periods are read than an answer may have', async () => {
  const store = open()
  await add(store)
  await count(store, ['totalCount'])
  let read = 0
  const { aggregate } = Collection.prototype
  putBack.push(() => {
    Collection.prototype.aggregate = aggregate
  })
  Collection.prototype.aggregate = function (this: Collection, ...given: Parameters<typeof aggregate>) {
    const cursor = aggregate.apply(this, given)
    const toArray = cursor.toArray.bind(cursor)
    cursor.toArray = async () => {
      const found = await toArray()
      read += found.length
      return found
    }
    return cursor
  } as typeof aggregate
  for (const methods of METHODS) {
    const wanted = { kind: 'aggregates', methods, duration: { months: 0, micros: 60_000_000 }, most: 10 } as const
    const failed = store.history.retrieve(call, ID, ALL, wanted)
    await expect(failed).rejects.toMatchObject({ kind: 'TooManyResults' })
  }
  expect(read).toBe(21)
})

it('an evolution of which nothing is left goes also where its retention was broken off', async () => {
  const store = open()
  await add(store)
  const none = () => store.history.retain(call, () => ({ rawBefore: NOW * 1_000 + HOUR }), 500)
  doFirst('instance', ['updateMany'], async () => {
    await database.instances.updateMany({ k: { $exists: true } }, { $set: { s: '', gone: NOW }, $unset: { k: '' } })
    throw new Error('broken off')
  })
  await expect(none()).rejects.toThrow('broken off')
  restoreMethods()
  expect(await database.evolutions.countDocuments({})).toBe(1)
  await none()
  expect(await database.evolutions.countDocuments({})).toBe(0)
})

describe('a walk', () => {
  it('has what is in a summary and not gone yet there only', async () => {
    const store = open()
    await add(store)
    await brokenOff(store)
    expect(await carried(store)).toEqual({ instances: 0, summarized: 40 })
    expect(await carried(store, 7)).toEqual({ instances: 0, summarized: 40 })
  })

  it('has what is put into a summary meanwhile once', async () => {
    const [one, other] = [open(), open()]
    await add(one)
    doFirst('summary', ['find'], () => retain(other))
    const { instances, summarized } = await carried(one)
    expect(instances + summarized).toBe(40)
  })
})
