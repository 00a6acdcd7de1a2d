/** Builds the Notification of a timeInterval and sends it, once. */

import type { Instant } from '../core/model/entity.ts'
import type { Subscription } from '../core/subscription/subscription.ts'
import type { BuildPeriodic } from '../ports/notification.ts'
import { type Attempt, buildAndSend, type SendingDeps } from './attempt.ts'
import { noteOutcome } from './note-outcome.ts'
import { notificationId } from './notification-id.ts'

export interface PeriodicAttemptDeps extends SendingDeps {
  readonly build: BuildPeriodic
  /** Told of how many bytes it is, before it is sent. */
  readonly built: (bytes: number) => void
}

/**
 * Never rejects. The figures are noted, but for an attempt that was given up because the signal aborted; one that could not
 * be built is one that failed. `dueAt`: its time, which its `id` is made of, so that it is the same at each attempt.
 */
export async function attemptPeriodic(
  deps: PeriodicAttemptDeps,
  subscription: Subscription,
  dueAt: Instant,
  signal: AbortSignal,
): Promise<Attempt> {
  const { call, build, built, figures, clock } = deps
  const at = clock.now()
  const notification = notificationId(`${subscription.id}:${dueAt}`)
  const buildIt = async () => {
    const outgoing = await build(call, subscription, notification)
    if (outgoing !== undefined) built(Buffer.byteLength(outgoing.body))
    return outgoing
  }
  const ended = await buildAndSend(deps, subscription, buildIt, signal)
  if (ended.ok === 'unbuilt' && !signal.aborted) {
    const sent = { notification, entities: 0, at, endedAt: clock.now() }
    noteOutcome(figures, call, subscription.id, { ok: false, reason: ended.reason }, sent)
  }
  return ended
}
