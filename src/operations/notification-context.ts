/** The @context that Notifications are shown with (5.8.6). */

import { Problem } from '../core/model/problems.ts'
import type { Subscription } from '../core/subscription/subscription.ts'
import type { Call } from '../ports/call.ts'
import type { ContextResolver, ResolvedContext } from '../ports/contexts.ts'

/**
 * "The @context to be used is the one specified in the jsonldContext field of the corresponding Subscription." Where it was
 * hosted here and has been deleted, what it said. Where it cannot be had any more, the core @context: names are then IRIs,
 * which is true, and a Notification that waited for it might never be sent.
 */
export async function notificationContext(
  contexts: ContextResolver,
  call: Call,
  { id, jsonldContext }: Pick<Subscription, 'id' | 'jsonldContext'>,
): Promise<ResolvedContext> {
  try {
    return await contexts.resolve(call, jsonldContext)
  } catch (error) {
    if (!(error instanceof Problem) || call.signal().aborted) throw error
    const left = await leftContext(contexts, call, jsonldContext)
    if (left !== undefined) return left
    call.log.warn(
      { tenant: call.tenant, subscription: id, jsonldContext, reason: error.detail },
      'the @context of a subscription cannot be had; its notification has the names of the core @context',
    )
    return await contexts.resolve(call, [])
  }
}

/** It has no URL any more: where one is needed, it gets that of an ImplicitlyCreated one (5.13.1). */
async function leftContext(contexts: ContextResolver, call: Call, url: string): Promise<ResolvedContext | undefined> {
  const left = await contexts.left(call, url)
  if (left === undefined) return undefined
  return await contexts.resolve(call, left).catch((error: unknown) => {
    if (error instanceof Problem) return undefined
    throw error
  })
}
