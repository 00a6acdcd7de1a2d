/** What one instance of the broker has of subscriptions, on a store that others may have open, too. */

import type { StoredSubscription, Subscription } from '../../src/core/subscription/subscription.ts'
import { type Notifications, openNotifications } from '../../src/notifications/open-notifications.ts'
import { createSubscribers } from '../../src/notifications/subscribers.ts'
import { createOutbound } from '../../src/outbound/outbound.ts'
import type { Call } from '../../src/ports/call.ts'
import type { NoticeSource } from '../../src/ports/notices.ts'
import type { Store } from '../../src/ports/store.ts'
import { SUBSCRIPTION } from '../../src/ports/subscription-documents.ts'
import { callIn, entity, NOW, property, put, quietLog } from '../contract/contract-store.ts'
import { most } from '../contract/notice-source.ts'

export type OpenStoreWith = (notices: NoticeSource) => Promise<Store> | Store

export interface Instance {
  readonly store: Store
  readonly notifications: Notifications
  close(): Promise<void>
}

const retry = { firstMs: 30, mostMs: 60 }
export const SETTINGS = {
  timeouts: { defaultMs: 1_000, mostMs: 2_000 },
  delivery: { maxAgeMs: 60_000, maxBacklog: 1_000_000, retry },
  keep: { deliveredMs: 60_000, deadMs: 60_000 },
  streams: { keepMs: 60_000, heartbeatMs: 1_000, most: 10, mostLeft: 10 },
}

/** Nothing is told before it is started. */
export async function openInstance(open: OpenStoreWith, settings = SETTINGS, log = quietLog): Promise<Instance> {
  const subscribers = createSubscribers()
  const store = await open(subscribers.source)
  const outbound = createOutbound({ policy: { mode: 'private', networks: [] }, concurrency: 64, log })
  const callOf = (tenant: string) => ({ ...callIn(tenant), log })
  const around = { clock: { now: Date.now }, callOf, instance: 'x', settings }
  const closeStore = async (): Promise<void> => {
    await outbound.close()
    await store.close()
  }
  try {
    const notifications = await openNotifications({ subscribers, store, outbound, ...around })
    return { store, notifications, close: () => notifications.close().then(closeStore) }
  } catch (error) {
    await closeStore()
    throw error
  }
}

/** As an operation leaves it. */
export function stored(subscription: Subscription): StoredSubscription {
  return { sent: {}, subscription, createdAt: NOW, modifiedAt: NOW }
}

/** Makes it so; undefined deletes it. */
export async function subscribe(
  { store: { documents }, notifications: { notifier } }: Instance,
  call: Call,
  id: string,
  subscription: Subscription | undefined,
): Promise<void> {
  await notifier.changing(call, id, async () => {
    if (subscription === undefined) await documents.delete(call, SUBSCRIPTION, id)
    else await documents.put(call, SUBSCRIPTION, id, stored(subscription))
  })
}

let changes = 0

/** Makes an entity of a type that was not there. */
export async function change({ store }: Instance, call: Call, type = 'https://example.org/Road'): Promise<string> {
  const id = `urn:x:${++changes}`
  await put(store, call, entity(id, { types: [type], attributes: { 'https://example.org/n': [property(changes)] } }))
  return id
}

/** Which subscriptions are to be told of an entity. */
export async function toldOf({ store }: Instance, call: Call, id: string, queue: string): Promise<readonly string[]> {
  const owed = await store.notices.owed(call, queue, most(10_000))
  return owed.flatMap((notice) => (notice.entity === id ? [notice.subscription] : [])).sort()
}
