/** What is asked of MongoDB about what is owed, as the driver is told it: in which order, and how much. */

import { Collection, type Document, type Filter } from 'mongodb'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { Store } from '../../src/ports/store.ts'
import { openMongoStore } from '../../src/stores/mongo/open.ts'
import { callIn, LIMITS, NOW, quietLog } from '../contract/contract-store.ts'
import { createTestSource } from '../contract/notice-source.ts'
import { type RawDatabase, rawDatabase } from './raw-database.ts'

const call = callIn('')
const [A, B] = ['http://a', 'http://b']

let database: RawDatabase
let store: Store

beforeEach(async () => {
  database = rawDatabase()
  const options = { ...LIMITS, uri: database.uri, clock: { now: () => NOW }, log: quietLog }
  store = openMongoStore({ ...options, notices: createTestSource() })
  await store.notices.queues(call)
})
afterEach(async () => {
  vi.restoreAllMocks()
  await store.close()
  await database.drop()
})

const positionOf = (i: number): string => String(i).padStart(18, '0')

/** Of groups whose names are in the opposite order to that of their positions. */
function notice(i: number, entity: string, state: string): Document & { readonly _id: string } {
  const [position, group] = [positionOf(i), `g${positionOf(9_999 - i)}`]
  const more = { subscription: 's', queue: A, latestOnly: false, content: '1', exact: false }
  return { ...more, _id: `${group}.${position}`, position, group, entity, state, since: i, settledAt: i }
}

/** What the driver is told of notices, which it does all the same. */
function bulksOf(): readonly (readonly string[])[] {
  const bulks: string[][] = []
  const bulkWrite = Collection.prototype.bulkWrite
  vi.spyOn(Collection.prototype, 'bulkWrite').mockImplementation(function (this: Collection, operations, options) {
    const ids = operations.map((each) => ('updateOne' in each ? String(each.updateOne.filter._id) : ''))
    if (this.collectionName === 'notice') bulks.push(ids)
    return bulkWrite.call(this, operations, options)
  })
  return bulks
}

it.each([1, 3, 700])('what is revived or moved comes in the order of positions, of %i entities', async (entities) => {
  const MANY = 700
  const all = Array.from({ length: MANY }, (_, i) => notice(i, `urn:x:${i % entities}`, 'delivered'))
  await database.notices.insertMany(all)
  const bulks = bulksOf()
  const inOrder = all.map(({ _id }) => _id)
  expect(await store.notices.revive(call, 's', A, { since: 0 }, NOW)).toBe(MANY)
  expect(bulks.flat()).toEqual(inOrder)
  expect(await store.notices.requeue(call, 's', B)).toBe(MANY)
  expect(bulks.flat()).toEqual([...inOrder, ...inOrder])
  expect(bulks.length).toBeLessThan(10)
})

it('whether anything is before some is asked at once, and nothing is read that is behind them', async () => {
  const behind = Array.from({ length: 300 }, (_, i) => notice(i, 'urn:x:0', 'owed'))
  const others = Array.from({ length: 20 }, (_, i) => notice(1_000 + i, `urn:x:${i + 1}`, 'owed'))
  await database.notices.insertMany([...behind, ...others])
  const asked: Filter<Document>[] = []
  const find = Collection.prototype.find
  vi.spyOn(Collection.prototype, 'find').mockImplementation(function (this: Collection, filter = {}, options = {}) {
    if (this.collectionName === 'notice') asked.push(filter)
    return find.call(this, filter, options)
  })
  const at = (entity: number, i: number) => ({
    subscription: 's',
    entity: `urn:x:${entity}`,
    position: positionOf(i),
  })
  const firsts = [at(0, 0), ...others.map((_, i) => at(i + 1, 1_000 + i))]
  expect(await store.notices.isAnyBefore(call, firsts)).toBe(false)
  expect(asked).toHaveLength(1)
  vi.restoreAllMocks()
  expect(await database.notices.countDocuments(asked[0] as never)).toBe(0)
  expect(await store.notices.isAnyBefore(call, [...firsts, at(0, 200)])).toBe(true)
  expect(await store.notices.isAnyBefore(call, [at(0, 200), ...firsts])).toBe(true)
})
