/** A filter as conditions of MongoDB, of which each says how far it can be trusted. */

import type { Filter } from 'mongodb'
import type { Instant } from '../../core/model/entity.ts'
import type { EntityFilter, EntitySelector, GeoQuery, TypeSelection } from '../../core/query/ast.ts'
import { searchBoxes } from '../../core/query/bounds.ts'
import { type Candidates, queryCandidates, scopeCandidates, type ValueRange } from '../../core/query/lookups.ts'
import { conditionsOf as conditionsIn, conjuncts, type Narrowed, narrowed } from '../../core/query/narrow.ts'
import { literalPrefixOf } from '../../core/query/pattern.ts'
import { cover } from './cover.ts'
import { keysIn, markOf } from './index-keys.ts'
import type { EntityDocument, IndexKey } from './stored.ts'

export type Native = Filter<EntityDocument>

/** Of which of the entities that meet a condition it is not certain that they match: all, or those that have one of the keys. */
export type Doubt = 'all' | readonly IndexKey[]

/** An index; of a name that is as MongoDB makes it. */
export type Index = '_id_' | 'types_1_seq_1' | 'attributes_1_seq_1' | 'values_1_seq_1' | 'places.at_2dsphere'

/** What all that match a part of a filter meet. */
export interface Condition {
  readonly native: Native
  readonly doubt: Doubt
  /** Along which it may be found; absent where by none. */
  readonly index?: Index
  /** What is looked up, for people. */
  readonly via: string
  /** The same for conditions that differ by what they look for only. */
  readonly shape?: string
}

const NO_DOUBT: Doubt = []

/** All of them hold for what matches. */
export function conditionsOf(filter: EntityFilter): readonly Condition[] {
  const { alternatives, attributes, q, geo, scopes } = filter
  return [
    ...selectorConditions(filter),
    ...(alternatives === undefined ? [] : [alternativesCondition(alternatives)]),
    ...(attributes === undefined ? [] : [{ ...attributesCondition(attributes), doubt: NO_DOUBT }]),
    ...(scopes === undefined ? [] : conjuncts(scopeCandidates(scopes)).map(candidatesCondition)),
    ...(q === undefined ? [] : narrowed(conjuncts(queryCandidates(q)), () => false).map(candidatesCondition)),
    ...(geo === undefined ? [] : geoConditions(geo)),
  ]
}

/** What has not expired. */
export function livesAt(now: Instant): Native {
  return { expiresAt: { $not: { $lte: new Date(now) } } }
}

/** What has an Attribute that has gone, or a part of one: of it no index says what is left. */
export function hasExpired(now: Instant): Native {
  return { attributeExpiresAt: { $lte: new Date(now) } }
}

/** All of them. */
export function allOf(natives: readonly Native[]): Native {
  const [first, ...others] = natives
  return first === undefined || others.length === 0 ? (first ?? {}) : { $and: [...natives] }
}

/** One of them. */
export function anyOf(natives: readonly Native[]): Native {
  const [first, ...others] = natives
  if (first === undefined) return NOTHING
  return others.length === 0 ? first : { $or: [...natives] }
}

/** What nothing meets. */
const NOTHING: Native = { _id: { $in: [] } }

function selectorConditions({ types, ids, idPattern }: EntitySelector): readonly Condition[] {
  return [
    ...(types === undefined ? [] : [typesCondition(types)]),
    ...(ids === undefined ? [] : [idsCondition(ids)]),
    ...(idPattern === undefined ? [] : [patternCondition(idPattern)]),
  ]
}

function typesCondition(types: TypeSelection): Condition {
  const single = types.flatMap(([first, ...others]) => (first !== undefined && others.length === 0 ? [first] : []))
  const joint = types.filter((all) => all.length !== 1)
  const natives: readonly Native[] = [
    ...(single.length === 0 ? [] : [{ types: oneOf(single) }]),
    ...joint.map((all) => (all.length === 0 ? {} : { types: { $all: [...all] } })),
  ]
  return { native: anyOf(natives), doubt: NO_DOUBT, index: 'types_1_seq_1', via: 'type' }
}

function idsCondition(ids: readonly string[]): Condition {
  return { native: { _id: oneOf(ids) }, doubt: NO_DOUBT, index: '_id_', via: 'id' }
}

function patternCondition(pattern: string): Condition {
  const prefix = literalPrefixOf(pattern)
  if (prefix === '') return { native: {}, doubt: 'all', via: 'every entity' }
  return { native: { _id: { $gte: prefix, $lte: `${prefix}\u{10ffff}` } }, doubt: 'all', index: '_id_', via: 'id' }
}

