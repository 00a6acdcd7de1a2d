/** Why a notice is told no more, in words for people; undefined where it is. */

import { fromInstant } from '../core/model/date-time.ts'
import type { Instant } from '../core/model/entity.ts'
import { type Subscription, statusOf } from '../core/subscription/subscription.ts'
import type { Notice } from '../ports/notices.ts'
import type { DeliverySettings } from './delivery-settings.ts'

export function whyGivenUp(
  { since, revivedAt = since }: Notice,
  subscription: Subscription | undefined,
  now: Instant,
  { maxAgeMs }: DeliverySettings,
  lastError: string | undefined,
): string | undefined {
  if (subscription === undefined) return 'the subscription has been deleted'
  if (statusOf(subscription, now) === 'expired') {
    return `the subscription expired at ${fromInstant(subscription.expiresAt ?? now)}`
  }
  if (now - revivedAt <= maxAgeMs) return undefined
  const why = lastError === undefined ? '' : `; at last: ${lastError}`
  return `it could not be told within ${maxAgeMs / 1_000} s (BOYA_NOTIFICATION_MAX_AGE)${why}`
}

export function tooMany({ maxBacklog }: DeliverySettings): string {
  return `more than ${maxBacklog} waited for this subscription (BOYA_NOTIFICATION_MAX_BACKLOG), and this was the oldest`
}
