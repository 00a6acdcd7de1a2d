/** What a change is told as to a Subscription (5.8.6): enough to show it later, in whatever representation. */

import type { EntityChange } from '../model/change.ts'
import { toInstant } from '../model/date-time.ts'
import { asDeleted } from '../model/deleted.ts'
import type { AttributeInstance, Attributes, Entity, Instant } from '../model/entity.ts'
import { instanceOf } from '../model/instances.ts'
import type { EntityFilter, Query } from '../query/ast.ts'
import { matches } from '../query/evaluate.ts'
import { project } from '../query/projection.ts'
import { namesIn, supposing } from './query-in-doubt.ts'
import { projectionOf } from './shown-members.ts'
import type { Condition, Representation, Subscription, Trigger } from './subscription.ts'
import { isSameInstance, type WhatChanged, whatChanged } from './what-changed.ts'

/** JSON, as it is stored until it is told. */
export interface Told {
  /** As it was after the change. What was deleted of it has NGSI-LD Null for its value (core/model/deleted.ts). */
  readonly entity: Entity
  /** Whether it was created; absent where it was not. */
  readonly isCreated?: true
  /** When it was deleted; absent where it was not. */
  readonly deletedAt?: Instant
  /** When those of its Attributes were deleted that are; absent where none is. */
  readonly attributesDeletedAt?: Instant
  /** Where showChanges asks for it: the instances that changed or went, as they were, by their values alone. */
  readonly previous?: Attributes
  /** Where showChanges asks for it, and later changes may be folded into it (fold-told.ts): the instances that were not there before. */
  readonly absentBefore?: DatasetIds
  /** Where q has to be asked again, with the entities that it leads to (4.9): the entity, with the Attributes that q asks for. */
  readonly inDoubt?: Entity
}

/** Of instances, by Attribute; null for the default one. */
export type DatasetIds = Readonly<Record<string, readonly (string | null)[]>>

/**
 * Undefined where the Subscription is not concerned.
 * @param all that changed, in whatever datasets
 */
export function tell(subscription: Subscription, change: EntityChange, all: WhatChanged): Told | undefined {
  const { condition } = subscription
  const what = seenBy(subscription, change, all)
  const entity = change.after ?? change.before
  if (entity === undefined || !isWatched(condition, change) || !isTriggered(condition, change, what)) return undefined
  const met = meets(entity, condition)
  if (met === 'no') return undefined
  const told =
    change.after === undefined
      ? ofDeletion(subscription, entity, change)
      : ofUpdate(subscription, change.after, change, what)
  return met === 'yes' ? told : { ...told, inDoubt: asked(entity, condition.q) }
}

/** 4.5.5: "The datasetId can be used to create different "views" of Entities": what changes in others, changes nothing in this one. */
function seenBy({ representation }: Subscription, { before, after }: EntityChange, all: WhatChanged): WhatChanged {
  const { datasetIds } = projectionOf(representation)
  if (datasetIds === undefined) return all
  return whatChanged({
    ...(before && { before: project(before, { datasetIds }) }),
    ...(after && { after: project(after, { datasetIds }) }),
  })
}

/** What selects the entities of a Subscription. */
export function filterOf({ entities, q, geo, scopes }: Condition): EntityFilter {
  return {
    ...(entities !== undefined && { alternatives: entities }),
    ...(q !== undefined && { q }),
    ...(geo !== undefined && { geo }),
    ...(scopes !== undefined && { scopes }),
  }
}

/** The entities that q leads to are not at hand: what it asks of them may be met, or not. */
function meets(entity: Entity, condition: Condition): 'yes' | 'no' | 'in doubt' {
  const filter = filterOf(condition)
  if (matches(entity, filter)) return 'yes'
  const { q, ...rest } = filter
  const supposed = q && supposing(q)
  if (supposed === q) return 'no'
  return matches(entity, { ...rest, ...(supposed && { q: supposed }) }) ? 'in doubt' : 'no'
}

function asked(entity: Entity, q: Query | undefined): Entity {
  return project(entity, { pick: q === undefined ? new Set() : namesIn(q) })
}

