/** Resource: entityOperations/query (6.23): Query Entities with its question in the body (5.2.23). */

import type Koa from 'koa'
import type { Json, JsonObject } from '../core/model/entity.ts'
import { isObject } from '../core/model/json-object.ts'
import { stringifyJson } from '../core/model/json-text.ts'
import { badRequest, Problem } from '../core/model/problems.ts'
import type { EntitySelector, TypeSelection } from '../core/query/ast.ts'
import { parseTypeSelection } from '../core/query/parse-types.ts'
import { decodeName } from '../core/representation/decoder.ts'
import type { ResolvedContext } from '../ports/contexts.ts'
import type { Api } from './api.ts'
import { readBody } from './body.ts'
import { checkId, patternOf, type Selected, selectedBy } from './entity-filter.ts'
import { answerQuery } from './entity-query.ts'
import { type Exchange, flag, open } from './exchange.ts'
import { documentContext, withoutContext } from './request-context.ts'
import { bodyValidator, type Parameters } from './validate.ts'

/** 6.23.3.1 */
export async function postQuery(ctx: Koa.Context, api: Api): Promise<void> {
  await answerPosted(ctx, api, 'queryEntitiesByPost', answerQuery)
}

type Answer = (exchange: Exchange, context: ResolvedContext, selected: Selected) => Promise<void>

/** A question in a body, which is answered as the same one in parameters. */
export async function answerPosted(ctx: Koa.Context, api: Api, operationId: string, answer: Answer): Promise<void> {
  const exchange = open(ctx, api, operationId)
  const body = await readBody(ctx, api)
  const asked = isObject(body.json) ? withoutContext(body.json) : body.json
  refuseEntityMaps(asked)
  bodyValidator(operationId)(asked)
  const context = await documentContext(ctx, api, exchange.call, body)
  await pointing(async () => {
    const asking: Exchange = {
      ...exchange,
      parameters: { ...exchange.parameters, ...parametersIn(asked as JsonObject) },
    }
    await answer(asking, context, selectedIn(asking, context, asked as JsonObject))
  })
}

/** 5.5.6: they come with registrations; what they ask for must not be done otherwise. */
function refuseEntityMaps(asked: Json): void {
  const member = ['entityMap', 'entityMapLifetime'].find((name) => isObject(asked) && Object.hasOwn(asked, name))
  if (member === undefined) return
  throw new Problem(
    'OperationNotSupported',
    `the member '${member}' is not supported by this version of Boya yet; leave it out`,
    `/${member}`,
  )
}

/** Parameters (6.4.3.2) whose name and value a member of the body has as they are. */
const SAME = [
  'q',
  'scopeQ',
  'csf',
  'attrs',
  'pick',
  'omit',
  'datasetId',
  'lang',
  'join',
  'joinLevel',
  'containedBy',
] as const

/** Where in the body stands what GET has in a parameter. */
const POINTERS: Readonly<Record<string, string>> = {
  ...Object.fromEntries([...SAME, 'expandValues', 'jsonKeys', 'splitEntities'].map((name) => [name, `/${name}`])),
  georel: '/geoQ/georel',
  geometry: '/geoQ/geometry',
  coordinates: '/geoQ/coordinates',
  geoproperty: '/geoQ/geoproperty',
  orderBy: '/ordering/orderBy',
  orderFrom: '/ordering/coordinates',
  orderGeometry: '/ordering/geometry',
  collation: '/ordering/collation',
  ...Object.fromEntries(
    ['timerel', 'timeAt', 'endTimeAt', 'timeproperty', 'lastN'].map((name) => [name, `/temporalQ/${name}`]),
  ),
  aggrMethods: '/aggrParams/aggrMethods',
  aggrPeriodDuration: '/aggrParams/aggrPeriodDuration',
}

/** The body as parameters, so that a question has one answer however it is asked. */
function parametersIn(asked: JsonObject): Parameters {
  const { geoQ, ordering, temporalQ, aggrParams, expandValues, jsonKeys } = asked
  const parameters: Record<string, Json | undefined> = {}
  for (const name of SAME) parameters[name] = asked[name]
  for (const [name, names] of Object.entries({ expandValues, jsonKeys })) {
    if (typeof names === 'string') parameters[name] = names.split(',')
  }
  if (isObject(geoQ)) {
    const { coordinates } = geoQ
    Object.assign(parameters, geoQ, { coordinates: asText(coordinates) })
  }
  if (isObject(ordering)) {
    const { orderBy, coordinates, geometry, collation } = ordering
    Object.assign(parameters, { orderBy, collation, orderFrom: asText(coordinates), orderGeometry: geometry })
  }
  for (const temporal of [temporalQ, aggrParams]) {
    if (isObject(temporal)) Object.assign(parameters, temporal, methodsIn(temporal))
  }
  return Object.fromEntries(Object.entries(parameters).filter(([, value]) => value !== undefined)) as Parameters
}

/** 5.2.21: a "comma separated list", or an array. */
function methodsIn({ aggrMethods }: JsonObject): JsonObject {
  return typeof aggrMethods === 'string' ? { aggrMethods: aggrMethods.split(',') } : {}
}

/** 5.2.13: "it can be encoded as a string". */
function asText(coordinates: Json | undefined): string | undefined {
  if (coordinates === undefined || typeof coordinates === 'string') return coordinates
  return stringifyJson(coordinates).text
}

/** 5.2.33 */
function selectedIn(exchange: Exchange, context: ResolvedContext, { entities }: JsonObject): Selected {
  const selected = selectedBy(exchange, context)
  if (entities === undefined) return selected
  const alternatives = (entities as readonly JsonObject[]).map((entity, i) => selectorOf(exchange, context, entity, i))
  const all = alternatives.findIndex(({ types }) => types === undefined)
  if (all !== -1 && flag(exchange.parameters, 'local') === false) {
    // "local scope shall not be explicitly set to be false"
    throw badRequest('type "*" is for the local entities only; leave local=false out', `/entities/${all}/type`)
  }
  const [only] = alternatives
  const selector = alternatives.length === 1 && only !== undefined ? only : { alternatives }
  return { filter: { ...selected.filter, ...selector }, local: selected.local || all !== -1 }
}

function selectorOf(
  exchange: Exchange,
  { terms }: ResolvedContext,
  selector: JsonObject,
  index: number,
): EntitySelector {
  const at = `/entities/${index}`
  const { limits } = exchange.api
  const type = String(selector.type)
  const expand = (name: string) => decodeName(name, { parameter: `${at}/type` }, { terms, limits })
  const types: TypeSelection | undefined =
    type === '*' ? undefined : parseTypeSelection(type, expand, limits.selection, `${at}/type`)
  const ids = selector.id === undefined ? undefined : ([selector.id].flat() as string[])
  for (const [i, id] of ids?.entries() ?? [])
    checkId(id, typeof selector.id === 'string' ? `${at}/id` : `${at}/id/${i}`)
  const { idPattern } = selector
  // 5.2.33: "id takes precedence over idPattern."
  const pattern = typeof idPattern === 'string' ? patternOf(exchange, idPattern, `${at}/idPattern`) : undefined
  return {
    ...(types && { types }),
    ...(ids && { ids }),
    ...(pattern !== undefined && ids === undefined && { idPattern: pattern }),
  }
}

/** What goes wrong with a parameter went wrong with a member of the body. */
async function pointing(act: () => Promise<void>): Promise<void> {
  try {
    await act()
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    throw new Problem(error.kind, error.detail, error.at === undefined ? undefined : (POINTERS[error.at] ?? error.at))
  }
}
