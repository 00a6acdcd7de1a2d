/** Attribute instances → normalized, concise and simplified representation (4.5.2–4.5.5, 4.5.18–4.5.24). */

import type { TermTable } from '../jsonld/terms.ts'
import { fromInstant } from '../model/date-time.ts'
import { isDeleted } from '../model/deleted.ts'
import type { AttributeInstance, Attributes, AttributeType, Json, JsonObject } from '../model/entity.ts'
import { valueMemberOf } from '../model/fragment.ts'
import { looksLikeGeometry } from '../model/geometry.ts'
import { NGSI_LD_NULL } from '../model/uri.ts'
import { isBareGeometry, isUnmistakable } from './bare-value.ts'
import { chooseLanguage, type LanguagePreference } from './language-filter.ts'
import { type Changes, isPlainlyDeleted, previousInstance, previousMember, renderDeletion } from './render-changes.ts'
import { compactVocab } from './vocab.ts'

/** 4.5: how an answer is represented, beside GeoJSON. */
export type Format = 'normalized' | 'concise' | 'simplified'

/** How Attributes are shown. `lang`: LanguageProperties in one language (4.15). */
export interface RenderOptions {
  readonly format: Format
  /** 6.3.11 */
  readonly sysAttrs: boolean
  readonly terms: TermTable
  readonly lang?: LanguagePreference
  /** Notifications only. */
  readonly changes?: Changes
}

/** What `json` is built as: members are added one by one. */
export type Members = Record<string, Json>

/** Adds a member for each Attribute, named by its term. */
export function renderAttributes(attributes: Attributes, options: RenderOptions, into: Members): void {
  for (const name in attributes) {
    const instances = attributes[name] ?? []
    into[options.terms.compact(name)] = renderInstances(name, instances, options)
  }
}

function renderInstances(name: string, instances: readonly AttributeInstance[], options: RenderOptions): Json {
  const [only] = instances
  if (options.format === 'simplified') return renderSimplified(instances, options)
  if (instances.length === 1 && only !== undefined) return renderInstance(name, only, options)
  return instances.map((instance) => wrapped(name, instance, options))
}

/** One instance, in normalized representation or, with all that it has, in concise representation. */
export function renderWhole(name: string, instance: AttributeInstance, options: RenderOptions): Members {
  return wrapped(name, instance, options)
}

/** 4.5.9: what stands for a value beside its time, and as which type. */
export function renderTimedValue(
  instance: AttributeInstance,
  { terms, lang }: Pick<RenderOptions, 'terms' | 'lang'>,
): { readonly type: AttributeType; readonly value: Json } {
  const { type, value } = instance
  if (type === 'LanguageProperty' && lang !== undefined) {
    return { type: 'Property', value: chooseLanguage(value as JsonObject, lang).text }
  }
  if (type === 'LanguageProperty') return { type, value: { languageMap: value } }
  if (type === 'VocabProperty') return { type, value: { vocab: compactVocab(value, terms) } }
  return { type, value: type === 'JsonProperty' ? { json: value } : value }
}

function renderInstance(name: string, instance: AttributeInstance, options: RenderOptions): Json {
  const bare = options.format === 'concise' ? bareValue(name, instance, options) : undefined
  return bare ?? wrapped(name, instance, options)
}

/** 4.5.4: the value alone, or those of all datasets under "dataset". */
function renderSimplified(instances: readonly AttributeInstance[], options: RenderOptions): Json {
  const [only] = instances
  if (instances.length === 1 && only !== undefined) return simplifiedValue(only, options)
  const dataset = instances.map((instance) => [instance.datasetId ?? '@none', simplifiedValue(instance, options)])
  return { dataset: Object.fromEntries(dataset) }
}

function simplifiedValue(instance: AttributeInstance, { terms, lang, changes }: RenderOptions): Json {
  if (changes !== undefined && isDeleted(instance)) return NGSI_LD_NULL
  switch (instance.type) {
    case 'LanguageProperty':
      return lang === undefined
        ? { languageMap: instance.value }
        : chooseLanguage(instance.value as JsonObject, lang).text
    case 'VocabProperty':
      return { vocab: compactVocab(instance.value, terms) }
    case 'JsonProperty':
      return { json: instance.value }
    default:
      return instance.value
  }
}

