/**
 * How much all endpoints of one host are given together, and whether nobody is there at all. Some of them may be silent
 * while others answer: they keep no others waiting, neither by the places that they have nor by what they fail of.
 */

import type { Breaker } from './breaker.ts'

export interface Host {
  /** How many may be under way. */
  places(): number
  /** Whether it is given few, so that none of them should go to who has just failed. */
  isLittleKnown(): boolean
  /** Milliseconds until something may be sent; 0 where it may be now. */
  waitMs(): number
  /** An endpoint has answered, whatever it said. */
  answered(): void
  /** An endpoint has not answered what was begun then. */
  failed(uri: string, begunAt: number): void
}

interface HostDeps {
  readonly breaker: Breaker
  /** Milliseconds that only grow. */
  readonly now: () => number
  /** How many of its endpoints are known. */
  readonly endpoints: () => number
}

/** Places of a host with several endpoints of which little is known: one that is silent has one at most. */
const FEW = 2

export function createHost({ breaker, now, endpoints }: HostDeps): Host {
  /** Endpoints that have failed since one has answered. */
  const silent = new Set<string>()
  let answeredAt = Number.NEGATIVE_INFINITY
  const places = (): number => Math.max(breaker.places(), endpoints() > 1 ? FEW : 1)
  return {
    places,
    isLittleKnown: () => places() <= FEW,
    waitMs: breaker.waitMs,
    answered: () => {
      answeredAt = now()
      silent.clear()
      breaker.succeeded()
    },
    failed: (uri, begunAt) => {
      // Somebody was there meanwhile.
      if (answeredAt >= begunAt) return
      const isAnother = !silent.has(uri)
      silent.add(uri)
      // However often one of them fails: of the others it says nothing.
      if (isAnother || silent.size >= endpoints() || breaker.isSpared()) breaker.failed(0)
    },
  }
}