/**
 * 5.8.1.4: "If no subscribed entities have been specified, all entities with attributes matching at least one member of
 * watchedAttributes are subscribed to."
 */
function isWatched({ entities, watchedAttributes }: Condition, { before, after }: EntityChange): boolean {
  if (entities !== undefined || watchedAttributes === undefined) return true
  const has = (entity: Entity | undefined, name: string): boolean =>
    entity !== undefined && Object.hasOwn(entity.attributes, name)
  return watchedAttributes.some((name) => has(before, name) || has(after, name))
}

function isTriggered({ triggers, watchedAttributes }: Condition, change: EntityChange, what: WhatChanged): boolean {
  const isAny = (names: ReadonlySet<string>): boolean =>
    watchedAttributes === undefined ? names.size > 0 : watchedAttributes.some((name) => names.has(name))
  const occurs: Readonly<Record<Trigger, () => boolean>> = {
    entityCreated: () => change.before === undefined,
    entityDeleted: () => change.after === undefined,
    entityRevised: () => isRevised(change),
    attributeCreated: () => isAny(what.attributeCreated),
    attributeUpdated: () => isAny(what.attributeUpdated),
    attributeDeleted: () => isAny(what.attributeDeleted),
  }
  return triggers.some((trigger) => occurs[trigger]())
}

/** Whether what an entity has beside its Attributes is another. */
function isRevised({ before, after }: EntityChange): boolean {
  if (before === undefined || after === undefined) return false
  const beside = ({ types, scopes = [], expiresAt }: Entity): string =>
    JSON.stringify([types.toSorted(), scopes.toSorted(), expiresAt])
  return beside(before) !== beside(after)
}

/**
 * "If the notification was triggered by the deletion of an Entity and the notification.showChanges member is not set to
 * true, only the deletedAt system property shall be provided"; and Attributes whose deletion it is that is told.
 */
function ofDeletion(subscription: Subscription, entity: Entity, change: EntityChange): Told {
  const { condition, representation } = subscription
  const { watchedAttributes, triggers } = condition
  const isNamed = (name: string): boolean =>
    triggers.includes('attributeDeleted') && (watchedAttributes?.includes(name) ?? true)
  const { attributes } = project(entity, projectionOf(representation))
  const names = Object.keys(attributes).filter((name) => representation.showChanges || isNamed(name))
  const gone = names.flatMap((name) => (attributes[name] ?? []).map((instance) => [name, instance] as const))
  const { scopes: _, ...rest } = entity
  const deletedAt = goneAt(change, [entity])
  return {
    entity: {
      ...rest,
      attributes: withGone(
        {},
        isEachNamed(representation) ? gone : names.flatMap((name) => alone(name, attributes[name])),
      ),
    },
    deletedAt,
    ...(gone.length > 0 && { attributesDeletedAt: deletedAt }),
    ...previousOf(representation.showChanges ? gone : []),
    ...(isFoldedLater(subscription) && { absentBefore: {} }),
  }
}

/** 4.22: what has come to its expiresAt is gone since then, whenever it is purged. Of several it is the last moment. */
function goneAt({ cause, now }: EntityChange, gone: readonly Pick<Entity, 'expiresAt' | 'modifiedAt'>[]): Instant {
  if (cause === 'write') return now
  const ends = gone.flatMap(({ expiresAt, modifiedAt }) =>
    expiresAt === undefined ? [] : [Math.max(toInstant(expiresAt), modifiedAt)],
  )
  return ends.length === 0 ? now : Math.min(now, Math.max(...ends))
}

/** What throttling delays is told together with what changes until then: so it has to be known what was not there before. */
function isFoldedLater({ throttling, representation }: Subscription): boolean {
  return throttling !== undefined && representation.showChanges
}

