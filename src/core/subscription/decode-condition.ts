/** What changes a Subscription is about (5.2.12): JSON → condition. */

import type { Json, JsonObject } from '../model/entity.ts'
import { isObject } from '../model/json-object.ts'
import { badRequest, Problem, tooWideSelection } from '../model/problems.ts'
import { isUri } from '../model/uri.ts'
import type { EntitySelector, GeoQuery, Query } from '../query/ast.ts'
import { parseGeoQuery } from '../query/parse-geo.ts'
import { parseQuery } from '../query/parse-query.ts'
import { parseScopeQuery } from '../query/parse-scopes.ts'
import { parseTypeSelection } from '../query/parse-types.ts'
import { checkPattern } from '../query/pattern.ts'
import type { QueryLimits } from '../query/query-cursor.ts'
import { attributeName, pathName } from '../representation/attribute-name.ts'
import { decodeName, type Naming } from '../representation/decoder.ts'
import type { AlsoNamed, Condition, Trigger } from './subscription.ts'

/** By what subscriptions are judged. */
export interface SubscriptionNaming extends Naming {
  readonly limits: Naming['limits'] & {
    /** Names of a selection, in a list or in a language. */
    readonly selection: number
    readonly query: QueryLimits
    readonly geometryVertices: number
    readonly joinLevel: number
  }
}

/** The shape has been checked against the OpenAPI document. Throws BadRequestData with a JSON pointer, TooComplexQuery. */
export function decodeCondition(json: JsonObject, naming: SubscriptionNaming): Condition {
  const { entities, watchedAttributes, q, geoQ, scopeQ } = json
  const expandValues = decodeListed(json.expandValues, '/expandValues', naming)
  const geo = isObject(geoQ) ? decodeGeo(geoQ, naming) : undefined
  return {
    ...(entities !== undefined && { entities: decodeSelectors(entities as readonly JsonObject[], naming) }),
    ...(watchedAttributes !== undefined && {
      watchedAttributes: decodeAttributes(watchedAttributes, '/watchedAttributes', naming),
    }),
    triggers: decodeTriggers(json.notificationTrigger),
    ...(typeof q === 'string' && { q: decodeQuery(q, '/q', naming, new Set(expandValues)) }),
    ...(geo !== undefined && { geo }),
    ...(typeof scopeQ === 'string' && { scopes: parseScopeQuery(scopeQ, '/scopeQ', naming.limits.selection) }),
  }
}

/** Each costs a look-up whenever something changes. Throws TooComplexQuery. */
export function checkWidth(names: readonly unknown[], at: string, { limits: { selection } }: SubscriptionNaming): void {
  if (names.length > selection) throw tooWideSelection(names.length, selection, at)
}

function decodeSelectors(entities: readonly JsonObject[], naming: SubscriptionNaming): readonly EntitySelector[] {
  checkWidth(entities, '/entities', naming)
  return entities.map((each, i) => decodeSelector(each, `/entities/${i}`, naming))
}

/** 5.2.33. `*` is "All Entities (with implied local scope)". */
function decodeSelector({ type, id, idPattern }: JsonObject, at: string, naming: SubscriptionNaming): EntitySelector {
  const { selection, idLength } = naming.limits
  const expand = (name: string): string => decodeName(name, { parameter: `${at}/type` }, naming)
  const ids = id === undefined ? undefined : ([id].flat() as readonly string[])
  checkWidth(ids ?? [], `${at}/id`, naming)
  for (const [i, each] of ids?.entries() ?? []) checkId(each, typeof id === 'string' ? `${at}/id` : `${at}/id/${i}`)
  const pattern = typeof idPattern === 'string' ? checkPattern(idPattern, `${at}/idPattern`, idLength) : undefined
  return {
    ...(type !== '*' && { types: parseTypeSelection(String(type), expand, selection, `${at}/type`) }),
    ...(ids !== undefined && { ids }),
    // 5.2.33: "id takes precedence over idPattern."
    ...(pattern !== undefined && ids === undefined && { idPattern: pattern }),
  }
}

function checkId(id: string, at: string): void {
  if (!isUri(id)) throw badRequest(`"${id}" is no URI; an entity's id looks like urn:ngsi-ld:ParkingSpot:001`, at)
}

/** Names of Attributes → IRIs, each once. */
export function decodeAttributes(json: Json, at: string, naming: SubscriptionNaming): readonly string[] {
  const names = json as readonly string[]
  checkWidth(names, at, naming)
  return [...new Set(names.map((name, i) => attributeName(name, { parameter: `${at}/${i}` }, naming)))]
}

const DEFAULT_TRIGGERS: readonly Trigger[] = ['attributeCreated', 'attributeUpdated']
/** Table 5.2.12-1: "equivalent to the combination". */
const ENTITY_UPDATED: readonly Trigger[] = [...DEFAULT_TRIGGERS, 'attributeDeleted']

function decodeTriggers(json: Json | undefined): readonly Trigger[] {
  if (json === undefined) return DEFAULT_TRIGGERS
  const sent = json as readonly (Trigger | 'entityUpdated')[]
  return [...new Set(sent.flatMap((trigger) => (trigger === 'entityUpdated' ? ENTITY_UPDATED : [trigger])))]
}

/** Table 5.2.12-1: a "Comma separated list of attribute names" → IRIs, each once. */
function decodeListed(json: Json | undefined, at: string, naming: SubscriptionNaming): readonly string[] | undefined {
  if (typeof json !== 'string') return undefined
  const names = json.split(',')
  checkWidth(names, at, naming)
  return [...new Set(names.map((name) => attributeName(name, { parameter: at }, naming)))]
}

/** Throws BadRequestData with a JSON pointer, TooComplexQuery. */
export function decodeAlsoNamed({ csf, ...json }: JsonObject, naming: SubscriptionNaming): AlsoNamed {
  const expandValues = decodeListed(json.expandValues, '/expandValues', naming)
  const jsonKeys = decodeListed(json.jsonKeys, '/jsonKeys', naming)
  return {
    ...(expandValues && { expandValues }),
    ...(jsonKeys && { jsonKeys }),
    // Table 5.2.12-1: "A valid query string as per clause 4.9".
    ...(typeof csf === 'string' && { csf: decodeQuery(csf, '/csf', naming) }),
  }
}

function decodeQuery(text: string, at: string, naming: SubscriptionNaming, expandValues?: ReadonlySet<string>): Query {
  const { terms, limits } = naming
  return parseQuery(text, {
    expand: (name) => pathName(name, { parameter: at }, naming),
    expandValue: terms.expand,
    ...(expandValues !== undefined && { expandValues }),
    at,
    limits: limits.query,
  })
}

/** 5.2.13: "If not present, the default GeoProperty is location." */
function decodeGeo({ geoproperty = 'location', ...sent }: JsonObject, naming: SubscriptionNaming): GeoQuery {
  const property = attributeName(String(geoproperty), { parameter: '/geoQ/geoproperty' }, naming)
  try {
    return parseGeoQuery({ ...sent, property }, naming.limits.geometryVertices)
  } catch (error) {
    if (!(error instanceof Problem) || error.at === undefined) throw error
    throw new Problem(error.kind, error.detail, `/geoQ/${error.at}`)
  }
}
