import type { DeliveryFigures } from '../core/subscription/render-subscription.ts'
import type { StoredSubscription } from '../core/subscription/subscription.ts'
import type { Call } from '../ports/call.ts'
import { SUBSCRIPTION, SUBSCRIPTION_FIGURES } from '../ports/subscription-documents.ts'
import { noSuchSubscription } from './changing-subscriptions.ts'
import type { OperationContext } from './operation-context.ts'

export interface FoundSubscription {
  readonly stored: StoredSubscription
  /** Undefined where it was never told of anything. */
  readonly figures: DeliveryFigures | undefined
}

/** 5.8.3 Retrieve Subscription. Throws ResourceNotFound. */
export async function retrieveSubscription(
  context: OperationContext,
  call: Call,
  id: string,
): Promise<FoundSubscription> {
  const stored = await context.store.documents.get(call, SUBSCRIPTION, id)
  if (stored === undefined) throw noSuchSubscription(id)
  return withFigures(context, call, stored as StoredSubscription)
}

/** With what became of its notifications. */
export async function withFigures(
  { store }: OperationContext,
  call: Call,
  stored: StoredSubscription,
): Promise<FoundSubscription> {
  const figures = await store.documents.get(call, SUBSCRIPTION_FIGURES, stored.subscription.id)
  return { stored, figures: figures as DeliveryFigures | undefined }
}
