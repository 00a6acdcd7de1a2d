/** What every change of a Subscription does beside it. */

import { randomUUID } from 'node:crypto'
import { notFound, type Problem } from '../core/model/problems.ts'
import type { Call } from '../ports/call.ts'
import { revisionIdOf, SUBSCRIPTION_REVISION } from '../ports/subscription-documents.ts'
import type { OperationContext } from './operation-context.ts'

/**
 * Tells all instances that subscriptions of the Tenant are about to change, and that they have: who reads them between may
 * have read what was there before. The second is told after a failure, too, of which nobody knows what it left.
 */
export async function changingSubscriptions<R>(
  { store }: OperationContext,
  call: Call,
  change: () => Promise<R>,
): Promise<R> {
  const moveOn = (): Promise<void> =>
    store.documents.put({ ...call, tenant: '' }, SUBSCRIPTION_REVISION, revisionIdOf(call.tenant), randomUUID())
  await moveOn()
  try {
    return await change()
  } finally {
    await moveOn()
  }
}

export function noSuchSubscription(id: string): Problem {
  return notFound(`there is no subscription ${id}`)
}
