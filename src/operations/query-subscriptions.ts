import type { StoredSubscription } from '../core/subscription/subscription.ts'
import type { Call } from '../ports/call.ts'
import { SUBSCRIPTION } from '../ports/subscription-documents.ts'
import type { SubscriptionContext } from './operation-context.ts'
import { type FoundSubscription, withFigures } from './retrieve-subscription.ts'

export interface SubscriptionPage {
  readonly subscriptions: readonly FoundSubscription[]
  /** All that there are. */
  readonly total: number
  /** Where the page really begins. */
  readonly offset: number
}

/**
 * 5.8.4 Query Subscriptions: in the order of their creation. 6.3.10: "If offset is set to a value larger than the result
 * set … only the last element of the result set is to be returned if there are any results."
 */
export async function querySubscriptions(
  context: SubscriptionContext,
  call: Call,
  limit: number,
  offset: number,
): Promise<SubscriptionPage> {
  const documents = await context.store.documents.list(call, SUBSCRIPTION)
  const all = documents.map(({ document }) => document as StoredSubscription)
  // They come by id, and stay so where they were created at the same time.
  all.sort((a, b) => a.createdAt - b.createdAt)
  const begin = Math.min(offset, Math.max(0, all.length - 1))
  const page = all.slice(begin, begin + limit)
  const subscriptions = await Promise.all(page.map((stored) => withFigures(context, call, stored)))
  return { subscriptions, total: all.length, offset: begin }
}
