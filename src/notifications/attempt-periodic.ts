/** Builds the Notification of a timeInterval and sends it, once. */

import type { Instant } from '../core/model/entity.ts'
import type { Subscription } from '../core/subscription/subscription.ts'
import type { Call } from '../ports/call.ts'
import type { Clock } from '../ports/clock.ts'
import type { BuildPeriodic } from '../ports/notification.ts'
import type { Figures } from './figures.ts'
import { noteOutcome } from './note-outcome.ts'
import { notificationId } from './notification-id.ts'
import type { Outcome, Sender } from './sender.ts'
import { whyUnbuilt } from './why-unbuilt.ts'

export interface PeriodicAttemptDeps {
  readonly build: BuildPeriodic
  readonly sender: Sender
  readonly figures: Pick<Figures, 'note'>
  readonly clock: Clock
}

/**
 * Never rejects; undefined where there was nothing to tell. The figures are noted, but for an attempt that was given up
 * because the signal aborted. `dueAt`: its time, which its `id` is made of, so that it is the same at each attempt.
 */
export async function attemptPeriodic(
  { build, sender, figures, clock }: PeriodicAttemptDeps,
  call: Call,
  subscription: Subscription,
  dueAt: Instant,
  signal: AbortSignal,
): Promise<Outcome | undefined> {
  const at = clock.now()
  const id = notificationId(`${subscription.id}:${dueAt}`)
  let outcome: Outcome
  let entities = 0
  try {
    const outgoing = await build(call, subscription, id)
    if (outgoing === undefined) return undefined
    entities = outgoing.entities
    outcome = await sender.send(subscription.endpoint, outgoing, signal)
  } catch (error) {
    outcome = { ok: false, reason: whyUnbuilt(call, error) }
  }
  const sent = { notification: id, entities, at, endedAt: clock.now() }
  if (outcome.ok || !signal.aborted) noteOutcome(figures, call, subscription.id, outcome, sent)
  return outcome
}
