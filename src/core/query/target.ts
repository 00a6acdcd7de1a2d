/** What an attribute path leads to (4.9): the target element, and the values that it is compared by. */

import { fromInstant } from '../model/date-time.ts'
import type { AttributeInstance, Attributes, Entity, Json, JsonObject } from '../model/entity.ts'
import { isObject } from '../model/json-object.ts'
import { CORE } from '../model/uri.ts'
import type { AttributePath, EntityLink } from './ast.ts'

/** Finds an entity that a Relationship leads to; undefined where there is none, here. */
export type FindEntity = (id: string) => Entity | undefined

/** One instance of a target element, or of a member of its value. */
export interface Target {
  /** What == and != look among: the value, or what is in it where it is an array. */
  readonly values: readonly Json[]
  /** What has an order, lies in a range and is matched by a pattern: nothing where that is an array or a URI of a Relationship. */
  readonly singles: readonly Json[]
  /** Whether the values are URIs. */
  readonly uris: boolean
}

const NOTHING: readonly never[] = []

/** Whether some target that the path leads to passes the test; false where the target element does not exist. */
export function someTarget(
  entity: Entity,
  path: AttributePath,
  find: FindEntity,
  test: (target: Target) => boolean,
): boolean {
  if (path.links.length === 0) return someTargetIn(entity, path, test)
  return linkedEntities(entity, path.links, find).some((linked) => someTargetIn(linked, path, test))
}

/** 4.9: "The query targets entities with a … Relationship and makes a sub-query on matching target objects". */
function linkedEntities(entity: Entity, links: readonly EntityLink[], find: FindEntity): readonly Entity[] {
  let reached: ReadonlyMap<string, Entity> = new Map([[entity.id, entity]])
  for (const link of links) {
    const next = new Map<string, Entity>()
    for (const from of reached.values()) follow(from, link, find, next)
    reached = next
  }
  return [...reached.values()]
}

/** "a hint for the required Entity Type can be provided, so only such NGSI-LD Entities need to be considered" */
function follow(from: Entity, { relationship, types }: EntityLink, find: FindEntity, into: Map<string, Entity>): void {
  for (const { type, value } of instancesIn(from.attributes, relationship)) {
    if (type !== 'Relationship' && type !== 'ListRelationship') continue
    for (const id of [value].flat()) {
      if (into.has(String(id))) continue
      const linked = find(String(id))
      if (linked === undefined) continue
      if (types.length === 0 || linked.types.some((each) => types.includes(each))) into.set(linked.id, linked)
    }
  }
}

function instancesIn(attributes: Attributes | undefined, name: string): readonly AttributeInstance[] {
  return attributes !== undefined && Object.hasOwn(attributes, name) ? (attributes[name] ?? NOTHING) : NOTHING
}

function someTargetIn(entity: Entity, path: AttributePath, test: (target: Target) => boolean): boolean {
  const { names, trail } = path
  const [first = ''] = names
  if (names.length === 1) {
    const member = entityMember(entity, first)
    if (member !== undefined) return trail === undefined && test(scalarTarget(member))
  }
  return someBelow(instancesIn(entity.attributes, first), path, 1, test)
}

/** 4.9: "If a Property has multiple instances …, the target value shall be any Value of such instances." */
function someBelow(
  instances: readonly AttributeInstance[],
  path: AttributePath,
  depth: number,
  test: (target: Target) => boolean,
): boolean {
  for (const instance of instances) {
    const name = path.names[depth]
    if (name === undefined) {
      const target = targetOf(instance, path.trail)
      if (target !== undefined && test(target)) return true
      continue
    }
    const inner = instancesIn(instance.attributes, name)
    if (inner.length > 0) {
      if (someBelow(inner, path, depth + 1, test)) return true
    } else if (depth === path.names.length - 1 && path.trail === undefined) {
      const member = instanceMember(instance, name)
      if (member !== undefined && test(memberTarget(member, name))) return true
    }
  }
  return false
}

const CREATED_AT = `${CORE}createdAt`
const MODIFIED_AT = `${CORE}modifiedAt`
const EXPIRES_AT = `${CORE}expiresAt`
const VALUE_TYPE = `${CORE}hasValueType`
const OBJECT_TYPE = `${CORE}hasObjectType`

/** A non-reified member of an entity that is named like an Attribute (4.8). */
function entityMember({ createdAt, modifiedAt, expiresAt }: Entity, name: string): Json | undefined {
  switch (name) {
    case CREATED_AT:
      return fromInstant(createdAt)
    case MODIFIED_AT:
      return fromInstant(modifiedAt)
    case EXPIRES_AT:
      return expiresAt
    default:
      return undefined
  }
}

/** A non-reified member of an Attribute instance (5.2.5 to 5.2.7) by the IRI that it has in the core @context. */
function instanceMember(instance: AttributeInstance, name: string): Json | undefined {
  switch (name) {
    case `${CORE}observedAt`:
      return instance.observedAt
    case CREATED_AT:
      return fromInstant(instance.createdAt)
    case MODIFIED_AT:
      return fromInstant(instance.modifiedAt)
    case EXPIRES_AT:
      return instance.expiresAt
    case `${CORE}unitCode`:
      return instance.unitCode
    case `${CORE}datasetId`:
      return instance.datasetId
    case VALUE_TYPE:
      return instance.valueType
    case OBJECT_TYPE:
      return instance.objectType
    default:
      return undefined
  }
}

