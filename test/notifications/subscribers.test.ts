/** Who is subscribed, where the store does not answer, and where much changes. */

import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createAnnounce } from '../../src/notifications/announcing.ts'
import { createSubscribers, type OpenSubscribers, type Subscribers } from '../../src/notifications/subscribers.ts'
import { createTenantSubscriptions } from '../../src/notifications/tenant-subscriptions.ts'
import type { DocumentStore, Store } from '../../src/ports/store.ts'
import { SUBSCRIPTION } from '../../src/ports/subscription-documents.ts'
import { openSqliteStore } from '../../src/stores/sqlite/open.ts'
import { callIn, entity, LIMITS, NOW, put, quietLog } from '../contract/contract-store.ts'
import { subscriptionOf } from '../support/subscriptions.ts'
import { stored } from './instance.ts'

const call = callIn('')
const ROAD = 'https://example.org/Road'
const asked = (id: string, type = ROAD) =>
  stored(subscriptionOf({ id, condition: { entities: [{ types: [[type]] }], triggers: ['entityCreated'] } }))
const made = (type: string) => ({ after: entity('urn:x:1', { types: [type] }), now: NOW, cause: 'write' }) as const

describe('subscriptions of a Tenant', () => {
  it('owe by their last version only, whatever they were before', () => {
    const subscriptions = createTenantSubscriptions()
    for (let i = 0; i < 500; i++) subscriptions.put('urn:s:1', asked('urn:s:1', `urn:T:${i}`))
    subscriptions.put('urn:s:2', asked('urn:s:2', 'urn:T:7'))
    const whom = (i: number) => subscriptions.noticesOf(made(`urn:T:${i}`)).map(({ subscription }) => subscription)
    expect([whom(0), whom(7), whom(250), whom(498), whom(499)]).toEqual([[], ['urn:s:2'], [], [], ['urn:s:1']])
    subscriptions.put('urn:s:1', undefined)
    expect(whom(499)).toEqual([])
    expect(['urn:s:1', 'urn:s:2'].map((id) => subscriptions.get(id)?.id)).toEqual([undefined, 'urn:s:2'])
  })

  it('cost as much as there are, however often they have changed', () => {
    const subscriptions = createTenantSubscriptions()
    for (let i = 0; i < 30_000; i++) subscriptions.put('urn:s:1', { ...asked('urn:s:1'), modifiedAt: i })
    const begun = performance.now()
    for (let i = 0; i < 100; i++) expect(subscriptions.noticesOf(made(ROAD))).toHaveLength(1)
    // All versions that there have been are 3,000,000 candidates.
    expect(performance.now() - begun).toBeLessThan(100)
  })

  it('are replaced by those that there are', async () => {
    const subscriptions = createTenantSubscriptions()
    await subscriptions.replace(['urn:s:1', 'urn:s:2'].map((id) => asked(id)))
    await subscriptions.replace([asked('urn:s:2', 'urn:T:2'), asked('urn:s:3')])
    expect(subscriptions.get('urn:s:1')).toBeUndefined()
    expect(subscriptions.noticesOf(made(ROAD)).map(({ subscription }) => subscription)).toEqual(['urn:s:3'])
    expect(subscriptions.noticesOf(made('urn:T:2')).map(({ subscription }) => subscription)).toEqual(['urn:s:2'])
  })

  it('are told of nothing while they are paused, when they have expired, and of a timeInterval', () => {
    const subscriptions = createTenantSubscriptions()
    const as = (id: string, more: object) => ({ ...asked(id), subscription: { ...asked(id).subscription, ...more } })
    subscriptions.put('a', as('a', { isActive: false }))
    subscriptions.put('b', as('b', { expiresAt: NOW }))
    subscriptions.put('c', as('c', { timeInterval: 5 }))
    subscriptions.put('d', as('d', { expiresAt: NOW + 1, throttling: 5 }))
    expect(subscriptions.noticesOf(made(ROAD))).toMatchObject([{ subscription: 'd', latestOnly: true }])
  })
})

