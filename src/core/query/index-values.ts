/**
 * What entities are looked up by, beside their id, type and the names of their Attributes: the same for every store, and
 * the counterpart of core/query/lookups.ts, which says what a query looks for.
 */

import type { AttributeInstance, Entity, Json, JsonObject } from '../model/entity.ts'
import { isObject } from '../model/json-object.ts'
import { CORE } from '../model/uri.ts'
import { type ComparableKind, comparablesOf } from './comparable.ts'

/**
 * `other`: there is a value at the path that is not a scalar, or several; `more`: it has more values than are kept, so that
 * whatever is looked for may be among them. Their value is 0.
 */
export type IndexKind = ComparableKind | 'other' | 'more'

/** A value that an entity has at a path ({@link pathKey}). */
export interface IndexValue {
  readonly path: string
  readonly kind: IndexKind
  /** As of a Comparable; texts and URIs are cut after {@link LONGEST}. */
  readonly value: number | string
}

/** Characters of a text that are kept. */
export const LONGEST = 200
/** Values of one Attribute, all its instances together, that are kept. */
export const MOST = 64
/** How many members deep the value of an Attribute is looked into. */
const TRAIL = 2

const OBSERVED_AT = `${CORE}observedAt`
/** Paths of what is looked up of the entity itself. */
export const SCOPE = `${CORE}scope`
export const CREATED_AT = `${CORE}createdAt`
export const MODIFIED_AT = `${CORE}modifiedAt`

/** No name and no indexed member has a line break in it. */
const SEPARATOR = '\n'

/** Names lead from an Attribute to a sub-Attribute or a non-reified member, `trail` into a value: one text for the path. */
export function pathKey(names: readonly string[], trail: readonly string[] = []): string {
  return [...names, ...trail.map((member) => `[${member}`)].join(SEPARATOR)
}

/** Whether the values at a path are kept at all: other paths are known by the existence of their Attribute only. */
export function isIndexed(names: readonly string[], trail: readonly string[] = []): boolean {
  if (trail.length > TRAIL || trail.some((member) => member.includes(SEPARATOR))) return false
  return names.length === 1 || (names.length === 2 && trail.length === 0 && !NOT_KEPT.has(names[1] ?? ''))
}

/** Non-reified members of Attributes that are not looked up. */
const NOT_KEPT: ReadonlySet<string> = new Set(
  ['createdAt', 'modifiedAt', 'expiresAt', 'unitCode', 'datasetId', 'hasValueType', 'hasObjectType'].map(
    (name) => CORE + name,
  ),
)

/** What of the entity itself is looked up: each once. */
export function entityValues({ scopes = [], createdAt, modifiedAt }: Entity): readonly IndexValue[] {
  return [
    { path: CREATED_AT, kind: 'dateTime', value: createdAt * 1000 },
    { path: MODIFIED_AT, kind: 'dateTime', value: modifiedAt * 1000 },
    ...[...new Set(scopes.map((scope) => cut(wholeScope(scope))))].map(scopeValue),
  ]
}

function scopeValue(value: string): IndexValue {
  return { path: SCOPE, kind: 'text', value }
}

/** 4.18: a Scope may begin with a slash or not. */
export function wholeScope(scope: string): string {
  return scope.startsWith('/') ? scope : `/${scope}`
}

/** What an Attribute is looked up by: at least one value, each once. */
export function attributeValues(name: string, instances: readonly AttributeInstance[]): readonly IndexValue[] {
  const collected = new Map<string, IndexValue>()
  for (const instance of instances) {
    collectInstance(name, instance, collected)
    if (collected.size > MOST) return [{ path: name, kind: 'more', value: 0 }]
  }
  if (instances.length > 1) for (const { path } of [...collected.values()]) putOther(path, collected)
  return [...collected.values()]
}

type Collected = Map<string, IndexValue>

function collectInstance(name: string, instance: AttributeInstance, into: Collected): void {
  // Few ask for the members of a place by their values, and it may have many: who asks looks at all places.
  if (instance.type === 'GeoProperty') put({ path: name, kind: 'more', value: 0 }, into)
  else collectValue(name, instance, into)
  if (instance.observedAt !== undefined) collectScalar(name + SEPARATOR + OBSERVED_AT, instance.observedAt, into)
  for (const sub in instance.attributes) {
    const inner = instance.attributes[sub] ?? []
    for (const each of inner) collectValue(name + SEPARATOR + sub, each, into)
    if (inner.length > 1) putOther(name + SEPARATOR + sub, into)
  }
}

function collectValue(path: string, { type, value }: AttributeInstance, into: Collected): void {
  switch (type) {
    case 'Property':
    case 'JsonProperty':
    case 'ListProperty':
      collectJson(path, value, TRAIL, into)
      return
    case 'GeoProperty':
      putOther(path, into)
      return
    case 'LanguageProperty':
      putOther(path, into)
      for (const text of Object.values(value as JsonObject).flat()) collectScalar(path, text as Json, into)
      return
    case 'VocabProperty':
    case 'Relationship':
    case 'ListRelationship':
      if (Array.isArray(value)) putOther(path, into)
      for (const uri of [value].flat()) put({ path, kind: 'uri', value: cut(String(uri)) }, into)
  }
}

function collectJson(path: string, value: Json, depth: number, into: Collected): void {
  if (into.size > MOST) return
  if (Array.isArray(value)) {
    putOther(path, into)
    for (const item of value) {
      collectScalar(path, item, into)
      if (into.size > MOST) return
    }
    return
  }
  if (collectScalar(path, value, into) === 0) putOther(path, into)
  // A typed value is a scalar, and may have other members besides.
  if (isObject(value) && depth > 0) collectMembers(path, value, depth, into)
}

function collectMembers(path: string, value: JsonObject, depth: number, into: Collected): void {
  for (const member in value) {
    if (member.includes(SEPARATOR)) continue
    collectJson(`${path}${SEPARATOR}[${member}`, value[member] ?? null, depth - 1, into)
    if (into.size > MOST) return
  }
}

/** Returns how many comparables the value has: none where it is no scalar. */
function collectScalar(path: string, value: Json, into: Collected): number {
  const comparables = comparablesOf(value)
  const kept = comparables.length > 1 ? comparables.slice(1) : comparables
  // A text that reads as a time is kept as that only; who looks for it as a text looks among the times.
  for (const { kind, value: comparable } of kept) {
    put({ path, kind, value: typeof comparable === 'string' ? cut(comparable) : comparable }, into)
  }
  return kept.length
}

function putOther(path: string, into: Collected): void {
  put({ path, kind: 'other', value: 0 }, into)
}

function put(value: IndexValue, into: Collected): void {
  // A path may have spaces in it, and a value anything.
  into.set(`${value.kind} ${value.path}${SEPARATOR}${SEPARATOR}${value.value}`, value)
}

/** The first characters of a text, counted in code points: so what is cut has the order of what it was cut from. */
export function cut(text: string): string {
  if (text.length <= LONGEST) return text
  let end = 0
  for (let points = 0; points < LONGEST && end < text.length; points++) {
    end += (text.codePointAt(end) ?? 0) > 0xffff ? 2 : 1
  }
  return text.slice(0, end)
}
