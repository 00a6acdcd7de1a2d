/**
 * Whether an endpoint's host is spared: after several failures in a row one notification at a time is tried, later and
 * later, until one arrives.
 */

import { delayAfter } from './retry.ts'

export interface Breaker {
  /** How many may be under way. */
  places(): number
  /** Milliseconds until something may be sent; 0 where it may be now. */
  waitMs(): number
  succeeded(): void
  /** `atLeastMs`: the endpoint's cooldown, or what the receiver asked for. */
  failed(atLeastMs: number): void
  readonly failures: number
}

/** Failures in a row after which an endpoint is spared. */
const SPARED_AFTER = 3
/** Requests under way to one host. */
const PLACES = 8

/** `now`: milliseconds that only grow. */
export function createBreaker(now: () => number, random: () => number): Breaker {
  let failures = 0
  let opensAt = Number.NEGATIVE_INFINITY
  return {
    places: () => (failures >= SPARED_AFTER ? 1 : PLACES),
    waitMs: () => Math.max(0, opensAt - now()),
    succeeded: () => {
      failures = 0
      opensAt = Number.NEGATIVE_INFINITY
    },
    failed: (atLeastMs) => {
      failures++
      const backOff = failures >= SPARED_AFTER ? delayAfter(failures - SPARED_AFTER + 1, random()) : 0
      opensAt = Math.max(opensAt, now() + Math.max(backOff, atLeastMs))
    },
    get failures() {
      return failures
    },
  }
}
