/** Whether nothing more of a queue can be told now than what has been read of it, because its endpoints are spared. */

import { createCounter } from './counter.ts'
import type { Paces } from './paces.ts'
import type { Rests } from './rests.ts'
import type { Window } from './window.ts'

export interface Spared {
  /** Of all subscriptions of which something has been read. */
  isAll(): boolean
  /** Milliseconds until one of those that rest may be told something; Infinity where there are none. */
  untilMs(): number
}

interface SparedDeps {
  readonly paces: Pick<Paces, 'all' | 'restMs'>
  readonly rests: Pick<Rests, 'isFresh'>
  readonly window: Pick<Window, 'waiting'>
}

/** Notices of a subscription whose endpoint fails that wait in memory: of those that have failed before, and of those that have not. */
export const FEW_OF_SPARED = 8

export function createSpared({ paces, rests, window }: SparedDeps): Spared {
  return {
    isAll: () => {
      const fresh = createCounter()
      for (const { id, subscription } of window.waiting()) if (rests.isFresh(id)) fresh.add(subscription, 1)
      for (const pace of paces.all()) {
        const isEnough = pace.breaker.isSpared() && fresh.of(pace.subscription.id) >= FEW_OF_SPARED
        if (!isEnough && paces.restMs(pace) === 0) return false
      }
      return true
    },
    untilMs: () => {
      let ms = Number.POSITIVE_INFINITY
      for (const pace of paces.all()) {
        const restMs = paces.restMs(pace)
        if (restMs > 0) ms = Math.min(ms, restMs)
      }
      return ms
    },
  }
}
