/**
 * Whether a host or an endpoint is spared: after failures in a row one notification at a time is tried, later and later,
 * until one arrives.
 */

import { delayAfter, type RetryPolicy } from './retry.ts'

export interface Breaker {
  /** How many may be under way. */
  places(): number
  /** Milliseconds until something may be sent; 0 where it may be now. */
  waitMs(): number
  succeeded(): void
  /** `atLeastMs`: the endpoint's cooldown, or what the receiver asked for. */
  failed(atLeastMs: number): void
}

interface BreakerOptions {
  /** Milliseconds that only grow. */
  readonly now: () => number
  readonly random: () => number
  readonly retry: RetryPolicy
  /** Failures in a row from which on it is spared. */
  readonly sparedAfter: number
}

/** Requests under way to one host. */
const PLACES = 8

export function createBreaker({ now, random, retry, sparedAfter }: BreakerOptions): Breaker {
  let failures = 0
  let opensAt = Number.NEGATIVE_INFINITY
  return {
    places: () => (failures >= sparedAfter ? 1 : PLACES),
    waitMs: () => Math.max(0, opensAt - now()),
    succeeded: () => {
      failures = 0
      opensAt = Number.NEGATIVE_INFINITY
    },
    failed: (atLeastMs) => {
      // What was under way together fails together, and is one failure.
      const isAnother = now() >= opensAt
      if (isAnother) failures++
      const backOff = failures >= sparedAfter ? delayAfter(failures - sparedAfter + 1, random(), retry) : 0
      opensAt = Math.max(opensAt, now() + Math.max(isAnother ? backOff : 0, atLeastMs))
    },
  }
}