function alternativesCondition(alternatives: readonly EntitySelector[]): Condition {
  return instead(alternatives.map((selector) => together(selectorConditions(selector))))
}

/** Conditions of which one holds, as one. */
function instead(each: readonly Condition[]): Condition {
  const index = sharedIndex(each)
  return {
    native: anyOf(each.map(({ native }) => native)),
    doubt: either(each.map(({ doubt }) => doubt)),
    ...(index !== undefined && { index }),
    via: [...new Set(each.map(({ via }) => via))].join(' or '),
  }
}

/** Conditions that all hold, as one. */
function together(conditions: readonly Condition[]): Condition {
  const index = conditions.find((condition) => condition.index !== undefined)?.index
  return {
    native: allOf(conditions.map(({ native }) => native)),
    doubt: either(conditions.map(({ doubt }) => doubt)),
    ...(index !== undefined && { index }),
    via: conditions.map(({ via }) => via).join(', then '),
  }
}

function sharedIndex(conditions: readonly Condition[]): Index | undefined {
  const [first] = conditions
  return conditions.every(({ index }) => index === first?.index) ? first?.index : undefined
}

function attributesCondition(names: readonly string[]): Omit<Condition, 'doubt'> {
  return { native: { attributes: oneOf(names) }, index: 'attributes_1_seq_1', via: `attribute ${names.join(' or ')}` }
}

/** A list of one is no list: an equality is what an index has in the order of creation. */
function oneOf(texts: readonly string[]) {
  const [first, ...others] = texts
  return first !== undefined && others.length === 0 ? first : { $in: [...texts] }
}

function candidatesCondition(candidates: Candidates | Narrowed): Condition {
  switch (candidates.kind) {
    case 'every':
      return { native: {}, doubt: 'all', via: 'every entity' }
    case 'attribute':
      return { ...attributesCondition([candidates.attribute]), doubt: candidates.exact ? NO_DOUBT : 'all' }
    case 'values':
      return valuesCondition(candidates)
    case 'all':
      return together(candidates.of.map(candidatesCondition))
    case 'any':
      return instead(candidates.of.map(candidatesCondition))
  }
}

function valuesCondition(candidates: Extract<Candidates, { kind: 'values' }> | Narrowed): Condition {
  const { ranges, attribute, exact } = candidates
  const more = attribute === undefined ? [] : [markOf(attribute, 'more')]
  const others = exact === 'scalars' ? ranges.map(({ path }) => markOf(path, 'other')) : []
  const keys = ranges.map(keysIn)
  // Of several values each of the conditions that were made one may be met by another.
  const apart = conditionsIn(candidates) > 1 ? others : []
  const points = [...keys.filter((key) => typeof key === 'string'), ...more, ...apart]
  const between = keys.flatMap((key): Native[] => (typeof key === 'string' ? [] : [{ values: { $elemMatch: key } }]))
  const unclear = [...more, ...others]
  const via = `values of ${namesOf(ranges)}`
  return {
    native: anyOf([...between, ...(points.length === 0 ? [] : [{ values: oneOf(points) }])]),
    doubt: exact === false ? 'all' : unclear,
    index: 'values_1_seq_1',
    via,
    shape: `${via} ${between.length > 0 ? 'between' : 'equal'}`,
  }
}

function namesOf(ranges: readonly ValueRange[]): string {
  return [...new Set(ranges.map(({ path }) => path))].join(', ').replaceAll('\n', '.')
}

function geoConditions(geo: GeoQuery): readonly Condition[] {
  const boxes = searchBoxes(geo)
  if (boxes === undefined) return [{ ...attributesCondition([geo.property]), doubt: 'all' }]
  const areas = boxes.flatMap(cover)
  const native = anyOf(areas.map((area) => ({ 'places.at': { $geoIntersects: { $geometry: area } } })))
  const via = `places of ${geo.property}`
  return [{ native, doubt: 'all', index: 'places.at_2dsphere', via, shape: `${via} ${geo.relation.kind}` }]
}

/** In doubt is what one of them doubts. */
export function either(doubts: readonly Doubt[]): Doubt {
  const keys: IndexKey[] = []
  for (const doubt of doubts) {
    if (typeof doubt === 'string') return doubt
    keys.push(...doubt)
  }
  return keys
}

/** What of what meets a condition is in doubt at a moment. */
export function doubtful(keys: readonly IndexKey[], now: Instant): Native {
  return anyOf([...(keys.length === 0 ? [] : [{ values: oneOf(keys) }]), hasExpired(now)])
}
