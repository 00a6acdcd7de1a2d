/** A request on its way: what every handler begins with. */

import type Koa from 'koa'
import { LRUCache } from 'lru-cache'
import { SCOPE } from '../core/history/past-instance.ts'
import type { TermTable } from '../core/jsonld/terms.ts'
import { badRequest, Problem, tooWideSelection } from '../core/model/problems.ts'
import { isUri } from '../core/model/uri.ts'
import type { TypeSelection } from '../core/query/ast.ts'
import { parseTypeSelection } from '../core/query/parse-types.ts'
import { attributeName, pathName } from '../core/representation/attribute-name.ts'
import type { DecodeContext } from '../core/representation/decode-entity.ts'
import { decodeName } from '../core/representation/decoder.ts'
import { CURRENT_VERSION } from '../core/representation/downgrade.ts'
import type { Call } from '../ports/call.ts'
import type { Api } from './api.ts'
import { callOf } from './call.ts'
import { parseLinks } from './link-header.ts'
import {
  documentTypes,
  EVENT_STREAM,
  entityTypes,
  JSON_TYPE,
  type MediaType,
  negotiate,
  refuseAllBut,
  refuseGeoJson,
} from './negotiation.ts'
import { type Parameters, parametersOf } from './validate.ts'

export interface Exchange {
  readonly ctx: Koa.Context
  readonly api: Api
  readonly call: Call
  readonly parameters: Parameters
  /** Of the answer's body. */
  readonly mediaType: MediaType
  /** Whether it is about evolutions, of which the scope is a Property among others (4.5.6). */
  readonly isTemporal: boolean
}

/** Operations whose `attrs` are of evolutions. */
const temporal = new Set(['retrieveTemporalEvolution', 'queryTemporalEvolution', 'queryTemporalEvolutionByPost'])

/** Headers of the standard that this version does not have: what they ask for must not be done otherwise. */
const laterHeaders = ['ngsild-snapshot', 'ngsild-entitymap']

function refuseLaterHeaders(ctx: Koa.Context): void {
  for (const name of laterHeaders) {
    if (ctx.req.headers[name] !== undefined) {
      throw new Problem(
        'OperationNotSupported',
        'the header is part of the standard, but not yet of this version of Boya',
        name,
      )
    }
  }
}

/** "For Context Information Consumption operations only … GeoJSON is considered as an acceptable content type" */
const consumption = new Set(['retrieveEntity', 'queryEntities', 'queryEntitiesByPost'])

/** Whose answers have names in them, and may be wanted as of an earlier version (4.3.6.8). */
const named = new Set([...consumption, ...temporal, 'retrieveSubscription', 'querySubscriptions'])

/** 6.3.4; and what else of a request its answer depends on, for those who keep answers (RFC 9110, 12.5.5). */
function mediaTypeOf(ctx: Koa.Context, operationId: string): MediaType {
  const { accept } = ctx.req.headers
  if (operationId === 'streamEntities') {
    refuseAllBut(EVENT_STREAM, accept)
    return JSON_TYPE
  }
  const ofEntities = consumption.has(operationId)
  const isAsked = ofEntities || operationId === 'queryTemporalEvolutionByPost'
  if (ctx.method !== 'GET' && ctx.method !== 'HEAD' && !isAsked) {
    refuseGeoJson(accept)
    return JSON_TYPE
  }
  ctx.vary(named.has(operationId) ? 'Accept, Link, NGSILD-Tenant, Prefer' : 'Accept, NGSILD-Tenant')
  return negotiate(accept, ofEntities ? entityTypes : documentTypes)
}

/**
 * Negotiates, and checks the parameters against the OpenAPI document. Throws 406, and as {@link parametersOf} does.
 */
export function open(ctx: Koa.Context, api: Api, operationId: string): Exchange {
  const call = callOf(ctx, api)
  refuseLaterHeaders(ctx)
  const mediaType = mediaTypeOf(ctx, operationId)
  const isTemporal = temporal.has(operationId)
  return { ctx, api, call, parameters: parametersIn(ctx, operationId), mediaType, isTemporal }
}

/** Characters of query strings that are remembered with what they say: most ask what has been asked before. */
const REMEMBERED = 1_000_000
const LONGEST = 5_000

const remembered = new LRUCache<string, Parameters>({
  maxSize: REMEMBERED,
  maxEntrySize: LONGEST,
  sizeCalculation: (_, key) => key.length,
})

