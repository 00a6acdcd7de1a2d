/** Update Attributes (5.6.2) and Append Attributes (5.6.3): whole attribute instances take the place of others. */

import { buildInstance } from './build.ts'
import type { Entity, Instant } from './entity.ts'
import type { AttributeFragment, EntityFragment } from './fragment.ts'
import { type AttributesDraft, draftOf } from './instances.ts'
import { CORE } from './uri.ts'

/** 5.2.19, with the Attribute's IRI. */
interface NotUpdated {
  readonly attributeName: string
  readonly reason: string
}

/** What became of an Entity, and which of the Attributes that were sent were applied (5.2.18). */
export interface Update {
  /** The same object as before where nothing changed. */
  readonly entity: Entity
  /** IRIs of Attributes. */
  readonly updated: readonly string[]
  readonly notUpdated: readonly NotUpdated[]
}

/** What one attribute instance of the fragment does to the attributes; a text says why it does nothing. */
type Step = (attributes: AttributesDraft, name: string, fragment: AttributeFragment) => string | undefined

/** 5.6.2.4 with the partial update patch of 5.5.8 at the level of the Entity. */
export function updateAttributes(entity: Entity, fragment: EntityFragment, now: Instant): Update {
  const step: Step = (attributes, name, sent) => {
    const present = attributes.get(name, sent.datasetId)
    if (sent.value === null && present === undefined) return NOTHING_TO_DELETE
    if (sent.value === null) attributes.remove(name, sent.datasetId)
    else attributes.put(name, buildInstance(sent, now, present?.createdAt))
    return undefined
  }
  // 5.6.2.4: "If scope is included in the Fragment and the target entity includes scope, replace the scope …, otherwise ignore it."
  const ignored = entity.scopes === undefined && fragment.scopes !== undefined
  const scopes = ignored ? undefined : fragment.scopes
  const changed = { ...members(entity, fragment), ...(scopes !== undefined && { scopes }) }
  const update = apply(entity, fragment, step, changed, now)
  return ignored ? { ...update, notUpdated: [...update.notUpdated, SCOPE_IGNORED] } : update
}

const SCOPE_IGNORED: NotUpdated = {
  attributeName: `${CORE}scope`,
  reason: 'the entity has no scope that could be updated; append it, or merge it into the entity',
}

/** 5.6.3.4. Without `overwrite` what is there stays as it is. */
export function appendAttributes(entity: Entity, fragment: EntityFragment, overwrite: boolean, now: Instant): Update {
  const step: Step = (attributes, name, sent) => {
    const present = attributes.get(name, sent.datasetId)
    if (present !== undefined && !overwrite) return NOT_OVERWRITTEN
    attributes.put(name, buildInstance(sent, now, present?.createdAt))
    return undefined
  }
  const scopes = appendedScopes(entity, fragment, overwrite)
  const { expiresAt, ...others } = members(entity, fragment)
  const keepExpiry = expiresAt === undefined || (!overwrite && entity.expiresAt !== undefined)
  return apply(entity, fragment, step, { ...others, ...(!keepExpiry && { expiresAt }), ...(scopes && { scopes }) }, now)
}

/** Reasons of a {@link NotUpdated}. */
export const NOTHING_TO_DELETE = 'there is no such instance of this Attribute to delete'
const NOT_OVERWRITTEN = 'the Attribute exists already and noOverwrite was asked for'

/** 5.6.3.4: "Otherwise, the Scopes in the Fragment that are not part of the value of scope of the target Entity will be appended". */
function appendedScopes(entity: Entity, { scopes }: EntityFragment, overwrite: boolean): readonly string[] | undefined {
  if (scopes == null || overwrite) return scopes ?? undefined
  const { scopes: present = [] } = entity
  const added = notIn(present, scopes)
  return added.length === 0 ? undefined : [...present, ...added]
}

interface Members {
  readonly types?: readonly string[]
  readonly scopes?: readonly string[] | null
  readonly expiresAt?: string | null
}

/** 5.5.8: "all included Entity Types are added, if they are not already contained". */
export function members(entity: Entity, fragment: EntityFragment): Omit<Members, 'scopes'> {
  const added = notIn(entity.types, fragment.types ?? [])
  return {
    ...(added.length > 0 && { types: [...entity.types, ...added] }),
    ...(fragment.expiresAt !== undefined && { expiresAt: fragment.expiresAt }),
  }
}

function notIn(present: readonly string[], sent: readonly string[]): readonly string[] {
  const known = new Set(present)
  return sent.filter((item) => !known.has(item))
}

/** The entity with members set, or taken away where null; the same object where there is nothing to set or to take away. */
function withMembers(entity: Entity, { types, scopes, expiresAt }: Members): Entity {
  const changes = types !== undefined || isChange(scopes, entity.scopes) || isChange(expiresAt, entity.expiresAt)
  if (!changes) return entity
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

/** Whether what was sent, or null for a removal, is more than the removal of what is not there. */
export function isChange(sent: unknown, present: unknown): boolean {
  return sent !== undefined && (sent !== null || present !== undefined)
}

/** Walks the fragment's attribute instances through a step and collects what became of them. */
export function apply(entity: Entity, fragment: EntityFragment, step: Step, changed: Members, now: Instant): Update {
  const draft = draftOf(entity.attributes)
  const updated = new Set<string>()
  const notUpdated: NotUpdated[] = []
  for (const name in fragment.attributes) {
    for (const sent of fragment.attributes[name] ?? []) {
      const reason = step(draft, name, sent)
      if (reason === undefined) updated.add(name)
      else notUpdated.push({ attributeName: name, reason })
    }
  }
  const attributes = draft.finish()
  const moved = withMembers(entity, changed)
  const same = attributes === entity.attributes && moved === entity
  return { entity: same ? entity : { ...moved, attributes, modifiedAt: now }, updated: [...updated], notUpdated }
}
