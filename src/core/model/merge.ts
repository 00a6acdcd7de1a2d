/** Merge Patch (5.5.12) of an Entity, and the Partial Update Patch (5.5.8) of one Attribute, which goes one level less deep. */

import { buildInstance } from './build.ts'
import type { AttributeInstance, Attributes, Entity, Instant, Json } from './entity.ts'
import {
  type AttributeFragment,
  type AttributeFragments,
  type EntityFragment,
  type ReadingOptions,
  valueAs,
} from './fragment.ts'
import { type AttributesDraft, draftOf } from './instances.ts'
import { isObject } from './json-object.ts'
import { apply, members, NOTHING_TO_DELETE, type Update } from './update.ts'
import { NGSI_LD_NULL } from './uri.ts'

export interface MergeOptions extends ReadingOptions {
  /** Common timestamp for Attributes that have an observedAt already. */
  readonly observedAt?: string
}

/** 5.6.17.4. Throws BadRequestData where a fragment does not fit the type of the Attribute it changes. */
export function mergeEntity(entity: Entity, fragment: EntityFragment, options: MergeOptions, now: Instant): Update {
  const step = (attributes: AttributesDraft, name: string, sent: AttributeFragment) => {
    if (sent.value === null && attributes.get(name, sent.datasetId) === undefined) return NOTHING_TO_DELETE
    mergeInto(attributes, name, sent, options, now)
    return undefined
  }
  const scopes = fragment.scopes !== undefined && { scopes: fragment.scopes }
  return apply(entity, fragment, step, { ...members(entity, fragment), ...scopes }, now)
}

/**
 * 5.6.4.4: the elements given are changed, "leaving the rest as they are". Sub-attributes that are given replace those
 * of the same name and datasetId whole. Undefined where the instance goes.
 */
export function patchInstance(
  present: AttributeInstance,
  sent: AttributeFragment,
  now: Instant,
): AttributeInstance | undefined {
  const value = valueAs(sent, present.type)
  if (value === null) return undefined
  const attributes = sent.attributes && patchSubAttributes(present.attributes ?? {}, sent.attributes, now)
  const changed = { ...present, value: value ?? present.value, modifiedAt: now }
  return withAttributes(withElements(changed, sent), attributes ?? present.attributes)
}

function patchSubAttributes(present: Attributes, sent: AttributeFragments, now: Instant): Attributes {
  const attributes = draftOf(present)
  for (const name in sent) {
    for (const fragment of sent[name] ?? []) {
      const before = attributes.get(name, fragment.datasetId)
      if (fragment.value === null) attributes.remove(name, fragment.datasetId)
      else attributes.put(name, buildInstance(fragment, now, before?.createdAt))
    }
  }
  return attributes.finish()
}

/** Undefined where the instance goes. */
function mergeInstance(
  present: AttributeInstance,
  received: AttributeFragment,
  options: MergeOptions,
  now: Instant,
): AttributeInstance | undefined {
  const sent = understood(present, received)
  const fitting = valueAs(sent, present.type, options)
  if (fitting === null) return undefined
  const value = fitting === undefined ? present.value : mergedValue(present, fitting)
  const common = present.observedAt !== undefined && options.observedAt !== undefined && sent.observedAt === undefined
  const elements = common ? { ...sent, observedAt: options.observedAt } : sent
  const attributes = sent.attributes && mergeSubAttributes(present.attributes ?? {}, sent.attributes, options, now)
  return withAttributes(
    withElements({ ...present, value, modifiedAt: now }, elements),
    attributes ?? present.attributes,
  )
}

/** An object that may be a value or a fragment is the latter where the Attribute has the sub-attributes that it names. */
function understood(present: AttributeInstance, sent: AttributeFragment): AttributeFragment {
  const { attributes } = present
  if (sent.otherwise === undefined || attributes === undefined) return sent
  const fragment = sent.otherwise()
  const isFragment = Object.keys(fragment?.attributes ?? {}).some((name) => attributes[name] !== undefined)
  return isFragment && fragment !== undefined ? fragment : sent
}

function mergeSubAttributes(
  present: Attributes,
  sent: AttributeFragments,
  options: MergeOptions,
  now: Instant,
): Attributes {
  const attributes = draftOf(present)
  for (const name in sent) {
    for (const fragment of sent[name] ?? []) mergeInto(attributes, name, fragment, options, now)
  }
  return attributes.finish()
}

function mergeInto(
  attributes: AttributesDraft,
  name: string,
  sent: AttributeFragment,
  options: MergeOptions,
  now: Instant,
): void {
  const before = attributes.get(name, sent.datasetId)
  if (before === undefined) {
    if (sent.value !== null) attributes.put(name, buildInstance(cleaned(sent), now))
    return
  }
  const after = sent.value === null ? undefined : mergeInstance(before, sent, options, now)
  if (after === undefined) attributes.remove(name, sent.datasetId)
  else attributes.put(name, after)
}

/** The non-reified elements that were sent, set or removed. */
function withElements(instance: AttributeInstance, sent: AttributeFragment): AttributeInstance {
  const changed: Record<string, unknown> = { ...instance }
  for (const element of ELEMENTS) {
    const value = sent[element]
    if (value === undefined) continue
    if (value === null) delete changed[element]
    else changed[element] = value
  }
  return changed as unknown as AttributeInstance
}

const ELEMENTS = [
  'observedAt',
  'expiresAt',
  'unitCode',
  'valueType',
  'objectType',
  'entityIdSealed',
  'entityTypeSealed',
] as const

function withAttributes(instance: AttributeInstance, attributes: Attributes | undefined): AttributeInstance {
  const { attributes: _, ...bare } = instance
  return attributes === undefined || Object.keys(attributes).length === 0 ? bare : { ...bare, attributes }
}

function mergedValue(present: AttributeInstance, sent: Json): Json {
  // A geometry is one thing: its type and coordinates make no sense apart.
  return present.type === 'GeoProperty' ? sent : mergeJson(present.value, sent)
}

/** RFC 7396 with NGSI-LD Null in place of null. */
export function mergeJson(target: Json, patch: Json): Json {
  if (!isObject(patch)) return patch
  const merged = new Map(isObject(target) ? Object.entries(target) : [])
  for (const [key, value] of Object.entries(patch)) {
    if (value === NGSI_LD_NULL) merged.delete(key)
    else merged.set(key, mergeJson(merged.get(key) ?? null, value))
  }
  // fromEntries defines members: a member named __proto__ is one like any other.
  return Object.fromEntries(merged)
}

/** What is appended by a merge has no NGSI-LD Null left in its values (RFC 7396 on an empty target), at any depth. */
function cleaned(sent: AttributeFragment): AttributeFragment {
  const { readAs: _, ...rest } = sent
  const value = sent.type === undefined ? undefined : valueAs(sent, sent.type)
  const attributes = sent.attributes && Object.entries(sent.attributes).map(([name, all]) => [name, all.map(cleaned)])
  return {
    ...rest,
    ...(value !== undefined && {
      value: value === null || sent.type === 'GeoProperty' ? value : mergeJson(null, value),
    }),
    ...(attributes !== undefined && { attributes: Object.fromEntries(attributes) }),
  }
}
