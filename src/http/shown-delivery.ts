/** How the delivery of a Subscription stands, and how a sample was taken, as JSON: nothing of its endpoint is in it. */

import { fromInstant } from '../core/model/date-time.ts'
import type { Instant, JsonObject } from '../core/model/entity.ts'
import { parseJson } from '../core/model/json-text.ts'
import type { FoundDelivery } from '../operations/retrieve-delivery.ts'
import type { SentSample } from '../operations/send-sample.ts'
import type { Backlog, SettledNotice } from '../ports/notices.ts'
import type { DeliveryAttempt } from '../ports/notifier.ts'

export function showDelivery(subscriptionId: string, { status, state }: FoundDelivery, now: Instant): JsonObject {
  const { figures, timesGivenUp, backlog, nextAttempt, attempts, dead } = state
  const { timesSent, timesFailed, lastNotification, lastSuccess, lastFailure } = figures
  const log = attempts.map(showAttempt)
  return {
    ...{ subscriptionId, status, timesSent, timesFailed, timesGivenUp },
    ...showTimes({ lastNotification, lastSuccess, lastFailure }),
    backlog: showBacklog(backlog, now),
    ...(status === 'active' && showTimes({ nextAttempt })),
    ...(log[0] !== undefined && { lastAttempt: log[0] }),
    log,
    dead: dead.map(showDead),
  }
}

function showTimes(times: Readonly<Record<string, Instant | undefined>>): JsonObject {
  const known = Object.entries(times).flatMap(([name, at]) => (at === undefined ? [] : [[name, fromInstant(at)]]))
  return Object.fromEntries(known)
}

function showBacklog({ count, oldest }: Backlog, now: Instant): JsonObject {
  if (oldest === undefined) return { count }
  return { count, oldest: fromInstant(oldest), ageOfOldest: Math.max(0, now - oldest) / 1_000 }
}

function showAttempt({ at, notification, ...attempt }: DeliveryAttempt): JsonObject {
  return { at: fromInstant(at), notificationId: notification, ...attempt }
}

function showDead({ id, entity, since, settlement: { at, reason } }: SettledNotice): JsonObject {
  const times = { changedAt: fromInstant(since), givenUpAt: fromInstant(at) }
  return { id, entity, ...times, ...(reason !== undefined && { reason }) }
}

export function showSample({ outcome, outgoing, isMadeUp }: SentSample): JsonObject {
  const notification = parseJson(outgoing.body, OWN)
  return { ...outcome, isMadeUp, notification }
}

/** Boya wrote it itself. */
const OWN = { depth: Number.POSITIVE_INFINITY, digits: Number.POSITIVE_INFINITY }