function memberTarget(member: Json, name: string): Target {
  const values = Array.isArray(member) ? member : [member]
  return { values, singles: values, uris: name === VALUE_TYPE || name === OBJECT_TYPE }
}

function scalarTarget(value: Json): Target {
  const values = [value]
  return { values, singles: values, uris: false }
}

/** Undefined where the trail leads to nothing. */
function targetOf(instance: AttributeInstance, trail: readonly string[] | undefined): Target | undefined {
  const { type, value } = instance
  if (type === 'LanguageProperty') return textsTarget(textsOf(value as JsonObject, trail))
  if (trail !== undefined) {
    const inner = memberAt(value, trail)
    return inner === undefined ? undefined : valueTarget(inner)
  }
  switch (type) {
    case 'Property':
    case 'GeoProperty':
    case 'JsonProperty':
    case 'ListProperty':
      return valueTarget(value)
    case 'VocabProperty':
      return { ...valueTarget(value), uris: true }
    case 'Relationship':
    case 'ListRelationship':
      // 4.9: "the combination of such target element with any operator different than equal or unequal shall result in not matching"
      return { values: Array.isArray(value) ? value : [value], singles: NOTHING, uris: true }
  }
}

/** 4.9: "Is included in the target value, if the latter is an array". */
function valueTarget(value: Json): Target {
  return Array.isArray(value) ? { values: value, singles: NOTHING, uris: false } : scalarTarget(value)
}

/** The values of a languageMap that are looked among; they may be arrays of texts themselves. */
function textsTarget(texts: readonly Json[] | undefined): Target | undefined {
  if (texts === undefined) return undefined
  if (!texts.some(Array.isArray)) return { values: texts, singles: texts, uris: false }
  return { values: texts.flat() as readonly Json[], singles: texts.filter((text) => !Array.isArray(text)), uris: false }
}

/**
 * 4.9: "a value from any of the key-value pairs" where no language is given or it is `*`, else that "where the key matches
 * the target language": tags differ in case only where they are the same (RFC 5646, 2.1.1). Undefined where there is none.
 */
function textsOf(map: JsonObject, trail: readonly string[] | undefined): readonly Json[] | undefined {
  if (trail === undefined) return Object.values(map)
  const [tag = ''] = trail
  if (trail.length > 1) return undefined
  if (tag === '*') return Object.values(map)
  if (Object.hasOwn(map, tag)) return [map[tag] ?? null]
  const key = Object.keys(map).find((each) => each.toLowerCase() === tag.toLowerCase())
  return key === undefined ? undefined : [map[key] ?? null]
}

/**
 * 4.9: "evaluate it (against the seed target value) as a MemberExpression of ECMA 262", of what was sent alone: not of the
 * members that JavaScript gives to every value. "If the evaluation … does not result in a defined value, the target
 * element shall be considered as non-existent": undefined.
 */
function memberAt(value: Json, trail: readonly string[]): Json | undefined {
  let inner: Json | undefined = value
  for (const member of trail) inner = isObject(inner) && Object.hasOwn(inner, member) ? inner[member] : undefined
  return inner
}

/** What an ordering goes by (4.23): the instance of a GeoProperty as a whole, else a value. */
export type OrderedElement =
  | { readonly kind: 'geo'; readonly instance: AttributeInstance }
  | { readonly kind: 'value'; readonly value: Json }

/**
 * The one element that an entity is ordered by; undefined where it has none. Of several instances that without
 * datasetId, or else the first; of a languageMap its first text.
 */
export function orderedElement(entity: Entity, { names, trail }: AttributePath): OrderedElement | undefined {
  const [first = '', ...others] = names
  const member = others.length === 0 ? entityMember(entity, first) : undefined
  if (member !== undefined) return trail === undefined ? { kind: 'value', value: member } : undefined
  let instance = defaultOf(instancesIn(entity.attributes, first))
  for (const [i, name] of others.entries()) {
    if (instance === undefined) return undefined
    const inner = defaultOf(instancesIn(instance.attributes, name))
    if (inner === undefined && i === others.length - 1 && trail === undefined) {
      const value = instanceMember(instance, name)
      return value === undefined ? undefined : { kind: 'value', value }
    }
    instance = inner
  }
  return instance === undefined ? undefined : elementOf(instance, trail)
}

function defaultOf(instances: readonly AttributeInstance[]): AttributeInstance | undefined {
  return instances.find(({ datasetId }) => datasetId === undefined) ?? instances[0]
}

function elementOf(instance: AttributeInstance, trail: readonly string[] | undefined): OrderedElement | undefined {
  if (instance.type === 'GeoProperty' && trail === undefined) return { kind: 'geo', instance }
  const value = orderedValue(instance, trail)
  return value === undefined ? undefined : { kind: 'value', value }
}

function orderedValue({ type, value }: AttributeInstance, trail: readonly string[] | undefined): Json | undefined {
  if (type === 'LanguageProperty') return textsOf(value as JsonObject, trail)?.flat()[0] as Json | undefined
  return trail === undefined ? value : memberAt(value, trail)
}
