/** What each subscription of a queue may be told now: whether its endpoint is spared, and whether it is throttled. */

import type { Instant } from '../core/model/entity.ts'
import { type Subscription, statusOf } from '../core/subscription/subscription.ts'
import type { Breaker } from './breaker.ts'

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
  /** It is gone. */
  forget(subscription: string): void
  /** Milliseconds for which it rests because its endpoint has failed. */
  sparedMs(pace: Pace): number
  /** Milliseconds until it may be told something; 0: now; Infinity: not before something else happens. */
  restMs(pace: Pace): number
  /**
   * Whether there is a place for one more Notification; `free`: places of the host that nobody has. Where there are other
   * endpoints an endpoint leaves at least as many as it has, so that one that says nothing cannot have them all.
   */
  hasPlace(pace: Pace, free: number): boolean
  /** How many endpoints the subscriptions have that are known. */
  endpoints(): number
  /** One more is under way; what it returns ends that. */
  begin(pace: Pace): () => void
}

interface PacesDeps {
  readonly createBreaker: () => Breaker
  readonly now: () => Instant
}

export function createPaces({ createBreaker, now }: PacesDeps): Paces {
  const paces = new Map<string, Pace>()
  const breakers = new Map<string, Breaker>()
  /** By endpoint, and by subscription where it is throttled. */
  const underWay = new Map<string, number>()
  const count = (key: string, by: number): void => {
    const next = (underWay.get(key) ?? 0) + by
    if (next === 0) underWay.delete(key)
    else underWay.set(key, next)
  }

  const breakerOf = (uri: string): Breaker => {
    const breaker = breakers.get(uri) ?? createBreaker()
    breakers.set(uri, breaker)
    return breaker
  }
  /** Where no subscription has it any more. */
  const forgetEndpoint = (uri: string): void => {
    const isUsed = [...paces.values()].some((pace) => pace.subscription.endpoint.uri === uri)
    if (!isUsed) breakers.delete(uri)
  }
  const throttledMs = ({ subscription: { throttling }, lastAt }: Pace): number =>
    throttling === undefined || lastAt === undefined ? 0 : Math.max(0, lastAt + throttling * 1_000 - now())
  /**
   * 5.2.15, cooldown: "minimum period of time … which shall elapse before attempting to make a subsequent notification to
   * the same endpoint after failure", whoever's notification failed. It is a member of the Endpoint of one Subscription, and
   * keeps no other one waiting.
   */
  const cooldownMs = ({ subscription: { endpoint }, breaker }: Pace): number =>
    Math.max(0, (endpoint.cooldown ?? 0) - breaker.sinceFailureMs())
  const sparedMs = (pace: Pace): number => Math.max(pace.breaker.waitMs(), cooldownMs(pace))
  return {
    sparedMs,
    learn: async (subscription, lastAt) => {
      const known = paces.get(subscription.id)
      const isThrottled = subscription.throttling !== undefined
      const last = known?.lastAt ?? (isThrottled ? await lastAt() : undefined)
      const lastError = known?.lastError
      const now = { subscription, breaker: breakerOf(subscription.endpoint.uri), lastAt: last, lastError }
      const before = known?.subscription.endpoint.uri
      const pace = known === undefined ? now : Object.assign(known, now)
      paces.set(subscription.id, pace)
      if (before !== undefined && before !== subscription.endpoint.uri) forgetEndpoint(before)
      return pace
    },
    of: (subscription) => paces.get(subscription),
    forget: (subscription) => {
      const uri = paces.get(subscription)?.subscription.endpoint.uri
      paces.delete(subscription)
      if (uri !== undefined) forgetEndpoint(uri)
    },
    restMs: (pace) => {
      if (statusOf(pace.subscription, now()) !== 'active') return Number.POSITIVE_INFINITY
      return Math.max(sparedMs(pace), throttledMs(pace))
    },
    endpoints: () => breakers.size,
    hasPlace: ({ subscription: { id, throttling, endpoint }, breaker }, free) => {
      if (throttling !== undefined && (underWay.get(id) ?? 0) > 0) return false
      const own = underWay.get(endpoint.uri) ?? 0
      return own < breaker.places() && (own < free || breakers.size === 1)
    },
    begin: ({ subscription: { id, endpoint } }) => {
      for (const key of [id, endpoint.uri]) count(key, 1)
      return () => {
        for (const key of [id, endpoint.uri]) count(key, -1)
      }
    },
  }
}
