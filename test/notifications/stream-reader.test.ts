import { expect, it } from 'vitest'
import { createStreamReader } from '../../src/notifications/stream-reader.ts'
import { openSqliteStore } from '../../src/stores/sqlite/open.ts'
import { callIn, entity, LIMITS, NOW, put } from '../contract/contract-store.ts'
import { createTestSource, most, owes } from '../contract/notice-source.ts'
import { quietLog } from '../support/log.ts'

const clock = { now: () => NOW }
const call = callIn('')

it('two connections that gather do not take from each other for ever: who has lost the stream reads nothing more', async () => {
  const files = { directory: ':memory:', synchronous: 'normal' } as const
  const store = await openSqliteStore({ ...files, clock, log: quietLog, notices: createTestSource(), ...LIMITS })
  const { notices } = store
  await put(store, call, entity('urn:x:1', owes({ subscription: 'stream/1', queue: 'stream://1.0' })))
  const readerOf = (queue: string, isOurs: () => Promise<boolean>) => {
    const before = [{ queue: 'stream://1.0', at: NOW }]
    return createStreamReader({ call, notices, clock, id: 'stream/1', queue, before, isOurs, now: () => NOW })
  }
  let asked = 0
  // It is another's when it has taken what was owed elsewhere.
  const lost = readerOf('stream://1.1', async () => ++asked === 1)
  expect(await lost.read(most(10))).toEqual([])
  expect(asked).toBe(2)
  const other = readerOf('stream://1.2', async () => true)
  expect(await other.read(most(10))).toMatchObject([{ entity: 'urn:x:1', queue: 'stream://1.2' }])
  await store.close()
})
