/** What the operations on subscriptions (5.8.1–5.8.5) leave in the store, for those who match and deliver. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { decodeSubscription } from '../src/core/subscription/decode-subscription.ts'
import type { StoredSubscription } from '../src/core/subscription/subscription.ts'
import { openNotifications } from '../src/notifications/open-notifications.ts'
import { createSubscribers } from '../src/notifications/subscribers.ts'
import { createSubscription } from '../src/operations/create-subscription.ts'
import { deleteSubscription } from '../src/operations/delete-subscription.ts'
import type { SubscriptionContext } from '../src/operations/operation-context.ts'
import { querySubscriptions } from '../src/operations/query-subscriptions.ts'
import { retrieveSubscription } from '../src/operations/retrieve-subscription.ts'
import { updateSubscription } from '../src/operations/update-subscription.ts'
import { createOutbound } from '../src/outbound/outbound.ts'
import type { Store } from '../src/ports/store.ts'
import {
  revisionIdOf,
  SUBSCRIPTION,
  SUBSCRIPTION_FIGURES,
  SUBSCRIPTION_REVISION,
  tenantOfRevision,
} from '../src/ports/subscription-documents.ts'
import { openSqliteStore } from '../src/stores/sqlite/open.ts'
import { callIn, entity, LIMITS, NOW, put } from './contract/contract-store.ts'
import { quietLog } from './support/log.ts'
import { subscriptionNaming } from './support/subscription-naming.ts'

const clock = { now: () => NOW }
const naming = subscriptionNaming()
const call = callIn('city')
const FIGURES = { timesSent: 3, timesFailed: 1, lastNotification: NOW }
let store: Store
let context: SubscriptionContext
let close: () => Promise<void>
beforeAll(async () => {
  const subscribers = createSubscribers()
  const outbound = createOutbound({ policy: { mode: 'public', networks: [] }, concurrency: 1, log: quietLog })
  const files = { directory: ':memory:', synchronous: 'normal' } as const
  store = await openSqliteStore({ ...files, clock, log: quietLog, notices: subscribers.source, ...LIMITS })
  const limits = { attributes: 1_000, linkedEntities: 100, subscriptions: 100, pageBytes: LIMITS.pageBytes }
  const retry = { firstMs: 1_000, mostMs: 1_000 }
  const delivery = { maxAgeMs: 1_000, maxBacklog: 1_000, retry }
  const kept = { keep: { deliveredMs: 0, deadMs: 0 }, streams: { keepMs: 0, heartbeatMs: 1_000, most: 0, mostLeft: 0 } }
  const settings = { timeouts: { defaultMs: 1_000, mostMs: 1_000 }, delivery, ...kept }
  // Nothing is told: it is never started.
  const notifications = await openNotifications({
    subscribers,
    store,
    outbound,
    clock,
    callOf: callIn,
    instance: 'x',
    settings,
  })
  context = { store, clock, limits, notifier: notifications.notifier }
  close = async () => {
    await notifications.close()
    await outbound.close()
    await store.close()
  }
})
afterAll(() => close())

let ids = 0
function decoded(id = `urn:s:${++ids}`) {
  const json = { type: 'Subscription', entities: [{ type: 'Room' }], datasetId: ['@none'] }
  return decodeSubscription({ ...json, notification: { endpoint: { uri: 'http://x.y/' } } }, id, naming, NOW)
}

async function subscribe(id?: string): Promise<string> {
  const subscription = decoded(id)
  await createSubscription(context, call, subscription, async () => 'https://example.org/c')
  return subscription.subscription.id
}

const revision = () => store.documents.get(callIn(''), SUBSCRIPTION_REVISION, revisionIdOf('city'))
/** How often the revision moved, as those are told who watch it, while something is done. */
async function seenDuring(act: () => Promise<unknown>): Promise<ReadonlySet<unknown>> {
  const before = await revision()
  await act()
  const after = await revision()
  return new Set([before, after].map((each) => JSON.stringify(each)))
}

