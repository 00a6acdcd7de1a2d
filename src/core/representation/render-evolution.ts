/** Evolutions → the temporal representations that clients ask for (4.5.6–4.5.9, 4.5.19). */

import { aggregate } from '../history/aggregate.ts'
import type { AggregatedAttributes, AggregatedSeries } from '../history/aggregates-of.ts'
import type { AggregationMethod } from '../history/methods.ts'
import { type EvolutionHead, type PastInstance, type PastInstances, SCOPE } from '../history/past-instance.ts'
import { fromMicros, placeOf, type TimeProperty, timeOf } from '../history/time-property.ts'
import type { TermTable } from '../jsonld/terms.ts'
import { fromInstant } from '../model/date-time.ts'
import type { AttributeType, Json } from '../model/entity.ts'
import type { LanguagePreference } from './language-filter.ts'
import { type Members, oneOrMany, renderSystemTimes, renderTimedValue, renderWhole } from './render-attribute.ts'

export type TemporalFormat = 'normalized' | 'concise' | 'simplified' | 'aggregated'

export interface EvolutionRenderOptions {
  readonly format: TemporalFormat
  readonly sysAttrs: boolean
  readonly terms: TermTable
  readonly lang?: LanguagePreference
  /** 4.5.9: what stands beside each value. */
  readonly timeProperty: TimeProperty
  readonly methods: readonly AggregationMethod[]
  /** Whether the latest instances come first (6.3.10: with lastN). */
  readonly backwards: boolean
  /** Which members are in the answer (4.21): `id`, `type`, `scope`, or the IRI of an Attribute. */
  readonly isShown: (member: string) => boolean
}

export interface ShownEvolution extends EvolutionHead {
  readonly instances?: PastInstances
  readonly aggregates?: AggregatedAttributes
}

/** Without @context. It yields after some instances each: there may be many. */
export function* renderEvolution(evolution: ShownEvolution, options: EvolutionRenderOptions): Generator<void, Members> {
  const { terms, isShown, sysAttrs } = options
  const { id, types, deletedAt, instances = {}, aggregates = {} } = evolution
  const into: Members = {}
  if (isShown('id')) into.id = id
  if (isShown('type')) into.type = oneOrMany(types.map((type) => terms.compact(type)))
  if (sysAttrs) renderSystemTimes(evolution, into)
  if (sysAttrs && deletedAt !== undefined) into.deletedAt = fromInstant(deletedAt)
  for (const attribute in instances) {
    if (!isShown(attribute === SCOPE ? 'scope' : attribute)) continue
    into[nameOf(attribute, terms)] = yield* renderInstances(attribute, instances[attribute] ?? [], options)
  }
  for (const attribute in aggregates) {
    if (!isShown(attribute)) continue
    into[nameOf(attribute, terms)] = oneOrSeveral(
      (aggregates[attribute] ?? []).map((series) => renderSeries(series, options.methods)),
    )
  }
  return into
}

function nameOf(attribute: string, terms: TermTable): string {
  return attribute === SCOPE ? 'scope' : terms.compact(attribute)
}

/** Instances that are rendered in one go. */
const TOGETHER = 100

function* renderInstances(
  attribute: string,
  all: readonly PastInstance[],
  options: EvolutionRenderOptions,
): Generator<void, Json> {
  const instances = options.backwards ? all.toReversed() : all
  if (options.format === 'simplified') return yield* renderPairs(attribute, instances, options)
  const { terms, sysAttrs, lang } = options
  const format = options.format === 'concise' ? 'concise' : 'normalized'
  const into: Json[] = []
  for (const instance of instances) {
    const shown = renderWhole(attribute, scopeShown(attribute, instance), {
      format,
      terms,
      sysAttrs,
      ...(lang && { lang }),
    })
    const { instanceId, deletedAt } = instance
    into.push({ ...shown, instanceId, ...(deletedAt !== undefined && { deletedAt: fromInstant(deletedAt) }) })
    if (into.length % TOGETHER === 0) yield
  }
  return into
}

/** A scope is a string where there is one (4.18). */
function scopeShown(attribute: string, instance: PastInstance): PastInstance {
  const { value } = instance
  const [only] = attribute === SCOPE && Array.isArray(value) && value.length === 1 ? value : []
  return only === undefined ? instance : { ...instance, value: only }
}

const PAIRS: Readonly<Record<AttributeType, string>> = {
  Property: 'values',
  GeoProperty: 'values',
  LanguageProperty: 'languageMaps',
  VocabProperty: 'vocabs',
  JsonProperty: 'jsons',
  ListProperty: 'valueLists',
  Relationship: 'objects',
  ListRelationship: 'objectLists',
}

/** 4.5.9, of each dataset, and of each type where an Attribute has changed it. */
function* renderPairs(
  attribute: string,
  instances: readonly PastInstance[],
  { terms, lang, timeProperty }: EvolutionRenderOptions,
): Generator<void, Json> {
  const groups = new Map<string, { into: Members; pairs: Json[] }>()
  for (const instance of instances) {
    const { datasetId, type: stored } = instance
    const { type, value } = renderTimedValue(scopeShown(attribute, instance), { terms, ...(lang && { lang }) })
    const key = `${stored} ${datasetId ?? ''}`
    let group = groups.get(key)
    if (group === undefined) {
      const pairs: Json[] = []
      group = { into: { type, ...(datasetId !== undefined && { datasetId }), [PAIRS[type]]: pairs }, pairs }
      groups.set(key, group)
    }
    if (group.pairs.push([value, timeShown(instance, timeProperty)]) % TOGETHER === 0) yield
  }
  // Of an Attribute of which all is told in another part of the answer.
  if (groups.size === 0) return { type: 'Property', values: [] }
  return oneOrSeveral([...groups.values()].map(({ into }) => into))
}

function timeShown(instance: PastInstance, property: TimeProperty): string {
  const { observedAt } = instance
  // What has no fraction is as it is shown.
  if (property === 'observedAt' && observedAt?.length === 20) return observedAt
  return fromMicros(timeOf(instance, property) ?? placeOf(instance))
}

/**
 * 4.5.19.0: "labelled with the type "Property"", or "Relationship", with "one member per aggregation method requested"; empty where
 * it is not defined for any of the values.
 */
function renderSeries({ datasetId, type, periods }: AggregatedSeries, methods: readonly AggregationMethod[]): Members {
  const isRelationship = type === 'Relationship' || type === 'ListRelationship'
  const into: Members = { type: isRelationship ? 'Relationship' : 'Property' }
  if (datasetId !== undefined) into.datasetId = datasetId
  for (const method of methods) {
    into[method] = periods.flatMap(({ from, until, summaries }) => {
      const result = aggregate(summaries, method)
      return result === undefined ? [] : [[result, fromMicros(from), fromMicros(until)]]
    })
  }
  return into
}

function oneOrSeveral(all: readonly Members[]): Json {
  const [only] = all
  return all.length === 1 && only !== undefined ? only : all
}
