/** A Subscription as it is shown (5.8.3, 5.8.4): as it was sent, what it names in the @context of who asks, with what is computed. */

import type { TermTable } from '../jsonld/terms.ts'
import { fromInstant } from '../model/date-time.ts'
import type { Instant, JsonObject } from '../model/entity.ts'
import { isMember, type ProjectionTerm } from '../query/parse-projection.ts'
import { shownCondition } from './shown-condition.ts'
import { type StoredSubscription, type Subscription, statusOf } from './subscription.ts'

/** What became of notifications (Table 5.2.14.2-1). */
export interface DeliveryFigures {
  readonly timesSent: number
  readonly timesFailed: number
  readonly lastNotification?: Instant
  readonly lastSuccess?: Instant
  readonly lastFailure?: Instant
}

interface ShowOptions {
  readonly terms: TermTable
  readonly now: Instant
  readonly figures: DeliveryFigures
  readonly sysAttrs: boolean
}

/** Without @context. */
export function renderSubscription(stored: StoredSubscription, options: ShowOptions): JsonObject {
  const { sent, subscription, createdAt, modifiedAt } = stored
  const { terms, now, figures, sysAttrs } = options
  return {
    ...sent,
    ...shownCondition(stored, terms),
    notificationTrigger: sent.notificationTrigger ?? subscription.condition.triggers,
    notification: renderNotification(sent.notification as JsonObject, subscription, terms, figures),
    // As it was given, also where it names an earlier core @context than the one that is applied (4.4).
    jsonldContext: sent.jsonldContext ?? subscription.jsonldContext,
    status: statusOf(subscription, now),
    ...(sysAttrs && { createdAt: fromInstant(createdAt), modifiedAt: fromInstant(modifiedAt) }),
  }
}

function renderNotification(
  sent: JsonObject,
  { representation: { pick, omit } }: Subscription,
  terms: TermTable,
  figures: DeliveryFigures,
): JsonObject {
  const named = pick?.filter(({ member }) => !isMember(member))
  return {
    ...sent,
    ...(sent.attributes !== undefined && named && { attributes: named.map(({ member }) => terms.compact(member)) }),
    ...(sent.pick !== undefined && pick && { pick: pick.map((term) => printTerm(term, terms)) }),
    ...(omit && { omit: omit.map((term) => printTerm(term, terms)) }),
    ...renderFigures(figures),
  }
}

/** 4.21 */
function printTerm({ member, linked }: ProjectionTerm, terms: TermTable): string {
  const name = isMember(member) ? member : terms.compact(member)
  return linked === undefined ? name : `${name}{${linked.map((term) => printTerm(term, terms)).join(',')}}`
}

/** "Greater than 0": what has not happened is not shown. */
function renderFigures({ timesSent, timesFailed, ...times }: DeliveryFigures): JsonObject {
  const { lastNotification, lastSuccess, lastFailure } = times
  const isFailed = lastFailure !== undefined && (lastSuccess === undefined || lastFailure > lastSuccess)
  return {
    ...(timesSent > 0 && { timesSent }),
    ...(timesFailed > 0 && { timesFailed }),
    ...(lastNotification !== undefined && { lastNotification: fromInstant(lastNotification) }),
    ...(lastSuccess !== undefined && { lastSuccess: fromInstant(lastSuccess) }),
    ...(lastFailure !== undefined && { lastFailure: fromInstant(lastFailure) }),
    ...((lastSuccess ?? lastFailure) !== undefined && { status: isFailed ? 'failed' : 'ok' }),
  }
}
