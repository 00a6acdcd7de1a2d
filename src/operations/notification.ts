/** A Notification (5.3.1) of entities, in the representation of its Subscription. */

import { contextLink } from '../core/jsonld/context-link.ts'
import { fromInstant } from '../core/model/date-time.ts'
import type { Json } from '../core/model/entity.ts'
import { stringifyJson } from '../core/model/json-text.ts'
import { parsePrefer } from '../core/representation/prefer.ts'
import { renderFeatureCollection } from '../core/representation/render-entity.ts'
import type { Endpoint, Subscription } from '../core/subscription/subscription.ts'
import type { Told } from '../core/subscription/tell.ts'
import type { Call } from '../ports/call.ts'
import type { ContextResolver } from '../ports/contexts.ts'
import type { Outgoing } from '../ports/notification.ts'
import { notificationContext } from './notification-context.ts'
import type { OperationContext } from './operation-context.ts'
import { showTold } from './shown-told.ts'

export interface NotificationDeps {
  readonly operations: OperationContext
  readonly contexts: ContextResolver
}

/** Undefined where nothing is left to show. Rejects where the store does not answer. */
export async function createNotification(
  { operations, contexts }: NotificationDeps,
  call: Call,
  subscription: Subscription,
  id: string,
  told: readonly Told[],
): Promise<Outgoing | undefined> {
  if (told.length === 0) return undefined
  const { endpoint } = subscription
  const context = await notificationContext(contexts, call, subscription)
  const entities = await showTold(operations, call, subscription, context.terms, told)
  if (entities.length === 0) return undefined
  const inBody = isContextIn(endpoint)
  const own = { id, type: 'Notification', subscriptionId: subscription.id }
  const notifiedAt = fromInstant(operations.clock.now())
  const body = { ...own, notifiedAt, ...contentOf(endpoint, entities, inBody ? context.body : undefined) }
  return {
    id,
    contentType: endpoint.accept,
    body: stringifyJson(body).text,
    entities: entities.length,
    ...(!inBody && { link: contextLink(context.url ?? (await contexts.host(call, context))) }),
    ...(call.tenant !== '' && { tenant: call.tenant }),
  }
}

/** 6.3.8 */
function isContextIn({ accept, receiverInfo }: Endpoint): boolean {
  if (accept !== 'application/geo+json') return accept === 'application/ld+json'
  const prefer = receiverInfo.find(({ key }) => key.toLowerCase() === 'prefer')
  return !parsePrefer(prefer?.value ?? '').bodyIsJson
}

/** `context`: absent where it does not stand in the body. */
function contentOf({ accept }: Endpoint, entities: readonly Json[], context: Json | undefined) {
  const member = context === undefined ? {} : { '@context': context }
  if (accept === 'application/geo+json') return { data: { ...renderFeatureCollection(entities), ...member } }
  // Each entity has it as well, so that it can be taken out and kept by itself, as those of a query (6.3.6) can.
  return { data: entities.map((entity) => ({ ...(entity as object), ...member })), ...member }
}
