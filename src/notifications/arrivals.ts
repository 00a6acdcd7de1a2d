/**
 * Subscriptions whose endpoint went to another host a moment ago. What they are owed comes to another queue, from which
 * who told of it goes on until it knows, and to which others owe until they do: so for a while each notice is told only
 * when nothing earlier of its entity is owed in any queue. What an endpoint is told, it is told in order; of what two
 * hosts were told meanwhile, each by who knew of it, nobody can say which came first.
 */

import type { Call } from '../ports/call.ts'
import type { Notice, NoticeStore } from '../ports/notices.ts'

export interface Arrivals {
  /** Whether it has gone elsewhere lately, so that what is in memory of what it is owed may be no more. */
  hasMoved(subscription: string): boolean
  /**
   * Milliseconds after which these, of one subscription, are to be read again, because something is owed before them; 0
   * where they may be told. Throws what the store throws.
   */
  waitMs(notices: readonly Notice[]): Promise<number>
}

export interface ArrivalsDeps {
  readonly call: Call
  readonly queue: string
  readonly notices: Pick<NoticeStore, 'isAnyBefore' | 'requeue'>
  /** Milliseconds since this instance learnt that a subscription goes elsewhere; Infinity where it has not. */
  readonly movedMs: (tenant: string, subscription: string) => number
  /** What has been told is settled when it resolves. */
  readonly settled: () => Promise<void>
}

/**
 * Milliseconds. For so long who has the queue before may move what is left there itself: it learns of it within one second.
 * And for so long a change that began before may take until it is committed.
 */
const JOINING_MS = 2_000
const LATE_MS = 10_000
/** Until it is looked again. */
const AGAIN_MS = 20

export function createArrivals({ call, queue, notices, movedMs, settled }: ArrivalsDeps): Arrivals {
  const agoOf = (subscription: string): number => movedMs(call.tenant, subscription)
  return {
    hasMoved: (subscription) => agoOf(subscription) < LATE_MS,
    waitMs: async (taken) => {
      const { subscription = '' } = taken[0] ?? {}
      const ago = agoOf(subscription)
      if (ago >= LATE_MS) return 0
      await settled()
      if (!(await notices.isAnyBefore(call, taken))) return 0
      if (ago >= JOINING_MS) await notices.requeue(call, subscription, queue)
      return AGAIN_MS
    },
  }
}
