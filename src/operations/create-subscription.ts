import { Problem, tooManySubscriptions } from '../core/model/problems.ts'
import type { DecodedSubscription } from '../core/subscription/decode-subscription.ts'
import type { StoredSubscription } from '../core/subscription/subscription.ts'
import type { Call } from '../ports/call.ts'
import { SUBSCRIPTION } from '../ports/subscription-documents.ts'
import type { SubscriptionContext } from './operation-context.ts'

/**
 * 5.8.1 Create Subscription. Makes the Tenant where there is none (5.5.10). Throws AlreadyExists; Conflict where there are as many as can be.
 * @param contextUrl gives what notifications are shown with a URL; called when nothing else is in the way
 */
export async function createSubscription(
  context: SubscriptionContext,
  call: Call,
  decoded: DecodedSubscription,
  contextUrl: () => Promise<string>,
): Promise<void> {
  const { documents, tenants } = context.store
  const { id } = decoded.subscription
  if (!(await tenants.exists(call.tenant))) await tenants.create(call.tenant)
  else if ((await documents.get(call, SUBSCRIPTION, id)) !== undefined) throw alreadyExists(id)
  const most = context.limits.subscriptions
  if (context.notifier.count(call.tenant) >= most) throw tooManySubscriptions(most)
  const subscription = { ...decoded.subscription, jsonldContext: await contextUrl() }
  const document: StoredSubscription = { ...decoded, subscription }
  await context.notifier.changing(call, id, () =>
    documents.change(call, SUBSCRIPTION, id, (current) => {
      if (current !== undefined) throw alreadyExists(id)
      return { document, result: undefined }
    }),
  )
}

function alreadyExists(id: string): Problem {
  return new Problem('AlreadyExists', `the subscription ${id} exists already; change it with PATCH`)
}
