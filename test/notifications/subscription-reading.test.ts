/** Subscriptions are read when they have been changed, and once more. */

import { setImmediate } from 'node:timers/promises'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createAnnounce } from '../../src/notifications/announcing.ts'
import { createSubscriptionReading, type SubscriptionReading } from '../../src/notifications/subscription-reading.ts'
import { createTenantSubscriptions, type TenantSubscriptions } from '../../src/notifications/tenant-subscriptions.ts'
import type { DocumentStore, Store } from '../../src/ports/store.ts'
import { SUBSCRIPTION, SUBSCRIPTION_REVISION } from '../../src/ports/subscription-documents.ts'
import { openSqliteStore } from '../../src/stores/sqlite/open.ts'
import { callIn, LIMITS, quietLog } from '../contract/contract-store.ts'
import { subscriptionOf } from '../support/subscriptions.ts'
import { stored } from './instance.ts'

const call = callIn('')
let store: Store
let subscriptions: TenantSubscriptions
let reading: SubscriptionReading
const nothingAsked = () => ({ gets: 0, lists: 0, revisions: 0, allRevisions: 0 })
let changed: number
let asked: { gets: number; lists: number; revisions: number; allRevisions: number }
let fault: Error | undefined
beforeEach(async () => {
  const options = { ...LIMITS, directory: ':memory:', synchronous: 'normal', clock: Date, log: quietLog } as const
  store = await openSqliteStore(options)
  subscriptions = createTenantSubscriptions()
  ;[changed, asked, fault] = [0, nothingAsked(), undefined]
  const documents: Pick<DocumentStore, 'get' | 'list'> = {
    get: async (of, kind, id) => {
      if (kind === SUBSCRIPTION) asked.gets++
      else if (kind === SUBSCRIPTION_REVISION) asked.revisions++
      if (fault !== undefined) throw fault
      return await store.documents.get(of, kind, id)
    },
    list: async (of, kind) => {
      if (kind === SUBSCRIPTION) asked.lists++
      else if (kind === SUBSCRIPTION_REVISION) asked.allRevisions++
      return await store.documents.list(of, kind)
    },
  }
  const of = () => subscriptions
  const late = { lateMs: 150, gatherMs: 100 }
  reading = createSubscriptionReading({ documents, callOf: callIn, of, changed: () => changed++, ...late })
})
afterEach(async () => {
  reading.close()
  await store.close()
})

const announce = (id: string) => createAnnounce(store.documents, call)('', id)
const make = (id: string) => store.documents.put(call, SUBSCRIPTION, id, stored(subscriptionOf({ id })))
const known = (): number =>
  Array.from({ length: 6_000 }, (_, i) => subscriptions.get(`urn:s:${i}`)).filter((each) => each !== undefined).length
const soon = (isSo: () => boolean) => expect.poll(isSo, { timeout: 3_000, interval: 5 }).toBe(true)

it('finds what was changed by somebody who died before it could say so', async () => {
  await announce('urn:s:0')
  await reading.look()
  await announce('urn:s:1')
  await reading.look()
  await make('urn:s:1')
  await reading.look()
  expect([known(), changed]).toEqual([0, 2])
  await soon(() => known() === 1)
  expect(changed).toBeGreaterThan(2)
})

it('is tried until it succeeds', async () => {
  await announce('urn:s:0')
  await reading.look()
  await soon(() => asked.lists === 2)
  await announce('urn:s:1')
  await reading.look()
  await make('urn:s:1')
  fault = new Error('no answer')
  const before = asked.gets
  await soon(() => asked.gets > before + 1)
  expect(known()).toBe(0)
  fault = undefined
  await soon(() => known() === 1)
})

it('is done together for all that change in a while', async () => {
  await announce('urn:s:0')
  await reading.look()
  await soon(() => asked.lists === 2)
  for (let i = 1; i <= 10; i++) {
    await announce(`urn:s:${i % 3}`)
    await reading.look()
  }
  expect(asked.gets).toBe(10)
  await soon(() => asked.gets >= 13)
  await new Promise((resolve) => setTimeout(resolve, 400))
  // Where the machine is busy the ten may have taken longer than they are gathered for.
  expect(asked.gets).toBeLessThanOrEqual(16)
  expect(asked.lists).toBe(2)
})

it('lets others go on where there are many', async () => {
  const all = Array.from({ length: 5_000 }, (_, i) => stored(subscriptionOf({ id: `urn:s:${i}` })))
  let turns = 0
  let isOver = false
  const turning = (async () => {
    for (; !isOver; turns++) await setImmediate()
  })()
  await subscriptions.replace(all)
  isOver = true
  await turning
  expect(known()).toBe(5_000)
  expect(turns).toBeGreaterThan(20)
})

it('costs what has changed, however many Tenants there are', async () => {
  const announcing = createAnnounce(store.documents, call)
  await Promise.all(Array.from({ length: 300 }, (_, i) => announcing(i === 0 ? '' : `t${i}`, 'urn:s:0')))
  await reading.look()
  asked = nothingAsked()
  await reading.look()
  expect(asked).toEqual({ ...nothingAsked(), revisions: 1 })
  await announcing('', 'urn:s:1')
  await make('urn:s:1')
  await reading.look()
  expect(known()).toBe(1)
  expect(asked).toEqual({ ...nothingAsked(), gets: 1, revisions: 3 })
})
