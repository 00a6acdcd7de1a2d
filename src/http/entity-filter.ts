/** Which entities a request is about: the parameters of Query Entities (6.4.3.2) and Purge Entities (6.4.3.3). */

import { badRequest } from '../core/model/problems.ts'
import { isUri } from '../core/model/uri.ts'
import type { EntityFilter, EntitySelector, Ordering, Query } from '../core/query/ast.ts'
import { parseGeometry, parseGeoQuery } from '../core/query/parse-geo.ts'
import { parseOrdering } from '../core/query/parse-ordering.ts'
import { parseQuery } from '../core/query/parse-query.ts'
import { parseScopeQuery } from '../core/query/parse-scopes.ts'
import { checkPattern } from '../core/query/pattern.ts'
import type { ResolvedContext } from '../ports/contexts.ts'
import {
  attributeNaming,
  attrsNaming,
  type Exchange,
  flag,
  list,
  pathNaming,
  selectors,
  text,
  typesOf,
} from './exchange.ts'

export interface Selected {
  readonly filter: EntityFilter
  readonly local: boolean
}

/** `type=*` stands for any type: "and local is implicitly set to true and shall not be explicitly set to false". */
export function selectedBy(exchange: Exchange, context: ResolvedContext): Selected {
  const { parameters } = exchange
  const all = text(parameters, 'type') === '*'
  const local = flag(parameters, 'local')
  if (all && local === false) throw badRequest('type=* is for the local entities only; leave local=false out', 'local')
  checkSourceFilter(exchange, context)
  return {
    filter: { ...selectorOf(exchange, context, all), ...conditionsOf(exchange, context) },
    local: all || local === true,
  }
}

function selectorOf(exchange: Exchange, { terms }: ResolvedContext, all: boolean): EntitySelector {
  const types = all ? undefined : typesOf(exchange, terms)
  const ids = selectors(exchange, 'id')
  for (const id of ids ?? []) checkId(id, 'id')
  const idPattern = text(exchange.parameters, 'idPattern')
  return {
    ...(types && { types }),
    ...(ids && { ids }),
    ...(idPattern !== undefined && { idPattern: patternOf(exchange, idPattern, 'idPattern') }),
  }
}

/** 5.7.2.4: "If the list of Entity identifiers includes a URI which it is not valid … BadRequestData" */
export function checkId(id: string, at: string): void {
  if (!isUri(id)) throw badRequest(`"${id}" is no URI; an entity's id looks like urn:ngsi-ld:ParkingSpot:001`, at)
}

/** 5.2.33: a regular expression for ids. Throws BadRequestData where it is none. */
export function patternOf({ api: { limits } }: Exchange, pattern: string, at: string): string {
  return checkPattern(pattern, at, limits.idLength)
}

/** What selects whatever the types and ids are. */
function conditionsOf(exchange: Exchange, context: ResolvedContext): EntityFilter {
  const { parameters, api } = exchange
  const attrs = selectors(exchange, 'attrs')
  const attributes = attrs?.map(attrsNaming(exchange, context.terms))
  const q = text(parameters, 'q')
  const geo = geoOf(exchange, context)
  const scopes = text(parameters, 'scopeQ')
  return {
    ...(attributes && { attributes }),
    ...(q !== undefined && { q: queryOf(exchange, context, q, 'q') }),
    ...(geo && { geo }),
    ...(scopes !== undefined && { scopes: parseScopeQuery(scopes, 'scopeQ', api.limits.selection) }),
  }
}

function queryOf(exchange: Exchange, { terms }: ResolvedContext, q: string, at: string): Query {
  const { parameters, api } = exchange
  const expandValues = list(parameters, 'expandValues')?.map(attributeNaming(exchange, 'expandValues', terms))
  for (const name of list(parameters, 'jsonKeys') ?? []) attributeNaming(exchange, 'jsonKeys', terms)(name)
  return parseQuery(q, {
    expand: pathNaming(exchange, at, terms),
    expandValue: terms.expand,
    ...(expandValues && { expandValues: new Set(expandValues) }),
    at,
    limits: api.limits.query,
  })
}

/** 5.7.2.4: "the … context source filter are not syntactically valid … BadRequestData"; there are no Context Sources to filter yet. */
function checkSourceFilter(exchange: Exchange, context: ResolvedContext): void {
  const csf = text(exchange.parameters, 'csf')
  if (csf !== undefined) queryOf(exchange, context, csf, 'csf')
}

function geoOf(exchange: Exchange, { terms }: ResolvedContext): EntityFilter['geo'] {
  const { parameters, api } = exchange
  const geoproperty = text(parameters, 'geoproperty') ?? 'location'
  const sent = {
    georel: text(parameters, 'georel'),
    geometry: text(parameters, 'geometry'),
    coordinates: text(parameters, 'coordinates'),
  }
  // "It shall be ignored unless a geoquery is present."
  if (Object.values(sent).every((part) => part === undefined)) return undefined
  const property = attributeNaming(exchange, 'geoproperty', terms)(geoproperty)
  return parseGeoQuery({ ...sent, property }, api.limits.geometryVertices)
}

/** 4.23 */
export function orderingOf(exchange: Exchange, { terms }: ResolvedContext): Ordering | undefined {
  const { parameters, api } = exchange
  const orderBy = list(parameters, 'orderBy')
  const coordinates = text(parameters, 'orderFrom')
  const geometry = text(parameters, 'orderGeometry') ?? 'Point'
  const collation = text(parameters, 'collation')
  const from =
    coordinates === undefined
      ? undefined
      : parseGeometry(
          geometry,
          coordinates,
          { type: 'orderGeometry', coordinates: 'orderFrom' },
          api.limits.geometryVertices,
        )
  if (orderBy === undefined) return undefined
  return parseOrdering(orderBy, {
    expand: pathNaming(exchange, 'orderBy', terms),
    ...(from && { from }),
    ...(collation !== undefined && { collation }),
    most: api.limits.selection,
  })
}
