/** Resource: entities/{entityId} (6.5) */

import type Koa from 'koa'
import { normalizeDateTime } from '../core/model/date-time.ts'
import type { Entity } from '../core/model/entity.ts'
import { isObject } from '../core/model/json-object.ts'
import { isLanguageTag } from '../core/model/language-tag.ts'
import type { MergeOptions } from '../core/model/merge.ts'
import { badRequest, notFound } from '../core/model/problems.ts'
import { show } from '../core/model/show.ts'
import { decodeEntity, decodeEntityFragment } from '../core/representation/decode-entity.ts'
import { deleteEntity } from '../operations/delete-entity.ts'
import { mergeEntity } from '../operations/merge-entity.ts'
import { replaceEntity } from '../operations/replace-entity.ts'
import { isEmpty } from '../operations/represent.ts'
import { retrieveEntity } from '../operations/retrieve-entity.ts'
import { sendNothing, sendWithContext } from './answer.ts'
import type { Api } from './api.ts'
import { type Body, readBody } from './body.ts'
import { decodeContext, type Exchange, entityIdOf, open, text, typesOf } from './exchange.ts'
import { showWithLinked } from './linked-entities.ts'
import { documentContext, linkedContext } from './request-context.ts'
import { bodyValidator } from './validate.ts'
import { appliedVersion, formatOf, type View, viewOf } from './view.ts'

/** 6.5.3.1 */
export async function getEntity(ctx: Koa.Context, api: Api): Promise<void> {
  const exchange = open(ctx, api, 'retrieveEntity')
  const id = entityIdOf(exchange)
  const context = await linkedContext(ctx, api, exchange.call)
  const view = viewOf(exchange, context)
  const entity = await retrieveEntity(api.operations, exchange.call, { id, types: typesOf(exchange, context.terms) })
  checkAttributes(entity, view)
  const { json, altered } = await showWithLinked(exchange, view, entity)
  // With pick and omit an entity may have nothing left to show.
  if (isObject(json) && isEmpty(json)) throw notFound(`the entity ${id} has none of the members that were asked for`)
  const applied = appliedVersion(view)
  if (applied !== undefined) ctx.set('Preference-Applied', applied)
  await sendWithContext(ctx, api, exchange.call, altered ? 203 : 200, json, view)
}

/** 5.7.1.4: "this Entity does not have any of the Attributes in the Attribute list … ResourceNotFound" */
function checkAttributes(entity: Entity, { attributes }: View): void {
  if (attributes !== undefined && !attributes.some((name) => Object.hasOwn(entity.attributes, name))) {
    throw notFound(`the entity ${entity.id} has none of the Attributes ${attributes.join(', ')}`)
  }
}

/** 6.5.3.2 */
export async function deleteEntityById(ctx: Koa.Context, api: Api): Promise<void> {
  const exchange = open(ctx, api, 'deleteEntity')
  const id = entityIdOf(exchange)
  const { terms } = await linkedContext(ctx, api, exchange.call)
  await deleteEntity(api.operations, exchange.call, { id, types: typesOf(exchange, terms) })
  sendNothing(ctx)
}

/** 6.5.3.3 */
export async function putEntity(ctx: Koa.Context, api: Api): Promise<void> {
  const exchange = open(ctx, api, 'replaceEntity')
  const id = entityIdOf(exchange)
  const body = withTarget(await readBody(ctx, api), id)
  bodyValidator('replaceEntity')(body.json)
  const { terms } = await documentContext(ctx, api, exchange.call, body)
  const entity = decodeEntity(body.json, decodeContext(exchange, terms))
  await replaceEntity(api.operations, exchange.call, { id, types: typesOf(exchange, terms) }, entity)
  sendNothing(ctx)
}

/** 6.5.3.4 */
export async function patchEntity(ctx: Koa.Context, api: Api): Promise<void> {
  const exchange = open(ctx, api, 'mergeEntity')
  const id = entityIdOf(exchange)
  const body = withTarget(await readBody(ctx, api), id)
  bodyValidator('mergeEntity')(body.json)
  const { terms } = await documentContext(ctx, api, exchange.call, body)
  const options = mergeOptionsOf(exchange)
  const purpose = options.simplified ? 'merge-simplified' : 'merge'
  const fragment = decodeEntityFragment(body.json, purpose, decodeContext(exchange, terms))
  await mergeEntity(api.operations, exchange.call, { id, types: typesOf(exchange, terms) }, fragment, options)
  sendNothing(ctx)
}

/** 5.4: the id of a fragment is "optional for certain bindings where it can be determined from the operation signature. It shall be equal to the id of the target". */
export function withTarget(body: Body, id: string): Body {
  if (!isObject(body.json)) return body
  const own = body.json.id ?? body.json['@id']
  if (own === undefined) return { ...body, json: { ...body.json, id } }
  if (own === id) return body
  throw badRequest(
    `the body is about ${show(own)}, the path about ${id}; leave "id" out of the body, or send the same`,
    body.json.id == null ? '/@id' : '/id',
  )
}

/** Table 6.5.3.4-1 */
function mergeOptionsOf(exchange: Exchange): MergeOptions {
  const { parameters } = exchange
  const lang = text(parameters, 'lang')
  const sent = text(parameters, 'observedAt')
  const observedAt = sent === undefined ? undefined : normalizeDateTime(sent)
  if (sent !== undefined && observedAt === undefined) {
    throw badRequest(`"${sent}" is no date and time in UTC such as 2026-02-23T05:59:13Z`, 'observedAt')
  }
  if (lang !== undefined && !isLanguageTag(lang)) {
    throw badRequest(`"${lang}" is no language tag (RFC 5646) such as es or en-GB`, 'lang')
  }
  return {
    simplified: formatOf(exchange) === 'simplified',
    ...(lang !== undefined && { lang }),
    ...(observedAt !== undefined && { observedAt }),
  }
}
