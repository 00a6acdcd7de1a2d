import type { Instant } from '../core/model/entity.ts'
import { type Subscription, type SubscriptionStatus, statusOf } from '../core/subscription/subscription.ts'
import type { Call } from '../ports/call.ts'
import type { DeliveryState } from '../ports/notifier.ts'
import type { SubscriptionContext } from './operation-context.ts'
import { storedSubscription } from './retrieve-subscription.ts'

export interface FoundDelivery {
  readonly status: SubscriptionStatus
  readonly state: DeliveryState
}

/** Boya's own: how it stands with what a Subscription is owed. `dead`: how many that were given up. Throws ResourceNotFound. */
export async function retrieveDelivery(
  context: SubscriptionContext,
  call: Call,
  id: string,
  dead: number,
): Promise<FoundDelivery> {
  const { subscription, createdAt } = await storedSubscription(context, call, id)
  // What was owed to one that had the same id before is not this one's.
  const state = await context.notifier.state(call, id, { most: dead, since: createdAt })
  const nextAttempt = state.nextAttempt ?? throttledUntil(subscription, state)
  return {
    status: statusOf(subscription, context.clock.now()),
    state: { ...state, ...(nextAttempt !== undefined && { nextAttempt }) },
  }
}

/** When the period of its throttling is over, where something waits for that. */
function throttledUntil({ throttling }: Subscription, { backlog, figures }: DeliveryState): Instant | undefined {
  const last = figures.lastNotification
  if (throttling === undefined || last === undefined || backlog.count === 0) return undefined
  return last + throttling * 1_000
}
