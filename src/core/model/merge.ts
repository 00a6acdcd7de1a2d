/** Merge Patch (5.5.12) of an Entity, and the Partial Update Patch (5.5.8) of one Attribute, which goes one level less deep. */

import { buildInstance } from './build.ts'
import type { AttributeInstance, Attributes, Entity, Instant, Json } from './entity.ts'
import type { AttributeFragment, AttributeFragments, EntityFragment } from './fragment.ts'
import { valueMemberOf } from './fragment.ts'
import { geometryFault } from './geometry.ts'
import { type AttributesDraft, draftOf } from './instances.ts'
import { isObject } from './json-object.ts'
import { pointerPart } from './pointer.ts'
import { badRequest } from './problems.ts'
import { prohibition } from './prohibitions.ts'
import { apply, members, NOTHING_TO_DELETE, type Update } from './update.ts'
import { isUri, NGSI_LD_NULL } from './uri.ts'

export interface MergeOptions {
  /** The fragment is in simplified representation: "the type of any pre-existing Attribute … shall be preserved". */
  readonly simplified: boolean
  /** Common timestamp for Attributes that have an observedAt already. */
  readonly observedAt?: string
  /** Common language tag for LanguageProperties that are sent as a string. */
  readonly lang?: string
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
 * of the same name and datasetId whole.
 */
export function patchInstance(
  present: AttributeInstance,
  sent: AttributeFragment,
  name: string,
  now: Instant,
): AttributeInstance {
  checkFits(present, sent, name)
  const value = sent.value == null ? present.value : fittingValue(present, sent, name, NO_OPTIONS)
  const attributes = sent.attributes && patchSubAttributes(present.attributes ?? {}, sent.attributes, now)
  return withAttributes(withElements({ ...present, value, modifiedAt: now }, sent), attributes ?? present.attributes)
}

const NO_OPTIONS: MergeOptions = { simplified: false }

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

function mergeInstance(
  present: AttributeInstance,
  received: AttributeFragment,
  name: string,
  options: MergeOptions,
  now: Instant,
): AttributeInstance {
  const sent = understood(present, received)
  checkFits(present, sent, name)
  const value = sent.value == null ? present.value : mergedValue(present, fittingValue(present, sent, name, options))
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
  const named = Object.keys(sent.otherwise?.attributes ?? {})
  const isFragment = named.some((name) => present.attributes?.[name] !== undefined)
  return isFragment && sent.otherwise !== undefined ? sent.otherwise : sent
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
  if (sent.value === null) attributes.remove(name, sent.datasetId)
  else if (before === undefined) attributes.put(name, buildInstance(cleaned(sent), now))
  else attributes.put(name, mergeInstance(before, sent, name, options, now))
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

/**
 * 5.6.4.4: "the type of the Attribute has to be the same …, i.e. it is not allowed to change the type of an Attribute",
 * and what is sent without a type has to go with the type that is there. Throws BadRequestData.
 */
export function checkFits(present: AttributeInstance, sent: AttributeFragment, name: string): void {
  if (sent.typeSent && sent.type !== present.type) throw wrongType(present, String(sent.type), name)
  for (const element of ELEMENTS) {
    const reason = sent[element] == null ? undefined : prohibition(element, present.type)
    if (reason !== undefined) throw badRequest(reason, `/${pointerPart(name)}/${element}`)
  }
}

/** The value that was sent as one of the present type's. Throws BadRequestData where it cannot be. */
function fittingValue(present: AttributeInstance, sent: AttributeFragment, name: string, options: MergeOptions): Json {
  const { value = null, member } = sent
  if (member === undefined) return bareValue(present, value, name, options)
  if (member !== valueMemberOf[present.type]) throw wrongType(present, `an Attribute with "${member}"`, name)
  if (present.type === 'GeoProperty') checkGeometry(value, name)
  return value
}

function wrongType(present: AttributeInstance, sent: string, name: string) {
  return badRequest(
    `"${name}" is a ${present.type} with "${valueMemberOf[present.type]}", what was sent is ${sent}; the type of an Attribute cannot be changed: delete it first, or replace it`,
    `/${pointerPart(name)}`,
  )
}

function checkGeometry(value: Json, name: string): void {
  const fault = geometryFault(value)
  if (fault !== undefined) throw badRequest(fault.detail, `/${pointerPart(name)}${fault.at}`)
}

/** A value without an Attribute around it: a string for one language, or simplified input for the type that is there. */
function bareValue(present: AttributeInstance, value: Json, name: string, options: MergeOptions): Json {
  if (present.type === 'LanguageProperty') return languageMapOf(value, name, options)
  if (!options.simplified && present.type !== 'Property' && present.type !== 'GeoProperty') {
    throw wrongType(present, 'a bare value, which stands for a Property', name)
  }
  switch (present.type) {
    case 'GeoProperty':
      checkGeometry(value, name)
      return value
    case 'Relationship':
      if (uris(value).length > 0) return value
      throw badRequest(`"${name}" is a Relationship: send a URI or an array of URIs`, `/${pointerPart(name)}`)
    case 'ListRelationship':
      if (Array.isArray(value) && uris(value).length > 0) return value
      throw badRequest(`"${name}" is a ListRelationship: send an array of URIs`, `/${pointerPart(name)}`)
    case 'ListProperty':
      if (Array.isArray(value)) return value
      throw badRequest(`"${name}" is a ListProperty: send an array`, `/${pointerPart(name)}`)
    case 'VocabProperty':
    case 'JsonProperty':
      throw wrongType(present, 'a bare value', name)
    default:
      return value
  }
}

/** The URIs of a Relationship's value; none where any is no URI. */
function uris(value: Json): readonly string[] {
  const all: readonly Json[] = Array.isArray(value) ? value : [value]
  return all.every((uri) => typeof uri === 'string' && isUri(uri)) ? (all as readonly string[]) : []
}

/** 5.6.17.4: "The string value shall only replace the value associated to the language tag key". */
function languageMapOf(value: Json, name: string, { lang }: MergeOptions): Json {
  const isText = typeof value === 'string' || (Array.isArray(value) && value.every((item) => typeof item === 'string'))
  if (isText && lang !== undefined) return { [lang]: value }
  throw badRequest(
    `"${name}" is a LanguageProperty: send {"languageMap":{…}}, or a string together with the parameter lang`,
    `/${pointerPart(name)}`,
  )
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
  const value = sent.value == null || sent.type === 'GeoProperty' ? sent.value : mergeJson(null, sent.value)
  const attributes = sent.attributes && Object.entries(sent.attributes).map(([name, all]) => [name, all.map(cleaned)])
  return {
    ...sent,
    ...(value !== undefined && { value }),
    ...(attributes !== undefined && { attributes: Object.fromEntries(attributes) }),
  }
}
