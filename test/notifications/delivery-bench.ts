/** Everything around one delivery: a real store whose changes owe what a test says, and a Build that shows what it was told. */

import type { Subscription } from '../../src/core/subscription/subscription.ts'
import type { Term } from '../../src/duties/term.ts'
import { type Delivery, startDelivery } from '../../src/notifications/delivery.ts'
import type { DeliverySettings } from '../../src/notifications/delivery-settings.ts'
import { createFigures } from '../../src/notifications/figures.ts'
import { createHosts } from '../../src/notifications/hosts.ts'
import { createHttpSender } from '../../src/notifications/http-sender.ts'
import { createMoves } from '../../src/notifications/moves.ts'
import { queueOf } from '../../src/notifications/queue-name.ts'
import { createOutbound } from '../../src/outbound/outbound.ts'
import { createPlaces } from '../../src/outbound/places.ts'
import type { NoticeSource, NoticeStore, Settlement } from '../../src/ports/notices.ts'
import type { Build } from '../../src/ports/notification.ts'
import { openSqliteStore } from '../../src/stores/sqlite/open.ts'
import { callIn, entity, LIMITS, put, quietLog } from '../contract/contract-store.ts'
import { createTestSource, owes } from '../contract/notice-source.ts'

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

interface Owed {
  readonly subscription?: string
  readonly latestOnly?: boolean
  readonly folds?: boolean
  /** What it has beside its usual members; where it is a list, it is all. */
  readonly content?: object
}

export type Bench = Awaited<ReturnType<typeof openBench>>

const alone = { movedMs: () => Number.POSITIVE_INFINITY }

export async function openBench(more: Partial<DeliverySettings> = {}, mostBytes = 33_554_432, moved = alone) {
  const listeners = new Set<NoticeSource['committed']>()
  const committed: NoticeSource['committed'] = (...where) => {
    for (const listener of listeners) listener(...where)
  }
  const store = await openSqliteStore({
    ...{ ...LIMITS, directory: ':memory:', synchronous: 'normal', clock: Date, log: quietLog },
    notices: { ...createTestSource(), committed },
  })
  const outbound = createOutbound({ policy: { mode: 'private', networks: [] }, concurrency: 64, log: quietLog })
  const sender = createHttpSender({ outbound, timeouts: { defaultMs: 3_000, mostMs: 5_000 } })
  const figures = createFigures({ documents: store.documents, everyMs: 50 })
  const told = createNoticesThatFail(store.notices)
  const moves = createMoves({ notices: told.notices, callOf: () => call, againMs: 20 })
  const subscriptions = new Map<string, Subscription>()
  const owedTo = new Set<string>()
  const retry = { firstMs: 24, mostMs: 60 }
  const settings = { maxAgeMs: 60_000, maxBacklog: 1_000_000, retry, ...more }
  const deliveries: Delivery[] = []
  let n = 0
  const subscriptionBy = async (_: unknown, id: string) => subscriptions.get(id)
  const deps = {
    ...moved,
    build,
    sender,
    figures,
    clock: Date,
    settings,
    hosts: createHosts({ retry }),
    subscriptionOf: subscriptionBy,
    notices: told.notices,
    moves,
  }
  /** Of a subscription, or, where it is not there, of another one. */
  const queue = (id = 's1'): string => {
    const { endpoint } = subscriptions.get(id) ?? [...subscriptions.values()][0] ?? subscriptionOf('http://nobody')
    return queueOf(endpoint.uri)
  }
  return {
    ...{
      deps,
      store,
      figures,
      queue,
      settlements: told.settlements,
      setFault: told.setFault,
      setMoveMs: told.setMoveMs,
      pages: told.pages,
    },
    /** Makes it what it is from now on. */
    put: async (subscription: Subscription) => {
      subscriptions.set(subscription.id, subscription)
      await store.documents.put(call, 'subscription', subscription.id, { subscription })
    },
    /** Changes these entities in one request, so that this is owed. */
    owe: async (
      entities: readonly string[],
      { subscription = 's1', latestOnly = false, folds = false, content = {} }: Owed = {},
    ): Promise<void> => {
      owedTo.add(subscription)
      const owing = (id: string) => {
        const notice = { subscription, queue: queue(subscription), latestOnly, ...(folds && { folds }) }
        return entity(
          id,
          owes({ ...notice, content: Array.isArray(content) ? content : { entity: id, n: ++n, ...content } }),
        )
      }
      await put(store, call, ...entities.map(owing))
    },
    /** How many are owed. */
    owed: async (): Promise<number> => {
      const counts = await Promise.all([...owedTo].map((id) => store.notices.backlog(call, id)))
      return counts.reduce((sum, { count }) => sum + count, 0)
    },
    /** What has ended so, the latest first. */
    ended: async (state: Settlement['state']) =>
      (await Promise.all([...owedTo].map((id) => store.notices.settled(call, id, state, 10_000)))).flat(),
    /** Of what this store commits from now on. */
    onCommitted: (listener: NoticeSource['committed']) => void listeners.add(listener),
    start: (term: Term = endless, onEnd = () => {}, notices = deps.notices, figuresOf = figures) => {
      const more = { notices, figures: figuresOf, mostBytes: () => mostBytes, beginning: createPlaces(1) }
      const delivery = startDelivery({ ...deps, ...more, call, queue: queue(), term, onEnd })
      deliveries.push(delivery)
      return delivery
    },
    close: async () => {
      await Promise.all(deliveries.map((each) => each.close()))
      await moves.close()
      await figures.close()
      await outbound.close()
      await store.close()
    },
  }
}

/** The store's, which does not answer while a fault is set; with all that it was asked to settle, and how often what is owed. */
function createNoticesThatFail(notices: NoticeStore) {
  let fault: Error | undefined
  let moveMs = 0
  const settlements: Settlement[] = []
  let pages = 0
  const unlessFailing =
    <A extends readonly unknown[], R>(ask: (...asked: A) => Promise<R>) =>
    async (...asked: A): Promise<R> => {
      if (fault !== undefined) throw fault
      return await ask(...asked)
    }
  const failing: NoticeStore = {
    ...notices,
    queues: unlessFailing(notices.queues),
    owed: unlessFailing((...asked) => {
      pages++
      return notices.owed(...asked)
    }),
    backlog: unlessFailing(notices.backlog),
    requeue: unlessFailing(async (...asked) => {
      await pause(moveMs)
      return await notices.requeue(...asked)
    }),
    settle: unlessFailing(async (of, ended, isUnhurried) => {
      await notices.settle(of, ended, isUnhurried)
      settlements.push(...ended)
    }),
  }
  const setFault = (next: Error | undefined): void => {
    fault = next
  }
  /** Milliseconds that each move takes, before it moves anything. */
  const setMoveMs = (ms: number): void => {
    moveMs = ms
  }
  return { notices: failing, settlements, setFault, setMoveMs, pages: () => pages }
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
