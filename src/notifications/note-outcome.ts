import type { Instant } from '../core/model/entity.ts'
import type { Call } from '../ports/call.ts'
import type { DeliveryAttempt } from '../ports/notifier.ts'
import type { Figures } from './figures.ts'
import type { Outcome } from './sender.ts'

/** What was sent, and when. */
interface Sent {
  readonly notification: string
  readonly entities: number
  readonly at: Instant
  readonly endedAt: Instant
}

/** 5.2.14.2: an attempt counts as sent, whatever came of it. */
export function noteOutcome(
  figures: Pick<Figures, 'note'>,
  call: Call,
  id: string,
  outcome: Outcome,
  { at, endedAt, ...sent }: Sent,
): void {
  const { status } = outcome
  const attempt: DeliveryAttempt = {
    ...{ at, milliseconds: endedAt - at, ...sent, ok: outcome.ok },
    ...(status !== undefined && { status }),
    ...(!outcome.ok && { reason: outcome.reason }),
  }
  const more = { timesSent: 1, lastNotification: at, attempts: [attempt] }
  if (outcome.ok) figures.note(call, id, { ...more, lastSuccess: endedAt, nextAttempt: null })
  else figures.note(call, id, { ...more, timesFailed: 1, lastFailure: endedAt })
}
