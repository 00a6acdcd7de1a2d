import type { Call } from '../ports/call.ts'
import { SUBSCRIPTION, SUBSCRIPTION_FIGURES } from '../ports/subscription-documents.ts'
import { changingSubscriptions, noSuchSubscription } from './changing-subscriptions.ts'
import type { OperationContext } from './operation-context.ts'

/** 5.8.5 Delete Subscription, with all that is kept of it: what is still owed is not told. Throws ResourceNotFound. */
export async function deleteSubscription(context: OperationContext, call: Call, id: string): Promise<void> {
  const { documents } = context.store
  if ((await documents.get(call, SUBSCRIPTION, id)) === undefined) throw noSuchSubscription(id)
  await changingSubscriptions(context, call, async () => {
    // Cut short here, it is there still, and can be deleted again.
    await dropKept(context, call, id)
    if (!(await documents.delete(call, SUBSCRIPTION, id))) throw noSuchSubscription(id)
  })
  // What came to be owed meanwhile.
  await dropKept(context, call, id)
}

async function dropKept({ store, dropNotices }: OperationContext, call: Call, id: string): Promise<void> {
  await dropNotices?.(call, id)
  await store.documents.delete(call, SUBSCRIPTION_FIGURES, id)
}