describe('a store that does not answer', () => {
  let store: Store
  let subscribers: Subscribers
  let opened: OpenSubscribers | undefined
  let fault: Error | undefined
  let failures = 0
  let changed: string[] = []
  beforeEach(async () => {
    subscribers = createSubscribers()
    ;[fault, failures, changed, opened] = [undefined, 0, [], undefined]
    const options = {
      ...LIMITS,
      directory: ':memory:',
      synchronous: 'normal',
      shared: true,
      clock: Date,
      log: quietLog,
    } as const
    store = await openSqliteStore({ ...options, notices: subscribers.source })
  })
  afterEach(async () => {
    await opened?.close()
    await store.close()
  })

  const asking =
    <A extends readonly unknown[], R>(ask: (...of: A) => Promise<R>) =>
    async (...of: A): Promise<R> => {
      if (fault === undefined) return await ask(...of)
      failures++
      throw fault
    }
  const open = () => {
    const { get, list, watch } = store.documents
    const documents: Pick<DocumentStore, 'get' | 'list' | 'watch'> = { get: asking(get), list: asking(list), watch }
    const tell = {
      changed: (tenant: string) => changed.push(tenant),
      owing: () => undefined,
      committed: () => undefined,
    }
    return subscribers.open({ documents, callOf: callIn, ...tell })
  }
  /** As another instance makes it. */
  const subscribe = async (id: string, tenant = ''): Promise<void> => {
    const announce = createAnnounce(store.documents, call)
    await announce(tenant, id)
    await store.documents.put(callIn(tenant), SUBSCRIPTION, id, asked(id))
    await announce(tenant, id)
  }
  const owedTo = async (id: string) => (await store.notices.backlog(call, id)).count

  it('keeps changes waiting until it is known who is subscribed', async () => {
    await subscribe('urn:s:1')
    const writing = put(store, call, entity('urn:x:1'))
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(await store.entities.count(call)).toBe(0)
    opened = await open()
    await writing
    expect(await owedTo('urn:s:1')).toBe(1)
  })

  it('makes the start fail, and it can be tried again', async () => {
    await subscribe('urn:s:1')
    fault = new Error('no answer')
    await expect(open()).rejects.toThrow('no answer')
    fault = undefined
    opened = await open()
    await put(store, call, entity('urn:x:1'))
    expect(await owedTo('urn:s:1')).toBe(1)
  })

  it('is asked again: what has changed meanwhile is known before the next change', async () => {
    opened = await open()
    fault = new Error('no answer')
    await subscribe('urn:s:1')
    await expect.poll(() => failures, { timeout: 2_000, interval: 5 }).toBeGreaterThan(0)
    await expect(put(store, call, entity('urn:x:1'))).rejects.toThrow('no answer')
    expect(await store.entities.count(call)).toBe(0)
    fault = undefined
    await put(store, call, entity('urn:x:1'))
    expect(await owedTo('urn:s:1')).toBe(1)
    expect(changed).toEqual([''])
  })

  it('of one Tenant keeps nobody from knowing those of the others', async () => {
    for (const tenant of ['a', 'b', 'c']) {
      await store.tenants.create(tenant)
      await subscribe('urn:s:1', tenant)
    }
    const { get, list, watch } = store.documents
    const documents: Pick<DocumentStore, 'get' | 'list' | 'watch'> = {
      ...{ get, watch },
      list: (of, kind) => (of.tenant === 'b' ? asking(list)(of, kind) : list(of, kind)),
    }
    fault = new Error('damaged')
    const tell = {
      changed: (tenant: string) => changed.push(tenant),
      owing: () => undefined,
      committed: () => undefined,
    }
    const opened = await subscribers.open({ documents, callOf: callIn, ...tell })
    expect(changed).toEqual(['a', 'c'])
    await Promise.all([subscribers.source.ready('a'), subscribers.source.ready('c')])
    // What is not known would be missed by changes there, and there alone.
    await expect(subscribers.source.ready('b')).rejects.toThrow('damaged')
    fault = undefined
    await subscribers.source.ready('b')
    expect(changed).toEqual(['a', 'c', 'b'])
    await opened.close()
  })
})
