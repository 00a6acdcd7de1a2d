import type { Call } from '../ports/call.ts'
import { SUBSCRIPTION } from '../ports/subscription-documents.ts'
import { noSuchSubscription } from './no-such-subscription.ts'
import type { SubscriptionContext } from './operation-context.ts'

/** 5.8.5 Delete Subscription, with all that is kept of it: what is still owed is not told. Throws ResourceNotFound. */
export async function deleteSubscription(
  { store: { documents }, notifier }: SubscriptionContext,
  call: Call,
  id: string,
): Promise<void> {
  if ((await documents.get(call, SUBSCRIPTION, id)) === undefined) throw noSuchSubscription(id)
  await notifier.changing(call, id, async () => {
    // Cut short here, it is there still, and can be deleted again.
    await notifier.drop(call, id)
    if (!(await documents.delete(call, SUBSCRIPTION, id))) throw noSuchSubscription(id)
  })
  // What came to be owed meanwhile; where it has been made anew by then it is perhaps owed to that one.
  if ((await documents.get(call, SUBSCRIPTION, id)) === undefined) await notifier.drop(call, id)
}
