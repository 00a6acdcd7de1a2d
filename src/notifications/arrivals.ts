/**
 * Subscriptions whose endpoint went to another host a moment ago. What they are owed has come to another queue, but others
 * may still tell of it, or owe to where it was, until they know: nothing of an entity may be told here before that is over.
 */

import type { Call } from '../ports/call.ts'
import type { NoticeStore } from '../ports/notices.ts'

export interface Arrivals {
  /** Whether it has gone elsewhere lately, so that what is in memory of what it is owed may be no more. */
  hasMoved(subscription: string): boolean
  /**
   * To be asked once a page is read: of these subscriptions, those of which nothing of it may be told yet, with the
   * milliseconds after which it is to be read again. Throws what the store throws.
   */
  notYet(subscriptions: Iterable<string>): Promise<ReadonlyMap<string, number>>
}

export interface ArrivalsDeps {
  readonly call: Call
  readonly queue: string
  readonly notices: Pick<NoticeStore, 'requeue'>
  /** Milliseconds since this instance learnt that a subscription goes elsewhere; Infinity where it has not. */
  readonly movedMs: (tenant: string, subscription: string) => number
  /** Whether there are no other instances, which would have to learn of it. */
  readonly isAlone: () => boolean
}

/**
 * Milliseconds. For so long other instances may owe to the queue before, or tell of it: they learn of it within one
 * second. And for so long a change that began before may take until it is committed.
 */
const JOINING_MS = 2_000
const LATE_MS = 10_000
/** Where something was owed elsewhere after the page had been read: that may come before what is in it. */
const AGAIN_MS = 20

export function createArrivals({ call, queue, notices, movedMs, isAlone }: ArrivalsDeps): Arrivals {
  const agoOf = (subscription: string): number => movedMs(call.tenant, subscription)
  const waitOf = async (subscription: string): Promise<number> => {
    const ago = agoOf(subscription)
    if (ago >= LATE_MS) return 0
    if (ago < JOINING_MS && !isAlone()) return JOINING_MS - ago
    return (await notices.requeue(call, subscription, queue)) > 0 ? AGAIN_MS : 0
  }
  return {
    hasMoved: (subscription) => agoOf(subscription) < LATE_MS,
    notYet: async (subscriptions) => {
      const waits = new Map<string, number>()
      for (const id of subscriptions) {
        const ms = await waitOf(id)
        if (ms > 0) waits.set(id, ms)
      }
      return waits
    },
  }
}
