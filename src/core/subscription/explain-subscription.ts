/**
 * Whether a change of an entity, as it is now, would be told to a Subscription, and why: each condition in turn, decided by
 * the functions that decide it when something changes.
 */

import { fromInstant } from '../model/date-time.ts'
import type { Entity, Instant } from '../model/entity.ts'
import { isPicked, project } from '../query/projection.ts'
import type { FindEntity } from '../query/target.ts'
import { explainGeo, explainScopes } from './explain-place.ts'
import { explainQuery } from './explain-query.ts'
import { explainRemarks } from './explain-remarks.ts'
import { explainEntities, explainWatched } from './explain-selection.ts'
import type { Finding, SubscriptionExplanation } from './explained.ts'
import type { Names } from './explained-names.ts'
import { projectionOf } from './shown-members.ts'
import { type StoredSubscription, type Subscription, statusOf } from './subscription.ts'

interface ExplainOptions {
  readonly names: Names
  readonly now: Instant
  /** Finds the entities that q leads to; undefined where they are more than may be looked up. */
  readonly find: FindEntity | undefined
}

export function explainSubscription(
  stored: StoredSubscription,
  entity: Entity,
  options: ExplainOptions,
): SubscriptionExplanation {
  const { names, now } = options
  const { subscription } = stored
  const findings = [explainStatus(subscription, now), ...findingsOf(stored, entity, options)]
  const conditions = findings.map(({ explained }) => explained)
  return {
    subscriptionId: subscription.id,
    jsonldContext: subscription.jsonldContext,
    entity: { id: entity.id, types: names.of(entity.types) },
    matches: conditions.every(({ met }) => met),
    hints: [...new Set(findings.flatMap(({ hints }) => hints))],
    conditions,
    remarks: explainRemarks(stored, entity),
  }
}

function findingsOf({ sent, subscription }: StoredSubscription, entity: Entity, options: ExplainOptions): Finding[] {
  const { names, find } = options
  const { condition } = subscription
  const { entities, watchedAttributes, q, geo, scopes } = condition
  return [
    ...(entities === undefined ? [] : [explainEntities(entity, entities, names)]),
    ...(watchedAttributes === undefined ? [] : [explainWatched(entity, condition, names)]),
    ...(q === undefined ? [] : [explainQuery(entity, q, find, names)]),
    ...(geo === undefined ? [] : [explainGeo(entity, geo, names)]),
    ...(scopes === undefined ? [] : [explainScopes(entity, scopes, sent.scopeQ)]),
    ...explainShown(entity, subscription),
  ]
}

function explainStatus(subscription: Subscription, now: Instant): Finding {
  const status = statusOf(subscription, now)
  const { expiresAt } = subscription
  const explanation = {
    active: 'the subscription is active',
    paused: 'the subscription is paused: what changes is not told; PATCH {"isActive": true} makes it active',
    expired: `the subscription expired at ${fromInstant(expiresAt ?? now)}; PATCH an expiresAt that is to come`,
  }[status]
  return { explained: { condition: 'status', met: status === 'active', explanation }, hints: [] }
}

/** What nothing is left of by pick, omit and datasetId is not told; a Feature of GeoJSON is never empty. */
function explainShown(entity: Entity, { representation, endpoint }: Subscription): Finding[] {
  const { pick, omit } = representation
  if ((pick ?? omit) === undefined || endpoint.accept === 'application/geo+json') return []
  const projection = projectionOf(representation)
  const members = ['id', 'type', ...(entity.scopes === undefined ? [] : ['scope'])]
  const met =
    members.some((member) => isPicked(projection, member)) ||
    Object.keys(project(entity, projection).attributes).length > 0
  const explanation = met ? 'something of the entity is shown' : 'pick, omit and datasetId leave nothing of the entity'
  return [{ explained: { condition: 'notification', met, explanation }, hints: [] }]
}
