/** Tells what waits in the window, as much at once as there may be. */

import { statusOf } from '../core/subscription/subscription.ts'
import type { Notice } from '../ports/notices.ts'
import { type Attempt, type AttemptDeps, attempt } from './attempt.ts'
import { createConclusions } from './conclusions.ts'
import type { DeliveryParts } from './delivery-parts.ts'
import type { SubscriptionOf } from './pace-of.ts'
import type { Pace } from './paces.ts'
import { queueOf } from './queue-name.ts'

export interface Telling {
  /** Begins all that may be begun. */
  fill(): void
  isAnyUnderWay(): boolean
  /** Resolves when what is under way has ended. */
  ended(): Promise<void>
}

export interface TellingDeps extends AttemptDeps {
  readonly queue: string
  readonly subscriptionOf: SubscriptionOf
  /** Gives up what is under way. */
  readonly signal: AbortSignal
  /** Whether nothing may be begun any more. */
  readonly isOver: () => boolean
}

/** Milliseconds until a store that did not answer is asked again: that it does not is said by who reads. */
const AGAIN_MS = 250

export function createTelling(deps: TellingDeps, parts: DeliveryParts): Telling {
  const { call, queue, subscriptionOf, figures, clock, signal, isOver } = deps
  const { window, arrivals, paces, rests, host, bell, reader } = parts
  const { conclude, leave, putBack } = createConclusions(deps, parts, signal)
  const underWay = new Set<Promise<void>>()

  const mayBegin = ({ subscription }: Notice): boolean => {
    const pace = paces.of(subscription)
    if (pace === undefined || paces.restMs(pace) > 0) return false
    // Of what is told at intervals all is told together: what is left changes again, and would come last each time.
    const isWhole = pace.subscription.throttling === undefined || !reader.isReadingOn()
    return isWhole && paces.hasPlace(pace)
  }
  /** Of whom nothing speaks against it. */
  const mayBeginSurely = (notice: Notice): boolean =>
    mayBegin(notice) && paces.of(notice.subscription)?.breaker.hasFailed() === false
  /** Where an endpoint fails, what has not failed itself. */
  const mayBeginFirst = (notice: Notice): boolean => {
    const isSpared = paces.of(notice.subscription)?.breaker.isSpared() === true
    return mayBegin(notice) && (!isSpared || rests.isFresh(notice.id))
  }
  /** Where it is not to be told now after all: the milliseconds after which it is to be read again. */
  const attemptNow = async (notices: readonly Notice[]): Promise<Attempt | number> => {
    const subscription = await subscriptionOf(call, notices[0]?.subscription ?? '').catch(() => undefined)
    if (subscription === undefined || statusOf(subscription, clock.now()) !== 'active' || isOver()) return 0
    // Its endpoint is another now: the reader moves it on.
    if (queueOf(subscription.endpoint.uri) !== queue) return 0
    const waitMs = await arrivals.waitMs(notices).catch(() => AGAIN_MS)
    return waitMs > 0 ? waitMs : await attempt(deps, subscription, notices, signal)
  }
  const takeNext = (): readonly Notice[] | undefined => {
    const surely = host.isLittleKnown() ? window.take(mayBeginSurely) : undefined
    return surely ?? window.take(mayBeginFirst) ?? window.take(mayBegin)
  }
  const tell = async (notices: readonly Notice[], pace: Pace): Promise<void> => {
    const { lastAt, subscription } = pace
    const begun = { at: host.now(), uri: subscription.endpoint.uri }
    pace.lastAt = clock.now()
    const { throttling } = subscription
    // What waits is told later, and as it is then.
    if (throttling !== undefined) leave(subscription.id, throttling * 1_000)
    const ended = await attemptNow(notices)
    if (typeof ended === 'number' || ended.ok !== true) pace.lastAt = lastAt
    // Who has the queue next counts from what is written.
    else if (throttling !== undefined) await figures.flushOne(call, subscription.id)
    if (typeof ended === 'number') putBack(notices, ended)
    else conclude(notices, pace, ended, begun)
  }
  const begin = (notices: readonly Notice[], pace: Pace): void => {
    const end = paces.begin(pace)
    const telling = tell(notices, pace).finally(() => {
      end()
      underWay.delete(telling)
      // At once: a store under load may take a second to read on.
      fill()
      bell.ring()
    })
    underWay.add(telling)
  }
  const fill = (): void => {
    while (!isOver() && host.isFree()) {
      const notices = takeNext()
      const pace = notices && paces.of(notices[0]?.subscription ?? '')
      if (notices === undefined || pace === undefined) return
      begin(notices, pace)
    }
  }
  return {
    fill,
    isAnyUnderWay: () => underWay.size > 0,
    ended: async () => void (await Promise.all(underWay)),
  }
}
