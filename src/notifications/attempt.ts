/** Builds one Notification and sends it, once. */

import type { Subscription } from '../core/subscription/subscription.ts'
import type { Told } from '../core/subscription/tell.ts'
import type { Call } from '../ports/call.ts'
import type { Clock } from '../ports/clock.ts'
import type { Notice } from '../ports/notices.ts'
import type { Build } from '../ports/notification.ts'
import type { Figures } from './figures.ts'
import { noteOutcome } from './note-outcome.ts'
import { notificationId } from './notification-id.ts'
import type { Outcome, Sender } from './sender.ts'
import { whyUnbuilt } from './why-unbuilt.ts'

export interface AttemptDeps {
  readonly call: Call
  readonly build: Build
  readonly sender: Sender
  readonly figures: Figures
  readonly clock: Clock
}

/** `nothing`: there was nothing to tell after all. `unbuilt`: it is not the receiver's fault. */
export type Attempt = Outcome | { readonly ok: 'nothing' } | { readonly ok: 'unbuilt'; readonly reason: string }

/** Never rejects. The figures are noted, but for an attempt that was given up because the signal aborted. */
export async function attempt(
  deps: AttemptDeps,
  subscription: Subscription,
  notices: readonly Notice[],
  signal: AbortSignal,
): Promise<Attempt> {
  const { call, build, sender, figures, clock } = deps
  try {
    const told = notices.map(({ content }) => content as unknown as Told)
    // The same at each attempt: a receiver that gets one twice can tell.
    const id = notificationId(notices[0]?.id ?? '')
    const outgoing = await build(call, { subscription, id, told })
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
