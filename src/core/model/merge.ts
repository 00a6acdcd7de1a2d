/** Merge Patch (5.5.12) of an Entity, and the Partial Update Patch (5.5.8) of one Attribute, which goes one level less deep. */

import { buildInstance } from './build.ts'
import type { AttributeInstance, Attributes, AttributeType, Entity, Instant, Json } from './entity.ts'
import {
  type AttributeFragment,
  type AttributeFragments,
  type EntityFragment,
  type ReadingOptions,
  type Removal,
  valueAs,
} from './fragment.ts'
import { type AttributesDraft, draftOf } from './instances.ts'
import { isObject } from './json-object.ts'
import { apply, isChange, members, NOTHING_TO_DELETE, type Update } from './update.ts'
import { NGSI_LD_NULL } from './uri.ts'

/** 5.6.17.3: what a merge is told beside the fragment. */
export interface MergeOptions extends ReadingOptions {
  /** Common timestamp for Attributes that have an observedAt already. */
  readonly observedAt?: string
}

/** 5.6.17.4. Throws BadRequestData where a fragment does not fit the type of the Attribute it changes. */
export function mergeEntity(entity: Entity, fragment: EntityFragment, options: MergeOptions, now: Instant): Update {
  const step = (attributes: AttributesDraft, name: string, sent: AttributeFragment) =>
    mergeInto(attributes, name, sent, options, now)
  const scopes = fragment.scopes !== undefined && { scopes: fragment.scopes }
  return apply(entity, fragment, step, { ...members(entity, fragment), ...scopes }, now)
}

/**
 * 5.6.4.1: "A partial update only changes the elements provided in an Entity Fragment, leaving the rest as they are".
 * Sub-attributes that are given replace those of the same name and datasetId whole. Undefined where the instance goes.
 */
export function patchInstance(
  present: AttributeInstance,
  sent: AttributeFragment,
  now: Instant,
): AttributeInstance | undefined {
  const value = valueAs(sent, present.type)
  if (value === null) return undefined
  const attributes = sent.attributes && patchSubAttributes(present.attributes ?? {}, sent.attributes, now)
  return changed(present, value, sent, attributes, now)
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
  const value = fitting === undefined || asksNothing(present.value, fitting) ? undefined : mergedValue(present, fitting)
  if (isEmptyLanguageMap(present.type, value)) return undefined
  const common = present.observedAt !== undefined && options.observedAt !== undefined && sent.observedAt === undefined
  const elements = common ? { ...sent, observedAt: options.observedAt } : sent
  const attributes = sent.attributes && mergeSubAttributes(present.attributes ?? {}, sent.attributes, options, now)
  return changed(present, value, elements, attributes, now)
}

/** The instance with what was sent; the same object where that changes nothing, so that it is not modified. */
function changed(
  present: AttributeInstance,
  value: Json | undefined,
  elements: AttributeFragment,
  attributes: Attributes | undefined,
  now: Instant,
): AttributeInstance {
  const valued = value === undefined ? present : { ...present, value }
  const after = withAttributes(withElements(valued, elements), attributes)
  return after === present ? present : { ...after, modifiedAt: now }
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

/** Hands back why there is nothing to do, where there is nothing. */
function mergeInto(
  attributes: AttributesDraft,
  name: string,
  sent: AttributeFragment,
  options: MergeOptions,
  now: Instant,
): string | undefined {
  const before = attributes.get(name, sent.datasetId)
  if (before === undefined) return appendTo(attributes, name, cleaned(sent), now)
  // 5.6.17.4: "If overwrite is allowed and the Attribute value is NGSI-LD Null, then the existing Attribute … shall be
  // deleted": the clause asks for no type, where 5.6.4.4 does.
  const after = sent.value === null ? undefined : mergeInstance(before, sent, options, now)
  if (after === undefined) attributes.remove(name, sent.datasetId)
  else attributes.put(name, after)
  return undefined
}

function appendTo(
  attributes: AttributesDraft,
  name: string,
  sent: AttributeFragment,
  now: Instant,
): string | undefined {
  if (sent.value === null) return NOTHING_TO_DELETE
  attributes.put(name, buildInstance(sent, now))
  return undefined
}

/** The non-reified elements that were sent, set or removed. */
function withElements(instance: AttributeInstance, sent: AttributeFragment): AttributeInstance {
  const changes = ELEMENTS.filter((element) => isChange(sent[element], instance[element]))
  if (changes.length === 0) return instance
  const after: Record<string, unknown> = { ...instance }
  for (const element of changes) {
    if (sent[element] === null) delete after[element]
    else after[element] = sent[element]
  }
  return after as unknown as AttributeInstance
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
  if (attributes === undefined || attributes === instance.attributes) return instance
  if (Object.keys(attributes).length > 0) return { ...instance, attributes }
  if (instance.attributes === undefined) return instance
  const { attributes: _, ...bare } = instance
  return bare
}

function mergedValue(present: AttributeInstance, sent: Json): Json {
  // A geometry is one thing: its type and coordinates make no sense apart.
  return present.type === 'GeoProperty' ? sent : mergeJson(present.value, sent)
}

/** 4.5.18.2: a languageMap is "a set of a non-empty language tags": with its last text the Attribute has no value left. */
function isEmptyLanguageMap(type: AttributeType, value: Json | undefined): boolean {
  return type === 'LanguageProperty' && isObject(value) && Object.keys(value).length === 0
}

/** Whether merging the patch sets nothing and removes only what is not there. What is set again to what it was is set. */
function asksNothing(target: Json | undefined, patch: Json): boolean {
  if (!isObject(target) || !isObject(patch)) return false
  return Object.entries(patch).every(([key, value]) =>
    value === NGSI_LD_NULL
      ? !Object.hasOwn(target, key)
      : Object.hasOwn(target, key) && asksNothing(target[key], value),
  )
}

/** RFC 7396 with NGSI-LD Null in place of null. */
function mergeJson(target: Json, patch: Json): Json {
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
  if (sent.value === null || sent.type === undefined) return sent
  const { reading: _, ...rest } = sent
  const value = cleanedValue(sent.type, valueAs(sent, sent.type))
  if (value === undefined) return sent
  const attributes = sent.attributes && Object.entries(sent.attributes).map(([name, all]) => [name, all.map(cleaned)])
  return { ...rest, value, ...(attributes !== undefined && { attributes: Object.fromEntries(attributes) }) }
}

function cleanedValue(type: AttributeType, value: Json | Removal | undefined): Json | Removal | undefined {
  if (value == null || type === 'GeoProperty') return value
  const left = mergeJson(null, value)
  return isEmptyLanguageMap(type, left) ? null : left
}
