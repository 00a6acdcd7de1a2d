import { fromInstant } from '../core/model/date-time.ts'
import type { Instant } from '../core/model/entity.ts'
import { Problem } from '../core/model/problems.ts'
import { type SubscriptionStatus, statusOf } from '../core/subscription/subscription.ts'
import type { Call } from '../ports/call.ts'
import type { SubscriptionContext } from './operation-context.ts'
import { storedSubscription } from './retrieve-subscription.ts'

export interface Redelivery {
  /** Changes that are owed again. */
  readonly redelivered: number
  readonly status: SubscriptionStatus
}

/**
 * Boya's own: owes again what was given up, or all changes since then that are kept. To one that is paused it is told when
 * it is active again. Throws ResourceNotFound; Conflict where the Subscription has expired, for all would be given up.
 */
export async function redeliverNotifications(
  context: SubscriptionContext,
  call: Call,
  id: string,
  which: 'dead' | { readonly since: Instant },
): Promise<Redelivery> {
  const { subscription, createdAt } = await storedSubscription(context, call, id)
  const status = statusOf(subscription, context.clock.now())
  if (status === 'expired') throw hasExpired(subscription.expiresAt ?? 0)
  // What was owed to one that had the same id before is not this one's.
  const bounded = which === 'dead' ? { deadSince: createdAt } : { since: Math.max(which.since, createdAt) }
  return { redelivered: await context.notifier.redeliver(call, subscription, bounded), status }
}

function hasExpired(at: Instant): Problem {
  return new Problem(
    'Conflict',
    `the subscription expired at ${fromInstant(at)}, so that nothing would be told; PATCH an expiresAt that is to come, and ask again`,
  )
}
