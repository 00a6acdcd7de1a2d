/** What a change is told as to a Subscription (5.8.6): enough to show it later, in whatever representation. */

import type { EntityChange } from '../model/change.ts'
import type { AttributeInstance, Attributes, Entity, Instant, Json } from '../model/entity.ts'
import { instanceOf } from '../model/instances.ts'
import { NGSI_LD_NULL } from '../model/uri.ts'
import type { EntityFilter } from '../query/ast.ts'
import { matches } from '../query/evaluate.ts'
import { linkDepth } from '../query/parse-query.ts'
import { createProjection, project } from '../query/projection.ts'
import type { Condition, Subscription, Trigger } from './subscription.ts'
import { isSameInstance, type WhatChanged } from './what-changed.ts'

/** Which instance of an Attribute: its IRI, and its datasetId, null for the default one. */
type Place = readonly [name: string, datasetId: string | null]

/** JSON, as it is stored until it is told. */
export interface Told {
  /** As it was after the change. What was deleted of it has NGSI-LD Null for its value. */
  readonly entity: Entity
  /** When it was deleted; absent where it was not. */
  readonly deletedAt?: Instant
  /** Instances that were deleted, and when. */
  readonly deleted?: { readonly at: Instant; readonly places: readonly Place[] }
  /** Where showChanges asks for it: the values that changed or went, as they were. */
  readonly previous?: readonly (readonly [...Place, value: Json])[]
  /** Whether q has to be asked again, with the entities that it leads to (4.9). */
  readonly isInDoubt?: true
}

/** Undefined where the Subscription is not concerned. */
export function tell(subscription: Subscription, change: EntityChange, what: WhatChanged): Told | undefined {
  const { condition } = subscription
  const entity = change.after ?? change.before
  if (entity === undefined || !isTriggered(condition, change, what)) return undefined
  const isInDoubt = condition.q !== undefined && linkDepth(condition.q) > 0
  if (!matches(entity, filterOf(condition, isInDoubt))) return undefined
  const told =
    change.after === undefined ? ofDeletion(subscription, entity, change) : ofUpdate(subscription, change, what)
  return { ...told, ...(isInDoubt && { isInDoubt }) }
}

/** What selects the entities of a Subscription; without its q where that is asked later. */
export function filterOf({ entities, q, geo, scopes }: Condition, withoutQuery = false): EntityFilter {
  return {
    ...(entities !== undefined && { alternatives: entities }),
    ...(q !== undefined && !withoutQuery && { q }),
    ...(geo !== undefined && { geo }),
    ...(scopes !== undefined && { scopes }),
  }
}

function isTriggered({ triggers, watchedAttributes }: Condition, change: EntityChange, what: WhatChanged): boolean {
  const isWatched = (names: ReadonlySet<string>): boolean =>
    watchedAttributes === undefined ? names.size > 0 : watchedAttributes.some((name) => names.has(name))
  const occurs: Readonly<Record<Trigger, () => boolean>> = {
    entityCreated: () => change.before === undefined,
    entityDeleted: () => change.after === undefined,
    attributeCreated: () => isWatched(what.attributeCreated),
    attributeUpdated: () => isWatched(what.attributeUpdated),
    attributeDeleted: () => isWatched(what.attributeDeleted),
  }
  return triggers.some((trigger) => occurs[trigger]())
}

/**
 * "If the notification was triggered by the deletion of an Entity and the notification.showChanges member is not set to
 * true, only the deletedAt system property shall be provided"; and Attributes whose deletion it is that is told.
 */
function ofDeletion({ condition, representation }: Subscription, entity: Entity, { now }: EntityChange): Told {
  const { watchedAttributes, triggers } = condition
  const isNamed = (name: string): boolean =>
    triggers.includes('attributeDeleted') && (watchedAttributes?.includes(name) ?? true)
  const names = Object.keys(entity.attributes).filter((name) => representation.showChanges || isNamed(name))
  const gone = names.flatMap((name) => (entity.attributes[name] ?? []).map((instance) => [name, instance] as const))
  const { attributes: _, ...rest } = entity
  return { ...toldOf({ ...rest, attributes: {} }, gone, [], representation.showChanges, now), deletedAt: now }
}

function ofUpdate(
  { representation, condition, endpoint }: Subscription,
  change: EntityChange,
  what: WhatChanged,
): Told {
  const { before, after, now } = change
  const was = before?.attributes ?? {}
  const is = after?.attributes ?? {}
  const gone = condition.triggers.includes('attributeDeleted') ? goneIn(was, is, what.attributeDeleted) : []
  const changed = representation.showChanges ? changedIn(was, is, what.attributeUpdated) : []
  const told = toldOf(after as Entity, gone, changed, representation.showChanges, now)
  // The geometry of a Feature is taken from the whole (4.5.16).
  if (endpoint.accept === 'application/geo+json') return told
  const { pick, omit } = representation
  const datasetIds = representation.datasetIds?.map((id) => id ?? undefined)
  return { ...told, entity: project(told.entity, createProjection(pick, omit, datasetIds)) }
}

type Named = readonly [name: string, instance: AttributeInstance]

function goneIn(was: Attributes, is: Attributes, names: ReadonlySet<string>): readonly Named[] {
  return [...names].flatMap((name) =>
    (was[name] ?? [])
      .filter(({ datasetId }) => instanceOf(is, name, datasetId) === undefined)
      .map((instance) => [name, instance] as const),
  )
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

function toldOf(
  entity: Entity,
  gone: readonly Named[],
  changed: readonly Named[],
  showChanges: boolean,
  now: Instant,
): Told {
  const previous = showChanges ? [...changed, ...gone] : []
  return {
    entity: gone.length === 0 ? entity : { ...entity, attributes: withGone(entity.attributes, gone) },
    ...(gone.length > 0 && { deleted: { at: now, places: gone.map(([name, instance]) => placeOf(name, instance)) } }),
    ...(previous.length > 0 && {
      previous: previous.map(([name, instance]) => [...placeOf(name, instance), instance.value] as const),
    }),
  }
}

function placeOf(name: string, { datasetId }: AttributeInstance): Place {
  return [name, datasetId ?? null]
}

function withGone(attributes: Attributes, gone: readonly Named[]): Attributes {
  const all: Record<string, readonly AttributeInstance[]> = { ...attributes }
  for (const [name, instance] of gone) all[name] = [...(all[name] ?? []), nullOf(instance)]
  return all
}

/** "the value or the object is set to the URI "urn:ngsi-ld:null" respectively or, in case of a LanguageProperty, the languageMap is set to {"@none": "urn:ngsi-ld:null"}" */
function nullOf({ type, datasetId, createdAt, modifiedAt }: AttributeInstance): AttributeInstance {
  const value = type === 'LanguageProperty' ? { '@none': NGSI_LD_NULL } : NGSI_LD_NULL
  return { type, value, ...(datasetId !== undefined && { datasetId }), createdAt, modifiedAt }
}
