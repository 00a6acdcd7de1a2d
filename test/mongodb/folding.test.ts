/** What is folded into a notice on MongoDB while others do the same, or tell what is folded. */

import { afterEach, beforeEach, expect, it } from 'vitest'
import { takePlaces } from '../../src/stores/mongo/taking-place.ts'
import { NOW } from '../contract/contract-store.ts'
import { createTestSource } from '../contract/notice-source.ts'
import { type RawDatabase, rawDatabase } from './raw-database.ts'

const { folded } = createTestSource()
const clock = { now: () => NOW }
const of = { subscription: 's', entity: 'urn:x:1', latestOnly: true, folds: true } as const
const stored = { ...of, queue: 'http://a', group: 'g', since: NOW, exact: false }
const earlier = { ...stored, _id: 'g.1', position: '1', state: 'owed', content: '["a"]' }
const later = { ...stored, _id: 'g.2', position: '2', state: 'apart', content: '["b"]' }

let database: RawDatabase
beforeEach(() => {
  database = rawDatabase()
})
afterEach(() => database.drop())

it.each([2, 3])('is as if only one had done it, also where it has been told before step %i', async (step) => {
  const { notices } = database
  await notices.insertMany([earlier, later])
  const placed = { ...of, _id: 'g.2', position: '2' }
  const ask = <T>(operation: () => Promise<T>): Promise<T> => operation()
  let steps = 0
  const slowly = async <T>(operation: () => Promise<T>): Promise<T> => {
    if (++steps === step) {
      await takePlaces({ ask, clock, notices: notices as never, folded }, [placed])
      expect(await notices.findOne({ _id: 'g.2' })).toMatchObject({ state: 'owed', content: '["a","b"]' })
      // It was told meanwhile, and is what has changed since then.
      await notices.updateOne({ _id: 'g.2' }, { $set: { content: '["b"]' }, $inc: { rewrites: 1 } })
    }
    return await operation()
  }
  await takePlaces({ ask: slowly, clock, notices: notices as never, folded }, [placed])
  expect(await notices.findOne({ _id: 'g.2' })).toMatchObject({ state: 'owed', content: '["b"]' })
  expect(await notices.findOne({ _id: 'g.1' })).toMatchObject({ state: 'gone' })
})
