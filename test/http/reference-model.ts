/**
 * What the operations on one Entity make of it, written a second time and as plainly as the clauses have it, to compare
 * Boya with. It shares no code with Boya.
 */

import {
  type Form,
  type Fragment,
  type Json,
  type JsonObject,
  type Kind,
  MEMBERS,
  NULL,
  type Sent,
  type Step,
  tellsType,
} from './reference-fragments.ts'
import { checkFragment, checkUnit, Refusal } from './reference-refusals.ts'

export interface Instance {
  readonly kind: Kind
  readonly value: Json
  readonly datasetId?: string | undefined
  readonly elements: Readonly<Record<string, string>>
  readonly subs: Attributes
  readonly createdAt: number
  readonly modifiedAt: number
}
export type Attributes = Readonly<Record<string, readonly Instance[]>>

export interface Entity {
  readonly types: readonly string[]
  readonly scopes: readonly string[]
  readonly attributes: Attributes
  readonly createdAt: number
  readonly modifiedAt: number
}

export interface Outcome {
  readonly status: number
  readonly entity: Entity | undefined
}

export function applyStep(entity: Entity | undefined, step: Step, now: number): Outcome {
  try {
    checkFragment(step)
    return succeed(entity, step, now)
  } catch (error) {
    if (error instanceof Refusal) return { status: error.status, entity }
    throw error
  }
}

function succeed(entity: Entity | undefined, step: Step, now: number): Outcome {
  if (step.operation === 'create') {
    if (entity !== undefined) throw new Refusal(409)
    return { status: 201, entity: built(step.fragment, now, now) }
  }
  if (entity === undefined) throw new Refusal(404)
  switch (step.operation) {
    case 'delete':
      return { status: 204, entity: undefined }
    case 'replace':
      return { status: 204, entity: built(step.fragment, entity.createdAt, now) }
    case 'deleteAttribute':
      return { status: 204, entity: changed(entity, deleted(entity.attributes, step), now) }
    case 'partialUpdate':
    case 'replaceAttribute':
      return { status: 204, entity: changed(entity, oneChanged(entity.attributes, step, now), now) }
    default:
      return severalChanged(entity, step.operation, step.fragment, step.form, now)
  }
}

function changed(entity: Entity, attributes: Attributes, now: number): Entity {
  return attributes === entity.attributes ? entity : { ...entity, attributes, modifiedAt: now }
}

function built({ types, scope, attributes }: Fragment, createdAt: number, now: number): Entity {
  const instances = Object.entries(attributes).map(([name, sent]) => [name, sent.map((one) => newInstance(one, now))])
  const scopes = scope === undefined ? [] : [scope]
  return { types, scopes, attributes: Object.fromEntries(instances), createdAt, modifiedAt: now }
}

function newInstance({ kind, value, datasetId, elements, subs }: Sent, now: number, createdAt = now): Instance {
  if (value === undefined || value === NULL) throw new Refusal(400)
  checkUnit(kind, elements)
  const kept = Object.entries(subs).flatMap(([name, sent]) => {
    const some = sent.filter((one) => one.value !== NULL).map((one) => newInstance(one, now))
    return some.length > 0 ? [[name, some] as const] : []
  })
  const own = Object.fromEntries(Object.entries(elements).filter(([, element]) => element !== NULL))
  return { kind, value, datasetId, elements: own, subs: Object.fromEntries(kept), createdAt, modifiedAt: now }
}

function find(attributes: Attributes, name: string, datasetId: string | undefined): Instance | undefined {
  return attributes[name]?.find((one) => one.datasetId === datasetId)
}

/** The attributes with the instance of that name and datasetId replaced by another one, added, or taken away. */
function put(attributes: Attributes, name: string, datasetId: string | undefined, one?: Instance): Attributes {
  const others = (attributes[name] ?? []).filter((each) => each.datasetId !== datasetId)
  if (one === undefined && others.length === (attributes[name] ?? []).length) return attributes
  const after = one === undefined ? others : [...others, one]
  const { [name]: _, ...rest } = attributes
  return after.length === 0 ? rest : { ...rest, [name]: after }
}

