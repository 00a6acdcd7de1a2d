/** Everything around one delivery: receivers, notices, figures in a real store, and a Build that shows what it was told. */

import type { Subscription } from '../../src/core/subscription/subscription.ts'
import type { Term } from '../../src/duties/term.ts'
import { type Delivery, startDelivery } from '../../src/notifications/delivery.ts'
import type { DeliverySettings } from '../../src/notifications/delivery-settings.ts'
import { createFigures } from '../../src/notifications/figures.ts'
import { createHttpSender } from '../../src/notifications/http-sender.ts'
import { createOutbound } from '../../src/outbound/outbound.ts'
import type { Build } from '../../src/ports/notification.ts'
import { openSqliteStore } from '../../src/stores/sqlite/open.ts'
import { callIn, LIMITS, quietLog } from '../contract/contract-store.ts'
import { createMemoryNotices } from './memory-notices.ts'

export const QUEUE = 'queue'
export const call = callIn('')

const build: Build = async (_, { subscription, id, told }) => {
  const content = told as unknown as readonly { readonly fails?: true; readonly nothing?: true }[]
  if (content.some(({ fails }) => fails)) throw new Error('no @context')
  if (content.some(({ nothing }) => nothing)) return undefined
  return {
    id,
    contentType: 'application/json',
    body: JSON.stringify({ id, subscription: subscription.id, told }),
    entities: told.length,
  }
}

export function subscriptionOf(uri: string, more: Partial<Subscription> = {}, endpoint: object = {}): Subscription {
  return {
    id: 's1',
    condition: { triggers: ['attributeUpdated'] },
    representation: { format: 'normalized', sysAttrs: false, showChanges: false, join: { kind: 'none', level: 0 } },
    endpoint: { uri, accept: 'application/json', receiverInfo: [], notifierInfo: [], ...endpoint },
    isActive: true,
    jsonldContext: 'https://example.org/context',
    ...more,
  }
}

const { signal } = new AbortController()
/** Of a queue that nobody else delivers. */
const endless: Term = { signal: () => signal }

export type Bench = Awaited<ReturnType<typeof openBench>>

export async function openBench(more: Partial<DeliverySettings> = {}) {
  const store = await openSqliteStore({
    ...LIMITS,
    directory: ':memory:',
    synchronous: 'normal',
    clock: Date,
    log: quietLog,
  })
  const outbound = createOutbound({ policy: { mode: 'private', networks: [] }, concurrency: 64, log: quietLog })
  const sender = createHttpSender({ outbound, timeouts: { defaultMs: 3_000, mostMs: 5_000 } })
  const figures = createFigures({ documents: store.documents, everyMs: 50 })
  const notices = createMemoryNotices()
  const subscriptions = new Map<string, Subscription>()
  const retry = { firstMs: 40, mostMs: 200 }
  const settings = { maxAgeMs: 60_000, maxBacklog: 1_000_000, retry, ...more }
  const deliveries: Delivery[] = []
  let n = 0
  const subscriptionBy = async (_: unknown, id: string) => subscriptions.get(id)
  const deps = { build, sender, figures, clock: Date, settings, subscriptionOf: subscriptionBy }
  return {
    deps,
    store,
    notices,
    figures,
    /** Makes it what it is from now on; undefined deletes it. */
    put: async (subscription: Subscription) => {
      subscriptions.set(subscription.id, subscription)
      await store.documents.put(call, 'subscription', subscription.id, { subscription })
    },
    remove: (id: string) => subscriptions.delete(id),
    owe: (
      entities: readonly string[],
      { subscription = 's1', group = `g${n}`, latestOnly = false, since = Date.now(), content = {} } = {},
    ) =>
      notices.owe(
        entities.map((entity) => ({
          subscription,
          queue: QUEUE,
          entity,
          content: { entity, n: ++n, ...content },
          latestOnly,
        })),
        group,
        since,
      ),
    start: (term: Term = endless, onEnd = () => {}) => {
      const delivery = startDelivery({ ...deps, call, queue: QUEUE, term, onEnd, notices })
      deliveries.push(delivery)
      return delivery
    },
    close: async () => {
      await Promise.all(deliveries.map((each) => each.close()))
      await figures.close()
      await outbound.close()
      await store.close()
    },
  }
}

/** Waits until it is so. */
export async function until(isSo: () => boolean | Promise<boolean>, ms = 5_000): Promise<void> {
  const end = performance.now() + ms
  while (!(await isSo())) {
    if (performance.now() > end) throw new Error(`not so within ${ms} ms: ${isSo}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
