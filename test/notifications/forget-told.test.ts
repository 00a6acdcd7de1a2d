import { afterEach, beforeEach, expect, it } from 'vitest'
import { forgetTold } from '../../src/notifications/forget-told.ts'
import type { NoticeStore, Settlement } from '../../src/ports/notices.ts'
import type { Store } from '../../src/ports/store.ts'
import { openSqliteStore } from '../../src/stores/sqlite/open.ts'
import { callIn, entity, LIMITS, NOW, put, quietLog } from '../contract/contract-store.ts'
import { createTestSource, owes } from '../contract/notice-source.ts'

const TENANTS = ['', 'city', 'harbour']
const QUEUE = 'http://a'
let store: Store
beforeEach(async () => {
  const options = { ...LIMITS, directory: ':memory:', synchronous: 'normal', clock: Date, log: quietLog } as const
  store = await openSqliteStore({ ...options, notices: createTestSource() })
  for (const tenant of TENANTS) if (tenant !== '') await store.tenants.create(tenant)
})
afterEach(() => store.close())

/** Notices that ended so, then. */
async function settle(tenant: string, state: Settlement['state'], times: readonly number[]): Promise<void> {
  const call = callIn(tenant)
  const owing = owes({ subscription: 's', queue: QUEUE, content: 1 })
  await put(store, call, ...times.map((_, i) => entity(`urn:${state}:${i}`, owing)))
  const owed = await store.notices.owed(call, QUEUE, { notices: 10_000, bytes: 100_000_000 })
  await store.notices.settle(
    call,
    owed.map(({ id }, i) => ({ id, state, at: times[i] ?? 0 })),
  )
}

const kept = async (tenant: string, state: Settlement['state']): Promise<readonly number[]> =>
  (await store.notices.settled(callIn(tenant), 's', state, 10_000))
    .map(({ settlement }) => settlement.at - NOW)
    .sort((a, b) => a - b)

function forget(notices: Pick<NoticeStore, 'forget'> = store.notices, signal = new AbortController().signal) {
  const keep = { deliveredMs: 100, deadMs: 1_000 }
  return forgetTold({ notices, tenants: () => TENANTS, callOf: callIn, clock: { now: () => NOW }, keep }, () => signal)
}

it('is what was told for its time, and what was given up for its own, in all Tenants', async () => {
  for (const tenant of TENANTS) {
    await settle(tenant, 'delivered', [NOW - 1_500, NOW - 101, NOW - 100, NOW - 5])
    await settle(tenant, 'dead', [NOW - 1_500, NOW - 1_001, NOW - 1_000, NOW - 101])
  }
  await forget()
  for (const tenant of TENANTS) {
    expect(await kept(tenant, 'delivered')).toEqual([-100, -5])
    expect(await kept(tenant, 'dead')).toEqual([-1_000, -101])
  }
})

it('is not what is still owed, however old it is', async () => {
  await put(store, callIn(''), entity('urn:x:1', owes({ subscription: 's', queue: QUEUE, content: 1 })))
  await forget()
  expect((await store.notices.backlog(callIn(''), 's')).count).toBe(1)
})

it('goes in steps, and ends after the one in which it is aborted', async () => {
  const times = Array.from({ length: 1_200 }, () => NOW - 200)
  await settle('', 'delivered', times)
  await settle('city', 'delivered', times)
  const aborting = new AbortController()
  const steps: number[] = []
  const notices: Pick<NoticeStore, 'forget'> = {
    forget: async (...which) => {
      const removed = await store.notices.forget(...which)
      steps.push(removed)
      if (steps.length === 4) aborting.abort()
      return removed
    },
  }
  await forget(notices, aborting.signal)
  expect(steps).toEqual([500, 500, 200, 500])
  expect(await kept('', 'delivered')).toEqual([])
  expect(await kept('city', 'delivered')).toHaveLength(700)
})