/** The same object where the same was asked, so that what is made of it can be remembered, too. */
function parametersIn(ctx: Koa.Context, operationId: string): Parameters {
  const key = `${operationId}?${ctx.querystring}`
  const known = remembered.get(key)
  if (known !== undefined) return known
  const parameters = parametersOf(operationId)(ctx.query)
  remembered.set(key, parameters)
  return parameters
}

export function text(parameters: Parameters, name: string): string | undefined {
  const value = parameters[name]
  return typeof value === 'string' ? value : undefined
}

export function list(parameters: Parameters, name: string): readonly string[] | undefined {
  const value = parameters[name]
  return Array.isArray(value) ? value : undefined
}

/** A list of names that select entities. Throws TooComplexQuery where there are more than are taken. */
export function selectors(exchange: Exchange, name: string): readonly string[] | undefined {
  const names = list(exchange.parameters, name)
  const most = exchange.api.limits.selection
  if (names !== undefined && names.length > most) throw tooWideSelection(names.length, most, name)
  return names
}

export function flag(parameters: Parameters, name: string): boolean | undefined {
  const value = parameters[name]
  return typeof value === 'boolean' ? value : undefined
}

export function whole(parameters: Parameters, name: string): number | undefined {
  const value = parameters[name]
  return typeof value === 'number' ? value : undefined
}

/** 5.6.x: "If the Entity ID is not present or it is not a valid URI then an error of type BadRequestData shall be raised." */
export function entityIdOf({ ctx }: Exchange): string {
  const id: string = ctx.params.entityId
  if (isUri(id)) return id
  throw badRequest(`"${id}" in the path is no URI; an entity's id looks like urn:ngsi-ld:ParkingSpot:001`, 'entityId')
}

/** 5.8.2.4: "If the Subscription id is not present or it is not a valid URI, then an error of type BadRequestData shall be raised." */
export function subscriptionIdOf({ ctx }: Exchange): string {
  const id: string = ctx.params.subscriptionId
  if (isUri(id)) return id
  throw badRequest(
    `"${id}" in the path is no URI; a subscription's id looks like urn:ngsi-ld:Subscription:001`,
    'subscriptionId',
  )
}

/** The Attribute's IRI: "If the target Attribute name is not valid … BadRequestData". */
export function attributeNameOf({ ctx, api: { limits } }: Exchange, terms: TermTable): string {
  return attributeName(ctx.params.attrId, { parameter: 'attrId' }, { terms, limits })
}

export function typesOf({ parameters, api: { limits } }: Exchange, terms: TermTable): TypeSelection | undefined {
  const selection = text(parameters, 'type')
  if (selection === undefined) return undefined
  const expand = (name: string) => decodeName(name, { parameter: 'type' }, { terms, limits })
  return parseTypeSelection(selection, expand, limits.selection)
}

/** The IRIs of the Attributes that a parameter names. Throws BadRequestData where one is no name of any. */
export function attributeNames(
  exchange: Exchange,
  names: readonly string[],
  parameter: string,
  terms: TermTable,
): readonly string[] {
  return names.map(attributeNaming(exchange, parameter, terms))
}

/** Name of an Attribute → IRI. Throws BadRequestData where it is no name of any, at the parameter. */
export function attributeNaming(
  { api: { limits } }: Exchange,
  parameter: string,
  terms: TermTable,
): (name: string) => string {
  return (name) => attributeName(name, { parameter }, { terms, limits })
}

/** As {@link attributeNaming}, of `attrs`: of evolutions also the scope (C.5.16.2 has an example). */
export function attrsNaming(exchange: Exchange, terms: TermTable): (name: string) => string {
  const named = attributeNaming(exchange, 'attrs', terms)
  return (name) => (exchange.isTemporal && name === 'scope' ? SCOPE : named(name))
}

/** As {@link attributeNaming}, of the parts of a path (4.9, 4.23). */
export function pathNaming(
  { api: { limits } }: Exchange,
  parameter: string,
  terms: TermTable,
): (name: string) => string {
  return (name) => pathName(name, { parameter }, { terms, limits })
}

export function decodeContext({ ctx, api: { limits } }: Exchange, terms: TermTable): DecodeContext {
  const { version } = parseLinks(ctx.get('Link'))
  return {
    ...(version !== undefined && { newer: version > CURRENT_VERSION }),
    terms,
    limits: {
      attributes: limits.attributes,
      vertices: limits.geometryVertices,
      idLength: limits.idLength,
      json: { depth: limits.jsonDepth, digits: limits.numberDigits },
    },
  }
}