/** 5.6.2.4, 5.6.3.4, 5.6.17.4: each instance of the fragment by itself. */
function severalChanged(
  entity: Entity,
  operation: 'append' | 'appendNoOverwrite' | 'update' | 'merge',
  { types, scope, attributes: sentAttributes }: Fragment,
  form: Form,
  now: number,
): Outcome {
  let attributes = entity.attributes
  let complete = true
  for (const [name, all] of Object.entries(sentAttributes)) {
    for (const sent of all) {
      const present = find(attributes, name, sent.datasetId)
      if (operation === 'appendNoOverwrite' && present !== undefined) complete = false
      else if (operation === 'merge') attributes = mergedInto(attributes, name, sent, form, now)
      else if (sent.value !== NULL)
        attributes = put(attributes, name, sent.datasetId, newInstance(sent, now, present?.createdAt))
      else if (present !== undefined) attributes = put(attributes, name, sent.datasetId)
      else complete = false
    }
  }
  const allTypes = [...new Set([...entity.types, ...types])]
  const added = allTypes.length > entity.types.length
  const scopes = scopesAfter(entity.scopes, operation, scope)
  const ignored = operation === 'update' && scope !== undefined && scopes.length === 0
  const touched = attributes !== entity.attributes || added || scopes !== entity.scopes
  const after = { ...entity, scopes, types: allTypes, attributes, modifiedAt: now }
  const isMulti = operation !== 'merge' && (!complete || ignored)
  return { status: isMulti ? 207 : 204, entity: touched ? after : entity }
}

function scopesAfter(scopes: readonly string[], operation: string, scope: string | undefined): readonly string[] {
  if (scope === undefined) return scopes
  // 5.6.2.4: "If scope is included in the Fragment and the target entity includes scope, replace the scope …, otherwise ignore it."
  if (operation === 'update' && scopes.length === 0) return scopes
  // 5.6.3.4: "the Scopes in the Fragment that are not part of the value of scope of the target Entity will be appended".
  if (operation === 'appendNoOverwrite') return scopes.includes(scope) ? scopes : [...scopes, scope]
  return [scope]
}

/** 5.5.12, for an instance of an Attribute and, in the same way, of a sub-attribute. */
function mergedInto(attributes: Attributes, name: string, sent: Sent, form: Form, now: number): Attributes {
  const present = find(attributes, name, sent.datasetId)
  if (sent.value === NULL) return present === undefined ? attributes : put(attributes, name, sent.datasetId)
  if (present === undefined) {
    const kind = form === 'simplified' ? inferred(sent.kind) : sent.kind
    return put(attributes, name, sent.datasetId, newInstance({ ...withoutInnerNulls(sent), kind }, now))
  }
  let { value, subs } = present
  checkType(present.kind, sent, form)
  if (sent.value !== undefined) {
    value = present.kind === 'GeoProperty' ? sent.value : mergePatch(present.value, sent.value)
  }
  for (const [sub, all] of Object.entries(sent.subs)) {
    for (const one of all) subs = mergedInto(subs, sub, one, form, now)
  }
  const elements = elementsAfter(present, sent)
  const valued = sent.value !== undefined && effects(present.value, sent.value) > 0
  if (!valued && changesNothing(present, sent, subs)) return attributes
  const after = { ...present, value, subs, elements, modifiedAt: now }
  return put(attributes, name, sent.datasetId, after)
}

/** RFC 7396, section 2, as it is written there, with NGSI-LD Null for null. */
function mergePatch(target: Json, patch: Json): Json {
  if (!isObject(patch)) return patch
  const result: Record<string, Json> = isObject(target) ? { ...target } : {}
  for (const [name, value] of Object.entries(patch)) {
    if (value === NULL) delete result[name]
    else result[name] = mergePatch(result[name] ?? null, value)
  }
  return result
}

/** How many members, or whole values, such a patch sets (also to what they are) and removes. */
function effects(target: Json | undefined, patch: Json): number {
  if (!isObject(patch) || !isObject(target)) return 1
  let found = 0
  for (const [name, value] of Object.entries(patch)) {
    if (name in target) found += value === NULL ? 1 : effects(target[name], value)
    else if (value !== NULL) found++
  }
  return found
}

function withoutInnerNulls(sent: Sent): Sent {
  const subs = Object.entries(sent.subs).map(([name, all]) => [name, all.map(withoutInnerNulls)])
  const value = sent.value === undefined || sent.value === NULL ? {} : { value: mergePatch(null, sent.value) }
  return { ...sent, ...value, subs: Object.fromEntries(subs) }
}

