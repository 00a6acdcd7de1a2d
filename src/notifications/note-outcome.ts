import type { Instant } from '../core/model/entity.ts'
import type { Call } from '../ports/call.ts'
import type { Figures } from './figures.ts'
import type { Outcome } from './sender.ts'

/** 5.2.14.2: an attempt counts as sent, whatever came of it. */
export function noteOutcome(
  figures: Pick<Figures, 'note'>,
  call: Call,
  id: string,
  outcome: Outcome,
  sentAt: Instant,
  endedAt: Instant,
): void {
  const sent = { timesSent: 1, lastNotification: sentAt }
  if (outcome.ok) figures.note(call, id, { ...sent, lastSuccess: endedAt })
  else figures.note(call, id, { ...sent, timesFailed: 1, lastFailure: endedAt, lastError: outcome.reason })
}
