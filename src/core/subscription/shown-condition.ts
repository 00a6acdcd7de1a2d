/**
 * What a Subscription names, as it is shown with an @context (5.5.7): as it was sent where that means the same with it,
 * otherwise printed from what is kept, so that what is shown can be sent back.
 */

import { isDeepStrictEqual } from 'node:util'
import type { TermTable } from '../jsonld/terms.ts'
import type { Json, JsonObject } from '../model/entity.ts'
import { Problem } from '../model/problems.ts'
import type { EntitySelector, Query, TypeSelection } from '../query/ast.ts'
import { printQuery } from '../query/print-query.ts'
import { decodeAlsoNamed, decodeCondition, type SubscriptionNaming } from './decode-condition.ts'
import type { StoredSubscription } from './subscription.ts'

type Kept = Pick<StoredSubscription, 'sent' | 'subscription'>

/** The members of a Subscription but `notification` in which names stand. */
export function shownCondition(kept: Kept, terms: TermTable): JsonObject {
  const { sent, subscription } = kept
  const { entities, watchedAttributes, geo } = subscription.condition
  const geoQ = sent.geoQ as JsonObject | undefined
  return {
    ...(entities !== undefined && { entities: shownSelectors(sent.entities, entities, terms) }),
    ...(watchedAttributes !== undefined && { watchedAttributes: watchedAttributes.map((name) => terms.compact(name)) }),
    ...(geo !== undefined &&
      geoQ?.geoproperty !== undefined && { geoQ: { ...geoQ, geoproperty: terms.compact(geo.property) } }),
    ...shownQuery(kept, terms),
    ...shownBeside(kept, terms),
  }
}

function shownSelectors(sent: Json | undefined, selectors: readonly EntitySelector[], terms: TermTable): Json {
  const all = sent as readonly JsonObject[]
  return selectors.map((selector, i) => {
    const { type } = all[i] ?? {}
    const decoded = decodedOr(() => decodeCondition({ entities: [{ type: type ?? null }] }, namingOf(terms)).entities)
    const isMeant = isDeepStrictEqual(decoded?.[0]?.types, selector.types)
    return { ...all[i], type: isMeant ? (type ?? '*') : printTypes(selector.types, terms) }
  })
}

/** 4.17 */
function printTypes(types: TypeSelection | undefined, terms: TermTable): string {
  if (types === undefined) return '*'
  const print = (all: readonly string[]): string => {
    const names = all.map((type) => terms.compact(type)).join(';')
    return all.length > 1 ? `(${names})` : names
  }
  return types.map(print).join('|')
}

/**
 * `q` and `expandValues`, as far as there are such. What expandValues made of a value is shown by its own name, as the
 * value that was sent may mean nothing with this @context.
 */
export function shownQuery({ sent, subscription: { condition, alsoNamed } }: Kept, terms: TermTable): JsonObject {
  const { q } = condition
  const expandValues = alsoNamed?.expandValues
  const decoded = decodedOr(() => {
    const asked = { q: sent.q ?? null, expandValues: sent.expandValues ?? null }
    return [decodeCondition(asked, namingOf(terms)).q, decodeAlsoNamed(asked, namingOf(terms)).expandValues]
  })
  if (isDeepStrictEqual(decoded, [q, expandValues])) return {}
  return {
    ...(q !== undefined && { q: printed(q, terms) }),
    ...(expandValues !== undefined && { expandValues: listed(expandValues, terms) }),
  }
}

function shownBeside({ sent, subscription: { alsoNamed = {} } }: Kept, terms: TermTable): JsonObject {
  const { jsonKeys, csf } = alsoNamed
  const decoded = (member: string) =>
    decodedOr(() => decodeAlsoNamed({ [member]: sent[member] ?? null }, namingOf(terms)))
  return {
    ...(jsonKeys &&
      !isDeepStrictEqual(decoded('jsonKeys')?.jsonKeys, jsonKeys) && { jsonKeys: listed(jsonKeys, terms) }),
    ...(csf && !isDeepStrictEqual(decoded('csf')?.csf, csf) && { csf: printed(csf, terms) }),
  }
}

function printed(query: Query, { compact, compactVocab }: TermTable): string {
  return printQuery(query, compact, compactVocab)
}

function listed(names: readonly string[], terms: TermTable): string {
  return [...new Set(names.map((name) => terms.compact(name)))].join(',')
}

/** It has been within the limits when it was sent. */
const NO_LIMITS: SubscriptionNaming['limits'] = {
  idLength: Number.POSITIVE_INFINITY,
  selection: Number.POSITIVE_INFINITY,
  query: { chars: Number.POSITIVE_INFINITY, terms: Number.POSITIVE_INFINITY, depth: Number.POSITIVE_INFINITY },
  geometryVertices: Number.POSITIVE_INFINITY,
  joinLevel: Number.POSITIVE_INFINITY,
}

function namingOf(terms: TermTable): SubscriptionNaming {
  return { terms, limits: NO_LIMITS }
}

/** Undefined where a name is none with this @context. */
function decodedOr<T>(decode: () => T): T | undefined {
  try {
    return decode()
  } catch (error) {
    if (error instanceof Problem) return undefined
    throw error
  }
}