function ofUpdate(subscription: Subscription, after: Entity, change: EntityChange, what: WhatChanged): Told {
  const { before } = change
  const { representation, condition } = subscription
  const was = before?.attributes ?? {}
  const goneAtAll = goneIn(was, after.attributes, what.attributeDeleted)
  const gone = condition.triggers.includes('attributeDeleted') ? goneAtAll : []
  const isFolded = isFoldedLater(subscription)
  const changed = changedIn(was, after.attributes, what.attributeUpdated)
  const entity = {
    ...after,
    attributes: withGone(after.attributes, isEachNamed(representation) ? gone : shortened(gone, after)),
  }
  return {
    entity: isWholeNeeded(subscription) ? entity : project(entity, projectionOf(representation)),
    ...(before === undefined && { isCreated: true }),
    ...(gone.length > 0 && {
      attributesDeletedAt: goneAt(
        change,
        gone.map(([, instance]) => instance),
      ),
    }),
    ...previousOf(representation.showChanges ? [...changed, ...(isFolded ? goneAtAll : gone)] : []),
    ...(isFolded && { absentBefore: absentIn(was, after.attributes, what.attributeCreated) }),
  }
}

/** Whether more than the names of what is gone "is required" (5.8.6): of each instance its previous value, or its datasetId. */
function isEachNamed({ showChanges, datasetIds }: Representation): boolean {
  return showChanges || datasetIds !== undefined
}

/** The geometry of a Feature is taken from it (4.5.16), and what is shown of it where another entity links to it. */
function isWholeNeeded({ endpoint, representation }: Subscription): boolean {
  return endpoint.accept === 'application/geo+json' || representation.join.kind !== 'none'
}

type Named = readonly [name: string, instance: AttributeInstance]

function goneIn(was: Attributes, is: Attributes, names: ReadonlySet<string>): readonly Named[] {
  return [...names].flatMap((name) =>
    (was[name] ?? [])
      .filter(({ datasetId }) => instanceOf(is, name, datasetId) === undefined)
      .map((instance) => [name, instance] as const),
  )
}

/**
 * "If an Attribute has been deleted, only the name … shall be provided, unless … a datasetId needs to be provided": of one
 * that is gone with all its instances it need not be.
 */
function shortened(gone: readonly Named[], { attributes }: Entity): readonly Named[] {
  const names = [...new Set(gone.map(([name]) => name))]
  return names.flatMap((name) => {
    const named = gone.filter(([each]) => each === name)
    return attributes[name] === undefined
      ? alone(
          name,
          named.map(([, was]) => was),
        )
      : named
  })
}

/** One for all instances: the default one, or one as if it were. */
function alone(name: string, instances: readonly AttributeInstance[] = []): readonly Named[] {
  const one = instances.find(({ datasetId }) => datasetId === undefined) ?? instances[0]
  if (one === undefined) return []
  const { datasetId: _, ...rest } = one
  return [[name, rest]]
}

function absentIn(was: Attributes, is: Attributes, names: ReadonlySet<string>): DatasetIds {
  const absent = [...names].map((name) => {
    const made = (is[name] ?? []).filter(({ datasetId }) => instanceOf(was, name, datasetId) === undefined)
    return [name, made.map(({ datasetId = null }) => datasetId)] as const
  })
  return Object.fromEntries(absent)
}

/** As they were. */
function changedIn(was: Attributes, is: Attributes, names: ReadonlySet<string>): readonly Named[] {
  return [...names].flatMap((name) =>
    (was[name] ?? []).flatMap((instance) => {
      const later = instanceOf(is, name, instance.datasetId)
      return later === undefined || isSameInstance(instance, later) ? [] : [[name, instance] as const]
    }),
  )
}

function withGone(attributes: Attributes, gone: readonly Named[]): Attributes {
  return added(
    attributes,
    gone.map(([name, instance]) => [name, asDeleted(instance)]),
  )
}

/** By their values alone. */
export function previousOf(named: readonly Named[]): Pick<Told, 'previous'> {
  if (named.length === 0) return {}
  const values = named.map(([name, { type, value, datasetId, createdAt, modifiedAt }]): Named => {
    return [name, { type, value, ...(datasetId !== undefined && { datasetId }), createdAt, modifiedAt }]
  })
  return { previous: added({}, values) }
}

/** With these as well. */
export function added(attributes: Attributes, named: readonly Named[]): Attributes {
  if (named.length === 0) return attributes
  const all: Record<string, readonly AttributeInstance[]> = { ...attributes }
  for (const [name, instance] of named) all[name] = [...(all[name] ?? []), instance]
  return all
}
