/** Entities and attribute instances made from what was sent, where nothing stands in their place yet. */

import type { AttributeInstance, Attributes, Entity, Instant } from './entity.ts'
import { type AttributeFragment, type AttributeFragments, type CompleteEntityFragment, valueAs } from './fragment.ts'
import { badRequest } from './problems.ts'

/** 5.6.1: a new Entity. */
export function createEntity(id: string, fragment: CompleteEntityFragment, now: Instant): Entity {
  return {
    id,
    types: fragment.types,
    ...(fragment.scopes != null && { scopes: fragment.scopes }),
    ...(fragment.expiresAt != null && { expiresAt: fragment.expiresAt }),
    createdAt: now,
    modifiedAt: now,
    attributes: buildAttributes(fragment.attributes, now),
  }
}

/** 5.6.18: "completely replace the existing Entity … createdAt … remain unchanged". */
export function replaceEntity(current: Entity, fragment: CompleteEntityFragment, now: Instant): Entity {
  return { ...createEntity(current.id, fragment, now), createdAt: current.createdAt }
}

/** A new instance. Throws BadRequestData where the fragment does not tell its type and value. */
export function buildInstance(fragment: AttributeFragment, now: Instant, createdAt: Instant = now): AttributeInstance {
  const value = fragment.type === undefined ? undefined : valueAs(fragment, fragment.type)
  if (fragment.type === undefined || value == null) {
    const detail = 'a new Attribute needs a type and a value, such as {"type":"Property","value":1}'
    throw fragment.reading?.refuse(detail) ?? badRequest(detail)
  }
  const attributes = fragment.attributes === undefined ? {} : buildAttributes(fragment.attributes, now)
  return {
    type: fragment.type,
    value,
    ...(fragment.datasetId !== undefined && { datasetId: fragment.datasetId }),
    ...(fragment.observedAt != null && { observedAt: fragment.observedAt }),
    ...(fragment.expiresAt != null && { expiresAt: fragment.expiresAt }),
    ...(fragment.unitCode != null && { unitCode: fragment.unitCode }),
    ...(fragment.valueType != null && { valueType: fragment.valueType }),
    ...(fragment.objectType != null && { objectType: fragment.objectType }),
    ...(fragment.entityIdSealed != null && { entityIdSealed: fragment.entityIdSealed }),
    ...(fragment.entityTypeSealed != null && { entityTypeSealed: fragment.entityTypeSealed }),
    createdAt,
    modifiedAt: now,
    ...(Object.keys(attributes).length > 0 && { attributes }),
  }
}

/** New instances of all that the fragments do not remove. */
function buildAttributes(fragments: AttributeFragments, now: Instant): Attributes {
  const built: Record<string, AttributeInstance[]> = {}
  for (const name in fragments) {
    const kept = (fragments[name] ?? []).filter(({ value }) => value !== null)
    if (kept.length > 0) built[name] = kept.map((fragment) => buildInstance(fragment, now))
  }
  return built
}
