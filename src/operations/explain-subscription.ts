import type { TermTable } from '../core/jsonld/terms.ts'
import type { Entity } from '../core/model/entity.ts'
import { Problem } from '../core/model/problems.ts'
import type { Query } from '../core/query/ast.ts'
import type { FindEntity } from '../core/query/target.ts'
import { explainSubscription as explain } from '../core/subscription/explain-subscription.ts'
import type { SubscriptionExplanation } from '../core/subscription/explained.ts'
import { createNames } from '../core/subscription/explained-names.ts'
import type { Call } from '../ports/call.ts'
import type { ContextResolver } from '../ports/contexts.ts'
import { findLinked } from './linked-query.ts'
import { notificationContext } from './notification-context.ts'
import type { OperationContext, SubscriptionContext } from './operation-context.ts'
import { retrieveEntity } from './retrieve-entity.ts'
import { storedSubscription } from './retrieve-subscription.ts'

interface ExplainDeps {
  readonly operations: SubscriptionContext
  readonly contexts: ContextResolver
}

/**
 * Boya's own: whether a change of an entity, as it is stored now, would be told, and why. Throws ResourceNotFound where
 * there is no such Subscription or entity.
 * @param terms of who asks
 */
export async function explainSubscription(
  { operations, contexts }: ExplainDeps,
  call: Call,
  id: string,
  entityId: string,
  terms: TermTable,
): Promise<SubscriptionExplanation> {
  const stored = await storedSubscription(operations, call, id)
  const entity = await retrieveEntity(operations, call, { id: entityId })
  const context = await notificationContext(contexts, call, stored.subscription)
  const find = await finding(operations, call, entity, stored.subscription.condition.q)
  return explain(stored, entity, { names: createNames(context.terms, terms), now: operations.clock.now(), find })
}

/** Undefined where q leads too far: it is told then (build-notification.ts). */
async function finding(
  context: OperationContext,
  call: Call,
  entity: Entity,
  q: Query | undefined,
): Promise<FindEntity | undefined> {
  if (q === undefined) return () => undefined
  try {
    return await findLinked(context, call, entity, q)
  } catch (error) {
    if (error instanceof Problem && error.kind === 'TooManyResults') return undefined
    throw error
  }
}
