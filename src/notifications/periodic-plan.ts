/** When a Subscription with a timeInterval is told next (5.8.6): pure. */

import type { Instant } from '../core/model/entity.ts'
import type { StoredSubscription, Subscription } from '../core/subscription/subscription.ts'
import { delayAfter, type RetryPolicy } from './retry.ts'
import type { Outcome } from './sender.ts'

export interface PeriodicPlan {
  /** Its time, which the next ones are counted from: it does not drift, however late it is told. */
  readonly dueAt: Instant
  /** When it is tried; later than `dueAt` where it has failed. */
  readonly tryAt: Instant
  /** In a row. */
  readonly failures: number
}

/** Counted from the last Notification, whoever sent it; where there was none, from when it was made. */
export function firstPlan(stored: StoredSubscription, lastNotification: Instant | undefined): PeriodicPlan {
  const dueAt = Math.max(lastNotification ?? 0, stored.createdAt) + intervalMs(stored.subscription)
  return { dueAt, tryAt: dueAt, failures: 0 }
}

interface Tried {
  readonly begunAt: Instant
  /** Undefined where there was nothing to tell. */
  readonly outcome: Outcome | undefined
}

/** What failed is tried again, later and later, until the next one is due; and not within the endpoint's cooldown. */
export function planAfter(
  plan: PeriodicPlan,
  subscription: Subscription,
  { begunAt, outcome }: Tried,
  retry: RetryPolicy,
): PeriodicPlan {
  const nextAt = following(plan.dueAt, intervalMs(subscription), begunAt)
  if (outcome === undefined || outcome.ok) return { dueAt: nextAt, tryAt: nextAt, failures: 0 }
  const failures = plan.failures + 1
  const againAt = begunAt + delayAfter(failures, Math.random(), retry)
  const restsUntil = begunAt + Math.max(subscription.endpoint.cooldown ?? 0, outcome.retryAfterMs ?? 0)
  const tryAt = Math.max(Math.min(againAt, nextAt), restsUntil)
  return { dueAt: tryAt < nextAt ? plan.dueAt : nextAt, tryAt, failures }
}

/** The first time after `now` of those that follow at this interval: what was missed is not told in addition. */
function following(dueAt: Instant, interval: number, now: Instant): Instant {
  return dueAt + interval * Math.max(1, Math.floor((now - dueAt) / interval) + 1)
}

function intervalMs({ timeInterval = 0 }: Subscription): number {
  return timeInterval * 1_000
}
