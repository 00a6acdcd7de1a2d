/**
 * What entities are looked up by, beside their id, type and the names of their Attributes: the same for every store, and
 * the counterpart of core/query/lookups.ts, which says what a query looks for.
 */

import { isDeepStrictEqual } from 'node:util'
import type { AttributeInstance, Entity, Json, JsonObject } from '../model/entity.ts'
import { isObject } from '../model/json-object.ts'
import { PATH_MEMBERS } from '../model/path-members.ts'
import { CORE } from '../model/uri.ts'
import { type Comparable, type ComparableKind, comparablesOf } from './comparable.ts'

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

/** Characters (code points) of a text that are kept. */
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

/** Members that are not looked up: what `@value` is, its object is; every move would write the numbers of a place anew. */
const MEMBERS_NOT_KEPT: ReadonlySet<string> = new Set(['@value', 'coordinates'])

/** Names lead from an Attribute to a sub-Attribute or a non-reified member, `trail` into a value: one text for the path. */
export function pathKey(names: readonly string[], trail: readonly string[] = []): string {
  return [...names, ...trail.map((member) => `[${member}`)].join(SEPARATOR)
}

/** Whether the values at a path are kept at all: other paths are known by the existence of their Attribute only. */
export function isIndexed(names: readonly string[], trail: readonly string[] = []): boolean {
  if (trail.length > TRAIL || !trail.every(isMemberKept)) return false
  return names.length === 1 || (names.length === 2 && trail.length === 0 && !NOT_KEPT.has(names[1] ?? ''))
}

function isMemberKept(member: string): boolean {
  return !member.includes(SEPARATOR) && !MEMBERS_NOT_KEPT.has(member) && isTextKept(member)
}

/** Zero, and halves of surrogate pairs. */
const UNSTORABLE = /[\0\ud800-\udfff]/u

/** Whether databases have a text as it is: of others neither equality nor order is what it was. */
export function isTextKept(text: string): boolean {
  return !UNSTORABLE.test(text)
}

/** Non-reified members of Attributes that are not looked up. */
const NOT_KEPT: ReadonlySet<string> = new Set([...PATH_MEMBERS.values()].filter((iri) => iri !== OBSERVED_AT))

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
  const into: Collected = { values: new Map(), incomplete: false }
  for (const instance of instances) {
    collectInstance(name, instance, into)
    if (into.incomplete) return [{ path: name, kind: 'more', value: 0 }]
  }
  if (instances.length > 1) for (const { path } of [...into.values.values()]) putOther(path, into)
  return [...into.values.values()]
}

/** Whether two states of an Attribute are surely looked up by the same: most of what is sent again has not changed. */
export function areAlike(was: readonly AttributeInstance[], is: readonly AttributeInstance[]): boolean {
  return was === is || (was.length === is.length && was.every((one, i) => isAlike(one, is[i] as AttributeInstance)))
}

function isAlike(one: AttributeInstance, other: AttributeInstance): boolean {
  if (one.type !== other.type || one.observedAt !== other.observedAt) return false
  if (one.value !== other.value && !isDeepStrictEqual(one.value, other.value)) return false
  const [inner, others] = [one.attributes ?? {}, other.attributes ?? {}]
  const names = Object.keys(inner)
  return (
    names.length === Object.keys(others).length &&
    names.every((name) => Object.hasOwn(others, name) && areAlike(inner[name] ?? [], others[name] ?? []))
  )
}

interface Collected {
  readonly values: Map<string, IndexValue>
  /** Whether there are values that are not kept. */
  incomplete: boolean
}

function collectInstance(name: string, instance: AttributeInstance, into: Collected): void {
  collectValue(name, instance, TRAIL, into)
  if (instance.observedAt !== undefined) collectScalar(name + SEPARATOR + OBSERVED_AT, instance.observedAt, into)
  for (const sub in instance.attributes) {
    const inner = instance.attributes[sub] ?? []
    for (const each of inner) collectValue(name + SEPARATOR + sub, each, 0, into)
    if (inner.length > 1) putOther(name + SEPARATOR + sub, into)
  }
}

function collectValue(path: string, { type, value }: AttributeInstance, depth: number, into: Collected): void {
  switch (type) {
    case 'Property':
    case 'GeoProperty':
    case 'JsonProperty':
    case 'ListProperty':
      collectJson(path, value, depth, into)
      return
    case 'LanguageProperty':
      putOther(path, into)
      for (const text of Object.values(value as JsonObject).flat()) collectScalar(path, text as Json, into)
      return
    case 'VocabProperty':
    case 'Relationship':
    case 'ListRelationship':
      if (Array.isArray(value)) putOther(path, into)
      for (const uri of [value].flat()) collectUri(path, String(uri), into)
  }
}

function collectUri(path: string, uri: string, into: Collected): void {
  put(path, 'uri', cut(uri), into)
  // A vocab may be any text.
  for (const time of comparablesOf(uri).slice(1)) putComparable(path, time, into)
}

function collectJson(path: string, value: Json, depth: number, into: Collected): void {
  if (into.incomplete) return
  if (Array.isArray(value)) {
    putOther(path, into)
    for (const item of value) {
      collectScalar(path, item, into)
      if (into.incomplete) return
    }
    return
  }
  if (collectScalar(path, value, into) === 0) putOther(path, into)
  // A typed value is a scalar, and may have other members besides.
  if (depth > 0 && isObject(value)) collectMembers(path, value, depth, into)
}

function collectMembers(path: string, value: JsonObject, depth: number, into: Collected): void {
  for (const member in value) {
    if (!isMemberKept(member)) continue
    collectJson(`${path}${SEPARATOR}[${member}`, value[member] ?? null, depth - 1, into)
    if (into.incomplete) return
  }
}

/** Returns how many comparables the value has: none where it is no scalar. */
function collectScalar(path: string, value: Json, into: Collected): number {
  const comparables = comparablesOf(value)
  const kept = comparables.length > 1 ? comparables.slice(1) : comparables
  // A text that reads as a time is kept as that only; who looks for it as a text looks among the times.
  for (const each of kept) putComparable(path, each, into)
  return kept.length
}

function putComparable(path: string, { kind, value }: Comparable, into: Collected): void {
  put(path, kind, typeof value === 'string' ? cut(value) : value, into)
}

function putOther(path: string, into: Collected): void {
  put(path, 'other', 0, into)
}

function put(path: string, kind: IndexKind, value: number | string, into: Collected): void {
  into.values.set(indexKey(path, kind, value), { path, kind, value })
  if (into.values.size > MOST || (typeof value === 'string' && !isTextKept(value))) into.incomplete = true
}

/** A text for a value at a path. Its length says where the path ends: members of values may have any character in them. */
export function indexKey(path: string, kind: IndexKind | number, value: number | string | bigint): string {
  return `${kind} ${path.length} ${path}${value}`
}

/**
 * The first characters of a text. They are code points, so that texts that were cut are in the same order still: as UTF-8
 * has them and so every database.
 */
export function cut(text: string): string {
  if (text.length <= LONGEST) return text
  let end = 0
  for (let i = 0; i < LONGEST; i++) end += (text.codePointAt(end) ?? 0) > 0xffff ? 2 : 1
  return text.slice(0, end)
}
