import type { DeliveryFigures } from '../core/subscription/render-subscription.ts'
import type { StoredSubscription } from '../core/subscription/subscription.ts'
import type { Call } from '../ports/call.ts'
import { SUBSCRIPTION } from '../ports/subscription-documents.ts'
import { noSuchSubscription } from './no-such-subscription.ts'
import type { SubscriptionContext } from './operation-context.ts'

export interface FoundSubscription {
  readonly stored: StoredSubscription
  readonly figures: DeliveryFigures
}

/** 5.8.3 Retrieve Subscription. Throws ResourceNotFound. */
export async function retrieveSubscription(
  context: SubscriptionContext,
  call: Call,
  id: string,
): Promise<FoundSubscription> {
  return withFigures(context, call, await storedSubscription(context, call, id))
}

/** As {@link retrieveSubscription}, without what became of its notifications. */
export async function storedSubscription(
  { store }: SubscriptionContext,
  call: Call,
  id: string,
): Promise<StoredSubscription> {
  const stored = await store.documents.get(call, SUBSCRIPTION, id)
  if (stored === undefined) throw noSuchSubscription(id)
  return stored as StoredSubscription
}

/** With what became of its notifications. */
export async function withFigures(
  { notifier }: SubscriptionContext,
  call: Call,
  stored: StoredSubscription,
): Promise<FoundSubscription> {
  return { stored, figures: await notifier.figures(call, stored.subscription.id) }
}
