/** Builds one Notification and sends it, once. */

import type { Subscription } from '../core/subscription/subscription.ts'
import type { Told } from '../core/subscription/tell.ts'
import type { Call } from '../ports/call.ts'
import type { Clock } from '../ports/clock.ts'
import type { Notice } from '../ports/notices.ts'
import type { Build } from '../ports/notification.ts'
import type { Figures } from './figures.ts'
import { noteOutcome } from './note-outcome.ts'
import type { Outcome, Sender } from './sender.ts'

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
    const outgoing = await build(call, { subscription, id: notificationId(notices), told })
    if (outgoing === undefined) return { ok: 'nothing' }
    const sentAt = clock.now()
    const outcome = await sender.send(subscription.endpoint, outgoing, signal)
    if (outcome.ok || !signal.aborted) noteOutcome(figures, call, subscription.id, outcome, sentAt, clock.now())
    return outcome
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return { ok: 'unbuilt', reason: `the Notification could not be built: ${why}` }
  }
}

/** The same at each attempt: a receiver that gets one twice can tell. */
function notificationId([first]: readonly Notice[]): string {
  return `urn:ngsi-ld:Notification:${encodeURIComponent(first?.id ?? '')}`
}
