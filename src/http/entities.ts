/** Resource: entities/ (6.4) */

import type Koa from 'koa'
import { badRequest } from '../core/model/problems.ts'
import { decodeEntity } from '../core/representation/decode-entity.ts'
import { createEntity } from '../operations/create-entity.ts'
import { type Purged, purgeEntities } from '../operations/purge-entities.ts'
import type { ResolvedContext } from '../ports/contexts.ts'
import { pathSegment, sendCreated, sendNothing } from './answer.ts'
import type { Api } from './api.ts'
import { readBody } from './body.ts'
import { selectedBy } from './entity-filter.ts'
import { answerQuery } from './entity-query.ts'
import { attributeNames, decodeContext, type Exchange, list, open } from './exchange.ts'
import { documentContext, linkedContext } from './request-context.ts'
import { bodyValidator } from './validate.ts'

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
  const context = await linkedContext(ctx, api, exchange.call)
  await answerQuery(exchange, context, selectedBy(exchange, context))
}

/** 6.4.3.3 */
export async function deleteEntities(ctx: Koa.Context, api: Api): Promise<void> {
  const exchange = open(ctx, api, 'purgeEntities')
  const context = await linkedContext(ctx, api, exchange.call)
  const { filter, local } = selectedBy(exchange, context)
  await purgeEntities(api.operations, exchange.call, filter, purgedOf(exchange, context), local)
  sendNothing(ctx)
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
