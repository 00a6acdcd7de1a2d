/** Resources: temporal/entities/{entityId} (6.19) and what lies below it (6.20–6.22) */

import type Koa from 'koa'
import { SCOPE } from '../core/history/past-instance.ts'
import type { TermTable } from '../core/jsonld/terms.ts'
import { isObject } from '../core/model/json-object.ts'
import { badRequest, notFound } from '../core/model/problems.ts'
import { isUri } from '../core/model/uri.ts'
import { decodeEvolution, decodeOneInstance } from '../core/representation/decode-evolution.ts'
import { addAttributesToTemporalEvolution } from '../operations/add-attributes-to-temporal-evolution.ts'
import { deleteAttributeFromTemporalEvolution } from '../operations/delete-attribute-from-temporal-evolution.ts'
import { deleteAttributeInstanceFromTemporalEvolution } from '../operations/delete-attribute-instance-from-temporal-evolution.ts'
import { deleteTemporalEvolution } from '../operations/delete-temporal-evolution.ts'
import { modifyAttributeInstanceInTemporalEvolution } from '../operations/modify-attribute-instance-in-temporal-evolution.ts'
import { isEmpty } from '../operations/represent.ts'
import { retrieveTemporalEvolution } from '../operations/retrieve-temporal-evolution.ts'
import { sendNothing, sendWithContext } from './answer.ts'
import type { Api } from './api.ts'
import { instancesOf } from './attributes.ts'
import { readBody } from './body.ts'
import { withTarget } from './entity.ts'
import { attributeNameOf, type Exchange, entityIdOf, open } from './exchange.ts'
import { documentContext, linkedContext, withoutContext } from './request-context.ts'
import { answerOf } from './temporal-answer.ts'
import { evolutionContext } from './temporal-body.ts'
import { temporalViewOf } from './temporal-view.ts'
import { bodyValidator } from './validate.ts'

/** 6.19.3.1 */
export async function getTemporalEntity(ctx: Koa.Context, api: Api): Promise<void> {
  const exchange = open(ctx, api, 'retrieveTemporalEvolution')
  const id = entityIdOf(exchange)
  const context = await linkedContext(ctx, api, exchange.call)
  const view = temporalViewOf(exchange, context)
  const page = await retrieveTemporalEvolution(api.operations, exchange.call, id, view)
  const { status, shown, rest } = await answerOf(ctx, page, view, 'one')
  const [json = {}] = shown
  // With pick and omit an entity may have nothing left to show.
  if (isObject(json) && isEmpty(json))
    throw notFound(`the temporal evolution of ${id} has none of the members that were asked for`)
  await sendWithContext(ctx, api, exchange.call, status, json, view, rest === undefined ? [] : [rest])
}

/** 6.19.3.2 */
export async function deleteTemporalEntity(ctx: Koa.Context, api: Api): Promise<void> {
  const exchange = open(ctx, api, 'deleteTemporalEvolution')
  await deleteTemporalEvolution(api.operations, exchange.call, entityIdOf(exchange))
  sendNothing(ctx)
}

/** 6.20.3.1 */
export async function postTemporalAttributes(ctx: Koa.Context, api: Api): Promise<void> {
  const exchange = open(ctx, api, 'addAttributesToTemporalEvolution')
  const id = entityIdOf(exchange)
  const body = withTarget(await readBody(ctx, api), id)
  bodyValidator('addAttributesToTemporalEvolution')(body.json)
  const { terms } = await documentContext(ctx, api, exchange.call, body)
  const evolution = decodeEvolution(body.json, evolutionContext(exchange, terms))
  await addAttributesToTemporalEvolution(api.operations, exchange.call, id, evolution)
  sendNothing(ctx)
}

/** 6.21.3.1 */
export async function deleteTemporalAttribute(ctx: Koa.Context, api: Api): Promise<void> {
  const exchange = open(ctx, api, 'deleteAttributeFromTemporalEvolution')
  const id = entityIdOf(exchange)
  const { terms } = await linkedContext(ctx, api, exchange.call)
  const attribute = nameOf(exchange, terms)
  await deleteAttributeFromTemporalEvolution(api.operations, exchange.call, id, attribute, instancesOf(exchange))
  sendNothing(ctx)
}

/** 6.22.3.1 */
export async function patchTemporalInstance(ctx: Koa.Context, api: Api): Promise<void> {
  const exchange = open(ctx, api, 'modifyAttributeInstanceInTemporalEvolution')
  const id = entityIdOf(exchange)
  const instanceId = instanceIdOf(exchange)
  const body = await readBody(ctx, api)
  bodyValidator('modifyAttributeInstanceInTemporalEvolution')(body.json)
  const { terms } = await documentContext(ctx, api, exchange.call, body)
  const named = { name: ctx.params.attrId, attribute: nameOf(exchange, terms) }
  const sent = isObject(body.json) ? withoutContext(body.json) : body.json
  const instance = decodeOneInstance(sent, named, instanceId, evolutionContext(exchange, terms))
  const target = { id, attribute: named.attribute, instanceId }
  await modifyAttributeInstanceInTemporalEvolution(api.operations, exchange.call, target, instance)
  sendNothing(ctx)
}

/** 6.22.3.2 */
export async function deleteTemporalInstance(ctx: Koa.Context, api: Api): Promise<void> {
  const exchange = open(ctx, api, 'deleteAttributeInstanceFromTemporalEvolution')
  const id = entityIdOf(exchange)
  const instanceId = instanceIdOf(exchange)
  const { terms } = await linkedContext(ctx, api, exchange.call)
  const target = { id, attribute: nameOf(exchange, terms), instanceId }
  await deleteAttributeInstanceFromTemporalEvolution(api.operations, exchange.call, target)
  sendNothing(ctx)
}

function nameOf(exchange: Exchange, terms: TermTable): string {
  return exchange.ctx.params.attrId === 'scope' ? SCOPE : attributeNameOf(exchange, terms)
}

/** 5.6.14.4: "If the target instanceId is not a valid URI or it is not present, then an error of type BadRequestData shall be raised." */
function instanceIdOf({ ctx }: Exchange): string {
  const id: string = ctx.params.instanceId
  if (isUri(id)) return id
  throw badRequest(`"${id}" in the path is no URI; an instanceId is shown with each instance`, 'instanceId')
}
