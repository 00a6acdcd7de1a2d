/** What follows from how telling something ended: for its notices, its endpoint and its host. */

import { isToFold } from '../core/subscription/fold-told.ts'
import type { Notice } from '../ports/notices.ts'
import { type Attempt, type AttemptDeps, type FailedAttempt, isOwnFault } from './attempt.ts'
import type { DeliveryParts } from './delivery-parts.ts'
import type { Pace } from './paces.ts'
import type { Outcome } from './sender.ts'
import { keyOf } from './window.ts'

export interface Conclusions {
  conclude(notices: readonly Notice[], pace: Pace, ended: Attempt, begun: Begun): void
  /** What waits of a subscription rests for so many milliseconds. */
  leave(subscription: string, ms: number): void
  /** They rest for so many milliseconds, with what waits of the same entities, which must not overtake them. */
  putBack(notices: readonly Notice[], ms: number): void
}

export interface Begun {
  /** By the clock of its host. */
  readonly at: number
  /** The endpoint as it was then: it may have changed meanwhile. */
  readonly uri: string
}

/** `signal`: aborted when what was under way has been given up: the queue's next owner tells it. */
export function createConclusions(
  { call, figures, clock }: Pick<AttemptDeps, 'call' | 'figures' | 'clock'>,
  { window, reader, paces, rests, host, settling }: DeliveryParts,
  signal: AbortSignal,
): Conclusions {
  const putBack: Conclusions['putBack'] = (notices, ms) => {
    const keys = new Set(notices.map(keyOf))
    const behind = window.waiting().filter((notice) => keys.has(keyOf(notice)))
    window.forget([...notices, ...behind].map(({ id }) => id))
    reader.rest([...notices, ...behind], ms)
  }
  const leave: Conclusions['leave'] = (id, ms) =>
    putBack(
      window.waiting().filter(({ subscription }) => subscription === id),
      ms,
    )
  /** What waits for an endpoint that has failed, where it may not be told now: of each subscription for its own time. */
  const leaveSpared = (uri: string): void => {
    const spared = new Map<Pace, Notice[]>()
    for (const notice of window.waiting()) {
      const pace = paces.of(notice.subscription)
      if (pace?.subscription.endpoint.uri !== uri || paces.sparedMs(pace) === 0) continue
      const others = spared.get(pace)
      if (others === undefined) spared.set(pace, [notice])
      else others.push(notice)
    }
    for (const [pace, notices] of spared) putBack(notices, paces.sparedMs(pace))
  }
  /** `folds`: what is told next of the same entities is to say what has changed since. */
  const told = (notices: readonly Notice[], folds: boolean): void => {
    window.finish(notices)
    const delivered = { state: 'delivered', at: clock.now() } as const
    settling.add(notices.map((notice) => ({ id: notice.id, ...delivered, ...(folds && { told: notice }) })))
  }
  const failedOf = (notices: readonly Notice[], ended: FailedAttempt, ms: number): void => {
    const ids = notices.map(({ id }) => id)
    rests.failed(notices, ended.reason, isOwnFault(ended))
    putBack(notices, Math.max(ms, ...ids.map(rests.restMs)))
  }
  /** For its owner: when what has failed of it is tried again, where anything has. */
  const noteNext = (pace: Pace): void => {
    const { subscription } = pace
    const restMs = rests.firstMs(subscription.id)
    if (restMs === undefined) return
    const nextAttempt = Math.min(clock.now() + Math.max(paces.sparedMs(pace), host.waitMs(), restMs), LAST)
    figures.note(call, subscription.id, { nextAttempt })
  }
  const failed = (notices: readonly Notice[], pace: Pace, ended: FailedAttempt & Outcome, { at, uri }: Begun): void => {
    pace.lastError = ended.reason
    host.note(uri, ended, at)
    if (paces.sparedMs(pace) > 0) leaveSpared(pace.subscription.endpoint.uri)
    failedOf(notices, ended, paces.sparedMs(pace))
    noteNext(pace)
  }
  return {
    putBack,
    leave,
    conclude: (notices, pace, ended, begun) => {
      if (ended.ok === 'unbuilt') {
        failedOf(notices, ended, 0)
        noteNext(pace)
      } else if (ended.ok === 'nothing') told(notices, false)
      else if (ended.ok) {
        host.note(begun.uri, ended, begun.at)
        told(notices, isToFold(pace.subscription))
        // Others may rest still.
        rests.forget(notices.map(({ id }) => id))
        noteNext(pace)
      } else if (signal.aborted) window.forget(notices.map(({ id }) => id))
      else failed(notices, pace, ended, begun)
    },
  }
}

/** The last Instant that can be written; a cooldown may be longer. */
const LAST = 8_640_000_000_000_000
