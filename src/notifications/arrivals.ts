/**
 * Subscriptions whose endpoint went to another host a while ago. What they are owed comes to another queue, from which
 * who told of it goes on until it knows, and to which others owe until they do: so until all of it has come each notice is
 * told only when nothing earlier of its entity is owed in any queue. What an endpoint is told, it is told in order; of what
 * two hosts were told meanwhile, each by who knew of it, nobody can say which came first.
 */

import type { Call } from '../ports/call.ts'
import type { Notice, NoticeStore } from '../ports/notices.ts'
import type { Moves } from './moves.ts'

export interface Arrivals {
  /** Whether some may be still to come, so that what is in memory of what it is owed may not be what is told next. */
  isArriving(subscription: string): boolean
  /**
   * Milliseconds after which these, of one subscription, are to be read again, because something is owed before them; 0
   * where they may be told. Throws what the store throws.
   */
  waitMs(notices: readonly Notice[]): Promise<number>
}

export interface ArrivalsDeps {
  readonly call: Call
  readonly queue: string
  readonly notices: Pick<NoticeStore, 'isAnyBefore'>
  readonly moves: Pick<Moves, 'move'>
  /** Milliseconds since this instance learnt that a subscription goes elsewhere; Infinity where it has not. */
  readonly movedMs: (tenant: string, subscription: string) => number
  /** What has been told is settled when it resolves. */
  readonly settled: () => Promise<void>
  /** All of this subscription is in this queue: what is in memory of it is to be read again, from the begin. */
  readonly arrived: (subscription: string) => void
  /** Milliseconds that only grow. */
  readonly now: () => number
}

/**
 * Milliseconds. For so long who has the queue before may move what is left there itself: it learns of it within one second.
 * And for so long a change that began before may take until it is committed, and what was read before until it is told.
 */
const JOINING_MS = 2_000
const LATE_MS = 10_000
/** Until it is looked again. */
const AGAIN_MS = 20

export function createArrivals(deps: ArrivalsDeps): Arrivals {
  const { call, queue, notices, moves, movedMs, settled, arrived, now } = deps
  /** Since when all of a subscription is here. */
  const hereSince = new Map<string, number>()
  const gathering = new Set<string>()
  const agoOf = (subscription: string): number => movedMs(call.tenant, subscription)
  const isArriving = (subscription: string): boolean => {
    const ago = agoOf(subscription)
    if (ago === Number.POSITIVE_INFINITY) return false
    if (ago < LATE_MS) hereSince.delete(subscription)
    return now() - (hereSince.get(subscription) ?? now()) < LATE_MS
  }
  const gather = async (subscription: string): Promise<void> => {
    gathering.add(subscription)
    const isLate = agoOf(subscription) >= LATE_MS
    await moves.move(call.tenant, subscription, queue)
    gathering.delete(subscription)
    if (isLate && agoOf(subscription) >= LATE_MS && !hereSince.has(subscription)) {
      hereSince.set(subscription, now())
      arrived(subscription)
    }
  }
  return {
    isArriving,
    waitMs: async (taken) => {
      const { subscription = '' } = taken[0] ?? {}
      if (!isArriving(subscription)) return 0
      await settled()
      const isAnyBefore = await notices.isAnyBefore(call, taken)
      const ago = agoOf(subscription)
      const isToGather = ago >= LATE_MS ? !hereSince.has(subscription) : isAnyBefore && ago >= JOINING_MS
      if (isToGather && !gathering.has(subscription)) void gather(subscription)
      return isAnyBefore ? AGAIN_MS : 0
    },
  }
}
