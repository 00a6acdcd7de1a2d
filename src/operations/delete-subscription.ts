import type { Call } from '../ports/call.ts'
import { SUBSCRIPTION, SUBSCRIPTION_FIGURES } from '../ports/subscription-documents.ts'
import { changingSubscriptions, noSuchSubscription } from './changing-subscriptions.ts'
import type { OperationContext } from './operation-context.ts'

/** 5.8.5 Delete Subscription, with all that is kept of it: what is still owed is not told. Throws ResourceNotFound. */
export async function deleteSubscription(context: OperationContext, call: Call, id: string): Promise<void> {
  const { documents } = context.store
  if ((await documents.get(call, SUBSCRIPTION, id)) === undefined) throw noSuchSubscription(id)
  // In this order nothing stays of it where the deletion is cut short: it is there still, and can be deleted again.
  await changingSubscriptions(context, call, async () => {
    await documents.delete(call, SUBSCRIPTION_FIGURES, id)
    await context.dropNotices?.(call, id)
    if (!(await documents.delete(call, SUBSCRIPTION, id))) throw noSuchSubscription(id)
  })
}