function isObject(json: Json | undefined): json is JsonObject {
  return typeof json === 'object' && json !== null && !Array.isArray(json)
}

function elementsAfter(present: Instance, sent: Sent): Readonly<Record<string, string>> {
  checkUnit(present.kind, sent.elements)
  const all = Object.entries({ ...present.elements, ...sent.elements })
  return Object.fromEntries(all.filter(([, element]) => element !== NULL))
}

/** Table 6.5.3.4-1, 5.6.4.4: the type of an Attribute does not change; one that is only inferred gives way to it. */
function checkType(kind: Kind, sent: Sent, form: Form): void {
  if (form === 'simplified') {
    checkSimplified(kind, sent)
    return
  }
  if (tellsType(sent, form) && sent.kind !== kind) throw new Refusal(400)
  if (sent.value === undefined) return
  const geometry = kind !== 'GeoProperty' || sent.value === NULL || isGeometry(sent.value)
  const fits = MEMBERS[kind] === MEMBERS[sent.kind] && geometry
  if (!fits) throw new Refusal(400)
}

function isGeometry(value: Json): boolean {
  return isObject(value) && value.type === 'Point'
}

/** 5.6.17.4: "the type of any pre-existing Attribute in the target entity shall be preserved". */
function checkSimplified(kind: Kind, { kind: sentKind, value = null }: Sent): void {
  const wrapped = ['LanguageProperty', 'VocabProperty', 'JsonProperty']
  const uris = [value].flat().every((uri) => typeof uri === 'string' && uri.startsWith('urn:'))
  const fits: Record<Kind, boolean> = {
    Property: !wrapped.includes(sentKind),
    GeoProperty: isGeometry(value) && !wrapped.includes(sentKind),
    LanguageProperty: sentKind === kind,
    VocabProperty: sentKind === kind,
    JsonProperty: sentKind === kind,
    ListProperty: Array.isArray(value) && !wrapped.includes(sentKind),
    Relationship: uris && [value].flat().length > 0 && !wrapped.includes(sentKind),
    ListRelationship: Array.isArray(value) && uris && !wrapped.includes(sentKind),
  }
  if (!fits[kind]) throw new Refusal(400)
}

/** 4.5.4: what a value alone is read as, where nothing is there whose type it could have. */
function inferred(kind: Kind): Kind {
  return ['Relationship', 'ListRelationship', 'ListProperty'].includes(kind) ? 'Property' : kind
}

/** 4.8: modifiedAt is when something was modified: not where, beside a value, nothing was sent, or what is not there was removed. */
function changesNothing(present: Instance, sent: Sent, subs: Attributes): boolean {
  const removed = Object.entries(sent.elements).every(
    ([element, value]) => value === NULL && present.elements[element] === undefined,
  )
  return removed && subs === present.subs
}

type OneStep = Extract<Step, { readonly sent: Sent }>

/** 5.6.4.4 with 5.5.8 one level down, 5.6.19.4. */
function oneChanged(attributes: Attributes, { operation, name, sent, form }: OneStep, now: number): Attributes {
  const present = find(attributes, name, sent.datasetId)
  if (present === undefined) throw new Refusal(404)
  if (operation === 'replaceAttribute') {
    return put(attributes, name, sent.datasetId, newInstance(sent, now, present.createdAt))
  }
  checkType(present.kind, sent, form)
  if (sent.value === NULL) return put(attributes, name, sent.datasetId)
  let { subs } = present
  for (const [sub, all] of Object.entries(sent.subs)) {
    for (const one of all) subs = put(subs, sub, one.datasetId, one.value === NULL ? undefined : newInstance(one, now))
  }
  const elements = elementsAfter(present, sent)
  if (sent.value === undefined && changesNothing(present, sent, subs)) return attributes
  const after = { ...present, value: sent.value ?? present.value, subs, elements, modifiedAt: now }
  return put(attributes, name, sent.datasetId, after)
}

/** 5.6.5.4 */
function deleted(
  attributes: Attributes,
  { name, datasetId, deleteAll }: Extract<Step, { readonly deleteAll: boolean }>,
): Attributes {
  const { [name]: all, ...rest } = attributes
  if (all === undefined) throw new Refusal(404)
  if (deleteAll) return rest
  if (find(attributes, name, datasetId) === undefined) throw new Refusal(404)
  return put(attributes, name, datasetId)
}
