/**
 * Notices of which an attempt has failed. Where that may be their own fault (a receiver did not want them, as it said, or
 * they could not be built) they are tried again later and later, and keep no others from being told meanwhile; where it is
 * their endpoint's they rest with that (breaker.ts), and it is only known that they have failed.
 */

import type { Notice } from '../ports/notices.ts'
import { type RetryPolicy, restAfter } from './retry.ts'

export interface Rests {
  /** `isOwnFault`: it may be theirs, and not their endpoint's. */
  failed(notices: readonly Failing[], reason: string, isOwnFault: boolean): void
  /** Milliseconds; 0 where it may be told. */
  restMs(id: string): number
  /** Milliseconds until the first of a subscription may be told; undefined where none has failed. */
  firstMs(subscription: string): number | undefined
  /** Whether it has never failed: such ones are tried first where an endpoint fails, for it may be the others' fault. */
  isFresh(id: string): boolean
  lastError(id: string): string | undefined
  forget(ids: readonly string[]): void
}

type Failing = Pick<Notice, 'id' | 'subscription'>

interface Rest {
  readonly failures: number
  readonly until: number
  readonly reason: string
}

/** What rests of one subscription. */
interface OfSubscription {
  readonly ids: Set<string>
  /** The one that may be told first; undefined where that is to be found. */
  first: string | undefined
}

/** Of how many is known what they failed of. */
const MOST = 10_000

export function createRests(now: () => number, random: () => number, retry: RetryPolicy): Rests {
  const rests = new Map<string, Rest & Failing>()
  const subscriptions = new Map<string, OfSubscription>()
  const untilOf = (id: string | undefined): number => rests.get(id ?? '')?.until ?? Number.POSITIVE_INFINITY

  const forget = (id: string): void => {
    const { subscription = '' } = rests.get(id) ?? {}
    rests.delete(id)
    const of = subscriptions.get(subscription)
    if (of === undefined) return
    of.ids.delete(id)
    if (of.first === id) of.first = undefined
    if (of.ids.size === 0) subscriptions.delete(subscription)
  }
  const keep = (rest: Rest & Failing): void => {
    forget(rest.id)
    rests.set(rest.id, rest)
    const of = subscriptions.get(rest.subscription) ?? { ids: new Set(), first: rest.id }
    subscriptions.set(rest.subscription, of)
    of.ids.add(rest.id)
    if (of.first !== undefined && rest.until < untilOf(of.first)) of.first = rest.id
  }
  const firstOf = ({ ids }: OfSubscription): string | undefined => {
    let first: string | undefined
    for (const id of ids) if (first === undefined || untilOf(id) < untilOf(first)) first = id
    return first
  }
  return {
    failed: (notices, reason, isOwnFault) => {
      for (const { id, subscription } of notices) {
        const failures = (rests.get(id)?.failures ?? 0) + 1
        const ms = restAfter(failures, isOwnFault, random(), retry)
        keep({ id, subscription, failures, until: now() + ms, reason })
      }
      for (const id of rests.keys()) {
        if (rests.size <= MOST) break
        forget(id)
      }
    },
    restMs: (id) => Math.max(0, (rests.get(id)?.until ?? 0) - now()),
    firstMs: (subscription) => {
      const of = subscriptions.get(subscription)
      if (of === undefined) return undefined
      of.first ??= firstOf(of)
      return Math.max(0, untilOf(of.first) - now())
    },
    isFresh: (id) => !rests.has(id),
    lastError: (id) => rests.get(id)?.reason,
    forget: (ids) => {
      for (const id of ids) forget(id)
    },
  }
}
