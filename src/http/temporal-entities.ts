/** Resources: temporal/entities/ (6.18) and temporal/entityOperations/query (6.24) */

import type Koa from 'koa'
import { badRequest } from '../core/model/problems.ts'
import { decodeEvolution } from '../core/representation/decode-evolution.ts'
import { createOrUpdateTemporalEvolution } from '../operations/create-or-update-temporal-evolution.ts'
import { queryTemporalEvolution } from '../operations/query-temporal-evolution.ts'
import type { ResolvedContext } from '../ports/contexts.ts'
import type { EvolutionQuery } from '../ports/history.ts'
import { pathSegment, sendCreated, sendNothing, sendWithContext } from './answer.ts'
import type { Api } from './api.ts'
import { readBody } from './body.ts'
import { orderingOf, type Selected, selectedBy } from './entity-filter.ts'
import { type Exchange, open } from './exchange.ts'
import { pageLinks, pageOf } from './paging.ts'
import { answerPosted } from './query.ts'
import { documentContext, linkedContext } from './request-context.ts'
import { answerOf } from './temporal-answer.ts'
import { evolutionContext } from './temporal-body.ts'
import { type TemporalView, temporalViewOf } from './temporal-view.ts'
import { bodyValidator } from './validate.ts'

/** 6.18.3.1 */
export async function postTemporalEntity(ctx: Koa.Context, api: Api): Promise<void> {
  const exchange = open(ctx, api, 'createOrUpdateTemporalEvolution')
  const body = await readBody(ctx, api)
  bodyValidator('createOrUpdateTemporalEvolution')(body.json)
  const { terms } = await documentContext(ctx, api, exchange.call, body)
  const evolution = decodeEvolution(body.json, evolutionContext(exchange, terms))
  const { id, types } = evolution
  if (id === undefined)
    throw badRequest('the entity has no "id"; give it a URI such as "urn:ngsi-ld:ParkingSpot:001"', '/id')
  if (types.length === 0) throw badRequest('the entity has no "type"; give it one, such as "ParkingSpot"', '/type')
  const isCreated = await createOrUpdateTemporalEvolution(api.operations, exchange.call, id, evolution)
  if (isCreated) sendCreated(ctx, `/ngsi-ld/v1/temporal/entities/${pathSegment(id)}`)
  else sendNothing(ctx)
}

/** 6.18.3.2 */
export async function getTemporalEntities(ctx: Koa.Context, api: Api): Promise<void> {
  const exchange = open(ctx, api, 'queryTemporalEvolution')
  const context = await linkedContext(ctx, api, exchange.call)
  await answerTemporalQuery(exchange, context, selectedBy(exchange, context))
}

/** 6.24.3.1 */
export async function postTemporalQuery(ctx: Koa.Context, api: Api): Promise<void> {
  await answerPosted(ctx, api, 'queryTemporalEvolutionByPost', answerTemporalQuery)
}

async function answerTemporalQuery(
  exchange: Exchange,
  context: ResolvedContext,
  { filter, local }: Selected,
): Promise<void> {
  const { ctx, api, call, mediaType } = exchange
  const view = temporalViewOf(exchange, context)
  const page = pageOf(exchange)
  const { temporal, named } = view
  const found = await queryTemporalEvolution(api.operations, call, {
    ...{ ...page, ...askedOf(view), named, filter, local, isTemporal: temporal.relation !== undefined },
    ...orderOf(exchange, context),
  })
  if (found.total !== undefined) ctx.set('NGSILD-Results-Count', String(found.total))
  const { status, shown, rest } = await answerOf(ctx, found, view, 'page')
  const others = new URLSearchParams(ctx.querystring)
  others.delete('beyond')
  // One next at a time: first the rest of this page.
  const pages = pageLinks(ctx, page, found.hasMore === true && rest === undefined, mediaType, others)
  await sendWithContext(ctx, api, call, status, shown, view, rest === undefined ? pages : [...pages, rest])
}

/** Of whom nothing but the head is shown, nothing is aggregated; also those are found of which only summaries are left. */
function askedOf({ selection: { lastN, ...all }, wanted, showsInstances }: TemporalView) {
  if (wanted.kind === 'aggregates' && !showsInstances) return { selection: all, wanted: { ...wanted, methods: [] } }
  return { selection: { ...all, ...(lastN !== undefined && { lastN }) }, wanted }
}

/** 5.7.4.4: "the ordering parameter … refers an entity name other than "id" … BadRequestData". */
function orderOf(exchange: Exchange, context: ResolvedContext): Pick<EvolutionQuery, 'orderById'> {
  const keys = orderingOf(exchange, context)?.keys
  if (keys === undefined) return {}
  const [key] = keys
  if (key?.by !== 'id' || keys.length > 1)
    throw badRequest('evolutions are ordered by id only; send orderBy=id, or id;desc', 'orderBy')
  return { orderById: key.direction }
}
