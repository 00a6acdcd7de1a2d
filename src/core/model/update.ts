/** Update Attributes (5.6.2) and Append Attributes (5.6.3): whole attribute instances take the place of others. */

import { buildInstance } from './build.ts'
import type { Attributes, Entity, Instant } from './entity.ts'
import type { AttributeFragment, EntityFragment } from './fragment.ts'
import { instanceOf, withInstance, withoutInstance } from './instances.ts'

/** 5.2.19, with the Attribute's IRI. */
export interface NotUpdated {
  readonly attributeName: string
  readonly reason: string
}

export interface Update {
  /** The same object as before where nothing changed. */
  readonly entity: Entity
  /** IRIs of Attributes. */
  readonly updated: readonly string[]
  readonly notUpdated: readonly NotUpdated[]
}

/** What one attribute instance of the fragment does to the attributes: the new ones, or why it does nothing. */
type Step = (
  attributes: Attributes,
  name: string,
  fragment: AttributeFragment,
) => Attributes | { readonly reason: string }

/** 5.6.2.4 with the partial update patch of 5.5.8 at the level of the Entity. */
export function updateAttributes(entity: Entity, fragment: EntityFragment, now: Instant): Update {
  const step: Step = (attributes, name, sent) => {
    const present = instanceOf(attributes, name, sent.datasetId)
    if (sent.value !== null) return withInstance(attributes, name, buildInstance(sent, now, present?.createdAt))
    return present === undefined ? NOTHING_TO_DELETE : withoutInstance(attributes, name, sent.datasetId)
  }
  // 5.6.2.4: "If scope is included in the Fragment and the target entity includes scope, replace the scope …, otherwise ignore it."
  const ignored = entity.scopes === undefined && fragment.scopes !== undefined
  const scopes = ignored ? undefined : fragment.scopes
  const changed = { ...members(entity, fragment), ...(scopes !== undefined && { scopes }) }
  const update = apply(entity, fragment, step, changed, now)
  return ignored ? { ...update, notUpdated: [...update.notUpdated, SCOPE_IGNORED] } : update
}

const SCOPE_IGNORED: NotUpdated = {
  attributeName: 'scope',
  reason: 'the entity has no scope that could be updated; append it, or merge it into the entity',
}

/** 5.6.3.4. Without `overwrite` what is there stays as it is. */
export function appendAttributes(entity: Entity, fragment: EntityFragment, overwrite: boolean, now: Instant): Update {
  const step: Step = (attributes, name, sent) => {
    const present = instanceOf(attributes, name, sent.datasetId)
    if (present !== undefined && !overwrite) return NOT_OVERWRITTEN
    return withInstance(attributes, name, buildInstance(sent, now, present?.createdAt))
  }
  const scopes = appendedScopes(entity, fragment, overwrite)
  const { expiresAt, ...others } = members(entity, fragment)
  const keepExpiry = expiresAt === undefined || (!overwrite && entity.expiresAt !== undefined)
  return apply(entity, fragment, step, { ...others, ...(!keepExpiry && { expiresAt }), ...(scopes && { scopes }) }, now)
}

const NOTHING_TO_DELETE = { reason: 'there is no such instance of this Attribute to delete' }
const NOT_OVERWRITTEN = { reason: 'the Attribute exists already and noOverwrite was asked for' }

/** 5.6.3.4: "Otherwise, the Scopes in the Fragment that are not part of the value of scope of the target Entity will be appended". */
function appendedScopes(entity: Entity, { scopes }: EntityFragment, overwrite: boolean): readonly string[] | undefined {
  if (scopes == null || overwrite) return scopes ?? undefined
  const { scopes: present = [] } = entity
  const added = scopes.filter((scope) => !present.includes(scope))
  return added.length === 0 ? undefined : [...present, ...added]
}

interface Members {
  readonly types?: readonly string[]
  readonly scopes?: readonly string[] | null
  readonly expiresAt?: string | null
}

/** 5.5.8: "all included Entity Types are added, if they are not already contained". */
export function members(entity: Entity, fragment: EntityFragment): Omit<Members, 'scopes'> {
  const added = fragment.types?.filter((type) => !entity.types.includes(type)) ?? []
  return {
    ...(added.length > 0 && { types: [...entity.types, ...added] }),
    ...(fragment.expiresAt !== undefined && { expiresAt: fragment.expiresAt }),
  }
}

/** The entity with members set, or taken away where null. */
export function withMembers(entity: Entity, { types, scopes, expiresAt }: Members): Entity {
  if (types === undefined && scopes === undefined && expiresAt === undefined) return entity
  const { scopes: _, expiresAt: __, ...bare } = entity
  const newScopes = scopes === undefined ? entity.scopes : (scopes ?? undefined)
  const newExpiry = expiresAt === undefined ? entity.expiresAt : (expiresAt ?? undefined)
  return {
    ...bare,
    types: types ?? entity.types,
    ...(newScopes !== undefined && { scopes: newScopes }),
    ...(newExpiry !== undefined && { expiresAt: newExpiry }),
  }
}

/** Walks the fragment's attribute instances through a step and collects what became of them. */
export function apply(entity: Entity, fragment: EntityFragment, step: Step, changed: Members, now: Instant): Update {
  let attributes = entity.attributes
  const updated: string[] = []
  const notUpdated: NotUpdated[] = []
  for (const name in fragment.attributes) {
    for (const sent of fragment.attributes[name] ?? []) {
      const result = step(attributes, name, sent)
      if ('reason' in result && typeof result.reason === 'string') {
        notUpdated.push({ attributeName: name, reason: result.reason })
      } else {
        attributes = result as Attributes
        if (!updated.includes(name)) updated.push(name)
      }
    }
  }
  const moved = withMembers(entity, changed)
  const same = attributes === entity.attributes && moved === entity
  return { entity: same ? entity : { ...moved, attributes, modifiedAt: now }, updated, notUpdated }
}