describe('what is kept of subscriptions', () => {
  it('names a Tenant in its revision, the default one, too', () => {
    for (const tenant of ['', 'city', '-']) expect(tenantOfRevision(revisionIdOf(tenant))).toBe(tenant)
    expect(revisionIdOf('')).not.toBe('')
  })

  it('is all that is matched and told by, as it was decoded, and its @context', async () => {
    const subscription = decoded()
    await createSubscription(context, call, subscription, async () => 'https://example.org/c')
    const { id } = subscription.subscription
    const expected: StoredSubscription = {
      ...subscription,
      subscription: { ...subscription.subscription, jsonldContext: 'https://example.org/c' },
    }
    expect(await store.documents.get(call, SUBSCRIPTION, id)).toEqual(expected)
    expect((await retrieveSubscription(context, call, id)).stored).toEqual(expected)
  })

  it('moves the revision of its Tenant with each change, after it', async () => {
    const id = await subscribe()
    expect((await seenDuring(() => subscribe())).size).toBe(2)
    const update = () => updateSubscription(context, call, id, (stored) => ({ ...stored, modifiedAt: NOW + 1 }))
    expect((await seenDuring(update)).size).toBe(2)
    expect((await seenDuring(() => deleteSubscription(context, call, id))).size).toBe(2)
    const other = callIn('other')
    await createSubscription(context, other, decoded(), async () => 'https://example.org/c')
    const all = await store.documents.list(callIn(''), SUBSCRIPTION_REVISION)
    expect(all.map((each) => tenantOfRevision(each.id) ?? each.document)).toEqual([
      'city',
      'other',
      { changes: 12, last: [...Array.from({ length: 10 }, () => 'city'), 'other', 'other'] },
    ])
  })

  it('what is refused moves no revision', async () => {
    const id = await subscribe()
    const refused = async () => {
      await expect(subscribe(id)).rejects.toMatchObject({ kind: 'AlreadyExists' })
      await expect(deleteSubscription(context, call, 'urn:s:none')).rejects.toMatchObject({ kind: 'ResourceNotFound' })
      const update = updateSubscription(context, call, id, () => {
        throw new Error('refused')
      })
      await expect(update).rejects.toThrow('refused')
    }
    expect((await seenDuring(refused)).size).toBe(1)
  })

  it('is told before and after: who reads at any time reads again once the change is there', async () => {
    const id = await subscribe()
    const before = await revision()
    let during: unknown
    await context.notifier.changing(call, id, async () => {
      during = await revision()
    })
    expect(new Set([before, during, await revision()].map((each) => JSON.stringify(each))).size).toBe(3)
  })

  it('has its figures beside it, which go with it, as does what is owed', async () => {
    const id = await subscribe()
    const other = await subscribe()
    for (const each of [id, other]) await store.documents.put(call, SUBSCRIPTION_FIGURES, each, FIGURES)
    expect((await retrieveSubscription(context, call, id)).figures).toEqual(FIGURES)
    const page = await querySubscriptions(context, call, 100, 0)
    expect(page.subscriptions.filter(({ figures }) => figures.timesSent > 0).length).toBe(2)
    await put(store, call, entity('urn:x:1', { types: [naming.terms.expand('Room')] }))
    expect((await store.notices.backlog(call, id)).count).toBe(1)
    await deleteSubscription(context, call, id)
    expect((await store.notices.backlog(call, id)).count).toBe(0)
    expect((await store.notices.backlog(call, other)).count).toBe(1)
    expect(await store.documents.get(call, SUBSCRIPTION_FIGURES, id)).toBeUndefined()
    expect(await store.documents.get(call, SUBSCRIPTION_FIGURES, other)).toEqual(FIGURES)
    await subscribe(id)
    expect((await retrieveSubscription(context, call, id)).figures).toEqual({ timesSent: 0, timesFailed: 0 })
  })

  it('is deleted by nobody who is told that there is none', async () => {
    const id = await subscribe()
    await put(store, call, entity('urn:x:2', { types: [naming.terms.expand('Room')] }))
    await expect(deleteSubscription(context, call, 'urn:s:none')).rejects.toMatchObject({ kind: 'ResourceNotFound' })
    expect((await store.notices.backlog(call, id)).count).toBe(1)
  })
})
