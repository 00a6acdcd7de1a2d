import type { StoredSubscription } from '../core/subscription/subscription.ts'
import type { Call } from '../ports/call.ts'
import { SUBSCRIPTION } from '../ports/subscription-documents.ts'
import { noSuchSubscription } from './no-such-subscription.ts'
import type { SubscriptionContext } from './operation-context.ts'

/**
 * 5.8.2 Update Subscription. Throws ResourceNotFound, and what `update` throws.
 * @param update pure, for it may be called more than once
 */
export async function updateSubscription(
  context: SubscriptionContext,
  call: Call,
  id: string,
  update: (stored: StoredSubscription) => StoredSubscription,
): Promise<void> {
  const { documents } = context.store
  const change = (current: unknown) => {
    if (current === undefined) throw noSuchSubscription(id)
    return { document: update(current as StoredSubscription), result: undefined }
  }
  // What is refused shall not make all instances read their subscriptions again.
  change(await documents.get(call, SUBSCRIPTION, id))
  await context.notifier.changing(call, id, () => documents.change(call, SUBSCRIPTION, id, change))
}
