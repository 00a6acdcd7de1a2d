/** What an attribute path leads to (4.9): the target element, and the values that it is compared by. */

import { fromInstant } from '../model/date-time.ts'
import type { AttributeInstance, Attributes, Entity, Json, JsonObject } from '../model/entity.ts'
import { isObject } from '../model/json-object.ts'
import { CORE } from '../model/uri.ts'
import type { AttributePath, EntityLink } from './ast.ts'

/** Finds an entity that a Relationship leads to; undefined where there is none, here. */
export type FindEntity = (id: string) => Entity | undefined

/** One instance of a target element, or a member of its value. */
export interface Target {
  /** What == and != look among: the value, and what is in it where it is an array. */
  readonly equal: readonly Json[]
  /** What has an order or is matched by a pattern: none where the value is an array or the target a Relationship. */
  readonly single: readonly Json[]
  /** Whether the values are URIs. */
  readonly uris: boolean
  /** As it was stored, for an ordering. */
  readonly value: Json
}

/** 4.9: of several instances any will do; so there may be several targets. None where the element does not exist. */
export function targetsOf(entity: Entity, path: AttributePath, find: FindEntity): readonly Target[] {
  const entities = path.links.reduce<readonly Entity[]>((from, link) => follow(from, link, find), [entity])
  return entities.flatMap((each) => targetsIn(each, path))
}

/** The entities that a Relationship leads to, of one of its types where it names some. */
function follow(from: readonly Entity[], { relationship, types }: EntityLink, find: FindEntity): readonly Entity[] {
  const found = new Map<string, Entity>()
  for (const entity of from) {
    for (const instance of instancesIn(entity.attributes, relationship)) {
      if (!instance.type.endsWith('Relationship')) continue
      for (const id of [instance.value].flat()) {
        const linked = find(String(id))
        if (linked !== undefined && (types.length === 0 || linked.types.some((type) => types.includes(type)))) {
          found.set(linked.id, linked)
        }
      }
    }
  }
  return [...found.values()]
}

function instancesIn(attributes: Attributes | undefined, name: string): readonly AttributeInstance[] {
  return attributes !== undefined && Object.hasOwn(attributes, name) ? (attributes[name] ?? []) : []
}

function targetsIn(entity: Entity, { names, trail }: AttributePath): readonly Target[] {
  const [first = '', ...others] = names
  if (others.length === 0) {
    const own = memberOf(entity, first)
    if (own !== undefined) return trail === undefined ? [scalar(own, false)] : []
  }
  let instances = instancesIn(entity.attributes, first)
  for (const [i, name] of others.entries()) {
    const inner = instances.flatMap((instance) => instancesIn(instance.attributes, name))
    if (inner.length === 0 && i === others.length - 1) return trail === undefined ? membersOf(instances, name) : []
    instances = inner
  }
  return instances.flatMap((instance) => (trail === undefined ? [targetOf(instance)] : within(instance, trail)))
}

function membersOf(instances: readonly AttributeInstance[], name: string): readonly Target[] {
  return instances.flatMap((instance) => {
    const member = memberOf(instance, name)
    return member === undefined ? [] : [scalar(member, name === `${CORE}valueType` || name === `${CORE}objectType`)]
  })
}

/** The members that are not reified (4.8, 5.2.5), which are there for everything that has them. */
const MEMBERS = ['observedAt', 'expiresAt', 'unitCode', 'datasetId', 'valueType', 'objectType'] as const

function memberOf(element: Entity | AttributeInstance, name: string): Json | undefined {
  if (!name.startsWith(CORE)) return undefined
  const term = name.slice(CORE.length)
  if (term === 'createdAt' || term === 'modifiedAt') return fromInstant(element[term])
  const member = MEMBERS.find((each) => each === term)
  return member === undefined ? undefined : (element as AttributeInstance)[member]
}

function scalar(value: Json, uris: boolean): Target {
  return { equal: Array.isArray(value) ? value : [value], single: [value], uris, value }
}

function targetOf({ type, value }: AttributeInstance): Target {
  switch (type) {
    case 'Property':
    case 'GeoProperty':
    case 'JsonProperty':
    case 'ListProperty':
      return valueTarget(value)
    case 'LanguageProperty':
      // "the target value is defined as a value from any of the key-value pairs held within the languageMap"
      return textsTarget(Object.values(value as JsonObject))
    case 'VocabProperty':
      return Array.isArray(value) ? { equal: value, single: [], uris: true, value } : scalar(value, true)
    case 'Relationship':
    case 'ListRelationship':
      // "any operator different than equal or unequal shall result in not matching"
      return { equal: [value].flat() as readonly Json[], single: [], uris: true, value }
  }
}

/** 4.9: "Is included in the target value, if the latter is an array". */
function valueTarget(value: Json): Target {
  if (Array.isArray(value)) return { equal: value, single: [], uris: false, value }
  return { equal: [value], single: [value], uris: false, value }
}

function textsTarget(values: readonly Json[]): Target {
  const texts = values.flat() as readonly Json[]
  return { equal: texts, single: texts, uris: false, value: texts[0] ?? null }
}

/** What stands in the brackets: a language of a LanguageProperty, else members of the value. */
function within({ type, value }: AttributeInstance, trail: readonly string[]): readonly Target[] {
  if (type === 'LanguageProperty') return trail.length === 1 ? inLanguage(value as JsonObject, trail[0] ?? '') : []
  let inner: Json | undefined = value
  for (const member of trail) {
    // "a MemberExpression of ECMA 262", of what is in the value alone: not of what JavaScript adds to it.
    inner = isObject(inner) && Object.hasOwn(inner, member) ? inner[member] : undefined
  }
  // "If the evaluation … does not result in a defined value, the target element shall be considered as non-existent".
  return inner === undefined ? [] : [valueTarget(inner)]
}

/** RFC 5646: tags are compared whatever their case. `*`: any language. */
function inLanguage(map: JsonObject, tag: string): readonly Target[] {
  if (tag === '*') return [textsTarget(Object.values(map))]
  const key = Object.keys(map).find((each) => each.toLowerCase() === tag.toLowerCase())
  return key === undefined ? [] : [textsTarget([map[key] ?? null])]
}
