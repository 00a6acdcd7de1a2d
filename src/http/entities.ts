/** Resource: entities/ (6.4) */

import type Koa from 'koa'
import type { Json } from '../core/model/entity.ts'
import { badRequest } from '../core/model/problems.ts'
import { isUri } from '../core/model/uri.ts'
import type { EntityFilter } from '../core/query/ast.ts'
import { decodeEntity } from '../core/representation/decode-entity.ts'
import { renderFeatureCollection } from '../core/representation/render-entity.ts'
import { createEntity } from '../operations/create-entity.ts'
import { type Purged, purgeEntities } from '../operations/purge-entities.ts'
import { queryEntities } from '../operations/query-entities.ts'
import type { ResolvedContext } from '../ports/contexts.ts'
import { pathSegment, sendCreated, sendNothing, sendWithContext } from './answer.ts'
import type { Api } from './api.ts'
import { readBody } from './body.ts'
import { attributeNames, decodeContext, type Exchange, flag, list, open, selectors, text, typesOf } from './exchange.ts'
import { GEO_JSON } from './negotiation.ts'
import { pageLinks, pageOf, wanted } from './paging.ts'
import { documentContext, linkedContext } from './request-context.ts'
import { bodyValidator } from './validate.ts'
import { appliedVersion, viewOf } from './view.ts'

/** 6.4.3.1 */
export async function postEntity(ctx: Koa.Context, api: Api): Promise<void> {
  const exchange = open(ctx, api, 'createEntity')
  const body = await readBody(ctx, api)
  bodyValidator('createEntity')(body.json)
  const { terms } = await documentContext(ctx, api, exchange.call, body)
  const entity = decodeEntity(body.json, decodeContext(exchange, terms))
  await createEntity(api.operations, exchange.call, entity)
  sendCreated(ctx, `/ngsi-ld/v1/entities/${pathSegment(entity.id)}`)
}

/** 6.4.3.2 */
export async function getEntities(ctx: Koa.Context, api: Api): Promise<void> {
  const exchange = open(ctx, api, 'queryEntities')
  const { mediaType } = exchange
  const context = await linkedContext(ctx, api, exchange.call)
  const { filter, local } = selectionOf(exchange, context)
  const view = viewOf(exchange, context)
  const selected: EntityFilter = view.attributes === undefined ? filter : { ...filter, attributes: view.attributes }
  const page = pageOf(exchange)
  const found = await queryEntities(api.operations, exchange.call, { ...wanted(page), filter: selected }, local)
  const rendered = found.entities.slice(0, page.limit).map(view.render)
  const entities = rendered.map(({ json }) => json)
  const links = pageLinks(ctx, { ...page, offset: found.offset }, found.entities.length > page.limit, mediaType)
  if (found.total !== undefined) ctx.set('NGSILD-Results-Count', String(found.total))
  const applied = appliedVersion(view)
  if (applied !== undefined) ctx.set('Preference-Applied', applied)
  const status = rendered.some(({ altered }) => altered) ? 203 : 200
  const body: Json = mediaType === GEO_JSON ? renderFeatureCollection(entities) : entities
  await sendWithContext(ctx, api, exchange.call, status, body, view, links)
}

/** 6.4.3.3 */
export async function deleteEntities(ctx: Koa.Context, api: Api): Promise<void> {
  const exchange = open(ctx, api, 'purgeEntities')
  const context = await linkedContext(ctx, api, exchange.call)
  const { filter, local } = selectionOf(exchange, context)
  const attrs = selectors(exchange, 'attrs')
  const attributes = attrs && attributeNames(exchange, attrs, 'attrs', context.terms)
  await purgeEntities(
    api.operations,
    exchange.call,
    { ...filter, ...(attributes && { attributes }) },
    purgedOf(exchange, context),
    local,
  )
  sendNothing(ctx)
}

interface Selection {
  readonly filter: EntityFilter
  readonly local: boolean
}

/** `type=*` stands for any type: "and local is implicitly set to true and shall not be explicitly set to false". */
function selectionOf(exchange: Exchange, { terms }: ResolvedContext): Selection {
  const { parameters } = exchange
  const all = text(parameters, 'type') === '*'
  const local = flag(parameters, 'local')
  if (all && local === false) throw badRequest('type=* is for the local entities only; leave local=false out', 'local')
  const types = all ? undefined : typesOf(exchange, terms)
  const ids = selectors(exchange, 'id')
  const wrong = ids?.find((id) => !isUri(id))
  if (wrong !== undefined)
    throw badRequest(`"${wrong}" is no URI; an entity's id looks like urn:ngsi-ld:ParkingSpot:001`, 'id')
  return { filter: { ...(types && { types }), ...(ids && { ids }) }, local: all || local === true }
}

function purgedOf(exchange: Exchange, { terms }: ResolvedContext): Purged {
  const { parameters } = exchange
  const drop = list(parameters, 'drop')
  const keep = list(parameters, 'keep')
  if (drop !== undefined && keep !== undefined)
    throw badRequest('drop and keep together; name what goes or what stays', 'keep')
  for (const [parameter, names] of Object.entries({ drop, keep })) {
    // 5.6.21.4: "If projection attributes are present and indicate the use of Linked Entity retrieval … BadRequestData"
    if (names?.some((name) => /[{}]/.test(name)))
      throw badRequest('names Attributes of linked entities; a purge deletes no linked entities', parameter)
  }
  if (drop !== undefined) return { drop: new Set(attributeNames(exchange, drop, 'drop', terms)) }
  if (keep !== undefined) return { keep: new Set(attributeNames(exchange, keep, 'keep', terms)) }
  return 'entities'
}
