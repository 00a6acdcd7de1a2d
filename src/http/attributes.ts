/** Resources: entities/{entityId}/attrs (6.6) and entities/{entityId}/attrs/{attrId} (6.7) */

import type Koa from 'koa'
import { isObject } from '../core/model/json-object.ts'
import { badRequest } from '../core/model/problems.ts'
import { isUri } from '../core/model/uri.ts'
import { decodeAttributeFragment, decodeEntityFragment, type Purpose } from '../core/representation/decode-entity.ts'
import { appendAttributes } from '../operations/append-attributes.ts'
import { deleteAttribute, type Instances } from '../operations/delete-attribute.ts'
import { partialAttributeUpdate } from '../operations/partial-attribute-update.ts'
import { replaceAttribute } from '../operations/replace-attribute.ts'
import type { Target } from '../operations/target-entity.ts'
import { updateAttributes } from '../operations/update-attributes.ts'
import { sendNothing, sendUpdate } from './answer.ts'
import type { Api } from './api.ts'
import { readBody } from './body.ts'
import { withTarget } from './entity.ts'
import {
  attributeNameOf,
  decodeContext,
  type Exchange,
  entityIdOf,
  flag,
  list,
  open,
  text,
  typesOf,
} from './exchange.ts'
import { documentContext, linkedContext, withoutContext } from './request-context.ts'
import { bodyValidator } from './validate.ts'

/** 6.6.3.1 */
export async function postAttributes(ctx: Koa.Context, api: Api): Promise<void> {
  const exchange = open(ctx, api, 'appendAttributes')
  const { target, fragment } = await readFragment(exchange, 'appendAttributes', 'append')
  const overwrite = !(list(exchange.parameters, 'options')?.includes('noOverwrite') ?? false)
  sendUpdate(ctx, await appendAttributes(api.operations, exchange.call, target, fragment, overwrite))
}

/** 6.6.3.2 */
export async function patchAttributes(ctx: Koa.Context, api: Api): Promise<void> {
  const exchange = open(ctx, api, 'updateAttributes')
  const { target, fragment } = await readFragment(exchange, 'updateAttributes', 'update')
  sendUpdate(ctx, await updateAttributes(api.operations, exchange.call, target, fragment))
}

async function readFragment(exchange: Exchange, operationId: string, purpose: Purpose) {
  const { ctx, api, call } = exchange
  const id = entityIdOf(exchange)
  const body = withTarget(await readBody(ctx, api), id)
  bodyValidator(operationId)(body.json)
  const { terms } = await documentContext(ctx, api, call, body)
  const fragment = decodeEntityFragment(body.json, purpose, decodeContext(exchange, terms))
  const target: Target = { id, types: typesOf(exchange, terms) }
  return { target, fragment }
}

/** 6.7.3.1 */
export async function patchAttribute(ctx: Koa.Context, api: Api): Promise<void> {
  const exchange = open(ctx, api, 'partialAttributeUpdate')
  const { target, name, fragment } = await readAttribute(exchange, 'partialAttributeUpdate', 'partial')
  await partialAttributeUpdate(api.operations, exchange.call, target, name, fragment)
  sendNothing(ctx)
}

/** 6.7.3.3 */
export async function putAttribute(ctx: Koa.Context, api: Api): Promise<void> {
  const exchange = open(ctx, api, 'replaceAttribute')
  const { target, name, fragment } = await readAttribute(exchange, 'replaceAttribute', 'replace')
  await replaceAttribute(api.operations, exchange.call, target, name, fragment)
  sendNothing(ctx)
}

async function readAttribute(exchange: Exchange, operationId: string, purpose: 'partial' | 'replace') {
  const { ctx, api, call } = exchange
  const id = entityIdOf(exchange)
  const body = await readBody(ctx, api)
  bodyValidator(operationId)(body.json)
  const { terms } = await documentContext(ctx, api, call, body)
  const name = attributeNameOf(exchange, terms)
  refuseScope(exchange)
  const json = isObject(body.json) ? withoutContext(body.json) : body.json
  const fragment = decodeAttributeFragment(json, name, purpose, decodeContext(exchange, terms))
  return { target: { id, types: typesOf(exchange, terms) }, name, fragment }
}

/** 5.6.4.4: "If the target Attribute is scope, then an error of type BadRequestData shall be raised." */
function refuseScope({ ctx }: Exchange): void {
  if (ctx.params.attrId === 'scope')
    throw badRequest('the scope is changed with PATCH on the entity, not as an Attribute', 'attrId')
}

/** 6.7.3.2 */
export async function deleteAttributeByName(ctx: Koa.Context, api: Api): Promise<void> {
  const exchange = open(ctx, api, 'deleteAttribute')
  const id = entityIdOf(exchange)
  const { terms } = await linkedContext(ctx, api, exchange.call)
  const name = ctx.params.attrId === 'scope' ? 'scope' : attributeNameOf(exchange, terms)
  const target = { id, types: typesOf(exchange, terms) }
  await deleteAttribute(api.operations, exchange.call, target, name, instancesOf(exchange))
  sendNothing(ctx)
}

/** Table 6.7.3.2-1, Table 6.21.3.1-1 */
export function instancesOf({ parameters }: Exchange): Instances {
  if (flag(parameters, 'deleteAll') === true) return 'all'
  const datasetId = text(parameters, 'datasetId')
  if (datasetId === undefined || datasetId === '@none') return {}
  if (isUri(datasetId)) return { datasetId }
  throw badRequest(`"${datasetId}" is no URI, nor "@none" for the default instance`, 'datasetId')
}