/** 4.5.2.3, 4.7.3: the value without anything around it, where a reader would infer the same Attribute from it. */
function bareValue(name: string, instance: AttributeInstance, options: RenderOptions): Json | undefined {
  const { sysAttrs, changes } = options
  if (sysAttrs || (changes && previousInstance(changes, name, instance))) return undefined
  if (changes !== undefined && isPlainlyDeleted(changes, name, instance)) return NGSI_LD_NULL
  if (instance.type !== 'Property' && instance.type !== 'GeoProperty') return undefined
  for (const member in instance) if (!BARE.has(member)) return undefined
  const { type, value } = instance
  const isBare = type === 'GeoProperty' ? isBareGeometry(value as JsonObject) : isUnmistakable(name, value)
  return isBare ? value : undefined
}

const BARE = new Set(['type', 'value', 'createdAt', 'modifiedAt'])

function wrapped(name: string, instance: AttributeInstance, options: RenderOptions): Members {
  const { terms, format, changes } = options
  const into: Members = {}
  if (format === 'normalized' || isAmbiguous(instance)) into.type = instance.type
  renderValue(instance, options, into)
  if (instance.unitCode !== undefined) into.unitCode = instance.unitCode
  if (instance.valueType !== undefined) into.valueType = terms.compact(instance.valueType)
  if (instance.objectType !== undefined)
    into.objectType = oneOrMany(instance.objectType.map((type) => terms.compact(type)))
  if (instance.datasetId !== undefined) into.datasetId = instance.datasetId
  if (instance.observedAt !== undefined) into.observedAt = instance.observedAt
  if (instance.entityIdSealed !== undefined) into.entityIdSealed = instance.entityIdSealed
  if (instance.entityTypeSealed !== undefined) into.entityTypeSealed = terms.compact(instance.entityTypeSealed)
  if (options.sysAttrs) renderSystemTimes(instance, into)
  if (changes !== undefined) renderChanges(name, instance, options, changes, into)
  if (instance.attributes !== undefined) renderAttributes(instance.attributes, withoutChanges(options), into)
  return into
}

function renderChanges(
  name: string,
  instance: AttributeInstance,
  options: RenderOptions,
  changes: Changes,
  into: Members,
): void {
  const previous = previousInstance(changes, name, instance)
  if (previous !== undefined) {
    const was: Members = {}
    renderValue(previous, options, was)
    for (const member in was) if (member !== 'lang') into[previousMember(member)] = was[member] ?? null
  }
  if (options.sysAttrs && isDeleted(instance)) renderDeletion(changes.attributesDeletedAt, into)
}

/** They are of the Attributes of the entity, not of those of its Attributes. */
function withoutChanges(options: RenderOptions): RenderOptions {
  if (options.changes === undefined) return options
  const { changes: _, ...rest } = options
  return rest
}

/** A Property whose value is a geometry: without its type it would be read as a GeoProperty. */
function isAmbiguous({ type, value }: AttributeInstance): boolean {
  return type === 'Property' && looksLikeGeometry(value)
}

function renderValue(instance: AttributeInstance, { terms, format, lang }: RenderOptions, into: Members): void {
  switch (instance.type) {
    case 'LanguageProperty':
      if (lang === undefined) into.languageMap = instance.value
      else renderInOneLanguage(instance, lang, into)
      return
    case 'VocabProperty':
      into.vocab = compactVocab(instance.value, terms)
      return
    case 'ListRelationship':
      // 4.5.22.3: concise, "Strings representing URIs only".
      into.objectList =
        format === 'concise' || isDeleted(instance)
          ? instance.value
          : (instance.value as Json[]).map((object) => ({ object }))
      return
    default:
      into[valueMemberOf[instance.type]] = instance.value
  }
}

/** 4.15: "converted to an NGSI-LD Property … augmented with an additional non-reified subproperty lang". */
function renderInOneLanguage(instance: AttributeInstance, lang: LanguagePreference, into: Members): void {
  const { tag, text } = chooseLanguage(instance.value as JsonObject, lang)
  if (into.type !== undefined) into.type = 'Property'
  into.value = text
  into.lang = tag
}

/** 6.3.11: createdAt, modifiedAt "and the system temporal attribute expiresAt". */
export function renderSystemTimes(
  element: { readonly createdAt: number; readonly modifiedAt: number; readonly expiresAt?: string },
  into: Members,
): void {
  into.createdAt = fromInstant(element.createdAt)
  into.modifiedAt = fromInstant(element.modifiedAt)
  if (element.expiresAt !== undefined) into.expiresAt = element.expiresAt
}

/** 4.16, 4.18: types, scopes and the like are a string where there is one, an array where there are several. */
export function oneOrMany(items: readonly string[]): Json {
  return items.length === 1 && items[0] !== undefined ? items[0] : items
}
