/**
 * How much a host or an endpoint is given at once. It begins with one notification, for it may be dead, and what waits for
 * the dead shall not take the places of others; each that arrives doubles that. After failures in a row it is spared: one
 * at a time is tried, later and later, until one arrives.
 */

import { delayAfter, type RetryPolicy } from './retry.ts'

export interface Breaker {
  /** How many may be under way. */
  places(): number
  /** Whether it has failed since something arrived. */
  hasFailed(): boolean
  /** Whether it has failed so often that it is tried with one at a time only. */
  isSpared(): boolean
  /** Milliseconds until something may be sent; 0 where it may be now. */
  waitMs(): number
  /** Milliseconds since it failed last, whatever has arrived after that; Infinity where it never has. */
  sinceFailureMs(): number
  succeeded(): void
  /** `atLeastMs`: what the receiver asked for. */
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

/** Notifications under way to one host of which it is known that it takes them. */
const MOST = 16

export function createBreaker({ now, random, retry, sparedAfter }: BreakerOptions): Breaker {
  let failures = 0
  let opensAt = Number.NEGATIVE_INFINITY
  let failedAt = Number.NEGATIVE_INFINITY
  let places = 1
  const isSpared = (): boolean => failures >= sparedAfter
  return {
    places: () => places,
    hasFailed: () => failures > 0,
    isSpared,
    waitMs: () => Math.max(0, opensAt - now()),
    sinceFailureMs: () => now() - failedAt,
    succeeded: () => {
      places = Math.min(2 * places, MOST)
      failures = 0
      opensAt = Number.NEGATIVE_INFINITY
    },
    failed: (atLeastMs) => {
      failedAt = now()
      // What was under way together fails together, and is one failure.
      const isAnother = now() >= opensAt
      if (isAnother) failures++
      if (isSpared()) places = 1
      const backOff = isSpared() ? delayAfter(failures - sparedAfter + 1, random(), retry) : 0
      opensAt = Math.max(opensAt, now() + Math.max(isAnother ? backOff : 0, atLeastMs))
    },
  }
}
