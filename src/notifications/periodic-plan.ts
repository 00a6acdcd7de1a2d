/** When a Subscription with a timeInterval is told next (5.8.6): pure. */

import type { Instant } from '../core/model/entity.ts'
import type { StoredSubscription, Subscription } from '../core/subscription/subscription.ts'

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

/** It was begun then, and told, or there was nothing to tell. */
export function planAfter(plan: PeriodicPlan, subscription: Subscription, begunAt: Instant): PeriodicPlan {
  const dueAt = following(plan.dueAt, intervalMs(subscription), begunAt)
  return { dueAt, tryAt: dueAt, failures: 0 }
}

interface Failed {
  readonly begunAt: Instant
  readonly endedAt: Instant
  /** Milliseconds for which it rests itself (retry.ts), and its endpoint, because of whatever failed there (hosts.ts). */
  readonly restMs: number
  readonly sparedMs: number
}

/** What failed is tried again until the next one is due; its endpoint is spared beyond that. */
export function planAfterFailure(
  plan: PeriodicPlan,
  subscription: Subscription,
  { begunAt, endedAt, restMs, sparedMs }: Failed,
): PeriodicPlan {
  const nextAt = following(plan.dueAt, intervalMs(subscription), begunAt)
  const tryAt = Math.max(Math.min(endedAt + restMs, nextAt), endedAt + sparedMs)
  return { dueAt: tryAt < nextAt ? plan.dueAt : nextAt, tryAt, failures: plan.failures + 1 }
}

/** The first time after `now` of those that follow at this interval: what was missed is not told in addition. */
function following(dueAt: Instant, interval: number, now: Instant): Instant {
  return dueAt + interval * Math.max(1, Math.floor((now - dueAt) / interval) + 1)
}

function intervalMs({ timeInterval = 0 }: Subscription): number {
  return timeInterval * 1_000
}
