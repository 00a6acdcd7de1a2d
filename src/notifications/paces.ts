/** What each subscription of a queue may be told now: whether its endpoint is spared, and whether it is throttled. */

import type { Instant } from '../core/model/entity.ts'
import { type Subscription, statusOf } from '../core/subscription/subscription.ts'
import type { Breaker } from './breaker.ts'
import { createCounter } from './counter.ts'
import type { UsedHost } from './hosts.ts'

export interface Pace {
  /** As it was last seen. */
  subscription: Subscription
  /** Of its endpoint, which others may have, too. */
  breaker: Breaker
  /** When the last Notification was sent, as far as throttling asks. */
  lastAt: Instant | undefined
  /** For people: why the last that failed did. */
  lastError: string | undefined
}

export interface Paces {
  /** `lastAt`: asked for once, where it is throttled. */
  learn(subscription: Subscription, lastAt: () => Promise<Instant | undefined>): Promise<Pace>
  of(subscription: string): Pace | undefined
  all(): Iterable<Pace>
  /** It is gone. */
  forget(subscription: string): void
  /** Milliseconds for which it rests because its endpoint has failed. */
  sparedMs(pace: Pace): number
  /** Milliseconds until it may be told something; 0: now; Infinity: not before something else happens. */
  restMs(pace: Pace): number
  /** Whether there is a place for one more Notification. */
  hasPlace(pace: Pace): boolean
  /** One more is under way; what it returns ends that. */
  begin(pace: Pace): () => void
}

interface PacesDeps {
  readonly host: Pick<UsedHost, 'endpoint' | 'keep' | 'sparedMs' | 'isFreeAt' | 'begin'>
  readonly now: () => Instant
}

export function createPaces({ host, now }: PacesDeps): Paces {
  const paces = new Map<string, Pace>()
  /** By subscription. */
  const underWay = createCounter()

  /** Of endpoints that no subscription has any more nothing is known. */
  const forgetOthers = (): void => host.keep(new Set([...paces.values()].map((pace) => pace.subscription.endpoint.uri)))
  const throttledMs = ({ subscription: { throttling }, lastAt }: Pace): number =>
    throttling === undefined || lastAt === undefined ? 0 : Math.max(0, lastAt + throttling * 1_000 - now())
  const sparedMs = ({ subscription }: Pace): number => host.sparedMs(subscription.endpoint)
  return {
    sparedMs,
    learn: async (subscription, lastAt) => {
      const known = paces.get(subscription.id)
      const isThrottled = subscription.throttling !== undefined
      const last = known?.lastAt ?? (isThrottled ? await lastAt() : undefined)
      const lastError = known?.lastError
      const now = { subscription, breaker: host.endpoint(subscription.endpoint.uri), lastAt: last, lastError }
      const before = known?.subscription.endpoint.uri
      const pace = known === undefined ? now : Object.assign(known, now)
      paces.set(subscription.id, pace)
      if (before !== undefined && before !== subscription.endpoint.uri) forgetOthers()
      return pace
    },
    of: (subscription) => paces.get(subscription),
    all: () => paces.values(),
    forget: (subscription) => {
      if (paces.delete(subscription)) forgetOthers()
    },
    restMs: (pace) => {
      if (statusOf(pace.subscription, now()) !== 'active') return Number.POSITIVE_INFINITY
      return Math.max(sparedMs(pace), throttledMs(pace))
    },
    hasPlace: ({ subscription: { id, throttling, endpoint } }) =>
      (throttling === undefined || underWay.of(id) === 0) && host.isFreeAt(endpoint.uri),
    begin: ({ subscription: { id, endpoint } }) => {
      const end = host.begin(endpoint.uri)
      underWay.add(id, 1)
      return () => {
        underWay.add(id, -1)
        end()
      }
    },
  }
}
