/** Builds one Notification and sends it, once. */

import type { Subscription } from '../core/subscription/subscription.ts'
import type { Told } from '../core/subscription/tell.ts'
import type { Call } from '../ports/call.ts'
import type { Clock } from '../ports/clock.ts'
import type { Notice } from '../ports/notices.ts'
import type { Build, Outgoing } from '../ports/notification.ts'
import type { Figures } from './figures.ts'
import { noteOutcome } from './note-outcome.ts'
import { notificationId } from './notification-id.ts'
import type { Outcome, Sender } from './sender.ts'
import { whyUnbuilt } from './why-unbuilt.ts'

export interface SendingDeps {
  readonly call: Call
  readonly sender: Sender
  readonly figures: Pick<Figures, 'note'>
  readonly clock: Clock
}

export interface AttemptDeps extends SendingDeps {
  readonly build: Build
  readonly figures: Figures
}

/** `nothing`: there was nothing to tell after all. `unbuilt`: it is not the receiver's fault. */
export type Attempt = Outcome | { readonly ok: 'nothing' } | { readonly ok: 'unbuilt'; readonly reason: string }

export type FailedAttempt = Attempt & { readonly ok: false | 'unbuilt' }

/** Whether it may be the fault of what is told: it cannot be built, or who was told answered that. */
export function isOwnFault(ended: FailedAttempt): boolean {
  return ended.ok === 'unbuilt' || ended.status !== undefined
}

/** Never rejects. The figures are noted, but for an attempt that was given up because the signal aborted. */
export async function attempt(
  deps: AttemptDeps,
  subscription: Subscription,
  notices: readonly Notice[],
  signal: AbortSignal,
): Promise<Attempt> {
  const told = notices.map(({ content }) => content as unknown as Told)
  // The same at each attempt: a receiver that gets one twice can tell.
  const id = notificationId(notices[0]?.id ?? '')
  return await buildAndSend(deps, subscription, () => deps.build(deps.call, { subscription, id, told }), signal)
}

/** As {@link attempt}, of what `build` makes. */
export async function buildAndSend(
  { call, sender, figures, clock }: SendingDeps,
  subscription: Subscription,
  build: () => Promise<Outgoing | undefined>,
  signal: AbortSignal,
): Promise<Attempt> {
  try {
    const outgoing = await build()
    if (outgoing === undefined) return { ok: 'nothing' }
    const sent = { notification: outgoing.id, entities: outgoing.entities, at: clock.now() }
    const outcome = await sender.send(subscription.endpoint, outgoing, signal)
    const isKnown = outcome.ok || !signal.aborted
    if (isKnown) noteOutcome(figures, call, subscription.id, outcome, { ...sent, endedAt: clock.now() })
    return outcome
  } catch (error) {
    return { ok: 'unbuilt', reason: whyUnbuilt(call, error) }
  }
}
