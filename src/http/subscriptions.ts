/** Resources: subscriptions/ (6.10) and subscriptions/{subscriptionId} (6.11) */

import { randomUUID } from 'node:crypto'
import type Koa from 'koa'
import type { Json, JsonObject } from '../core/model/entity.ts'
import { isObject } from '../core/model/json-object.ts'
import { Problem } from '../core/model/problems.ts'
import { show } from '../core/model/show.ts'
import { NGSI_LD_NULL } from '../core/model/uri.ts'
import { showVersion } from '../core/representation/downgrade.ts'
import { parsePrefer } from '../core/representation/prefer.ts'
import type { SubscriptionNaming } from '../core/subscription/decode-condition.ts'
import { decodeSubscription } from '../core/subscription/decode-subscription.ts'
import { ownMembers } from '../core/subscription/own-members.ts'
import { renderSubscription } from '../core/subscription/render-subscription.ts'
import { updateSubscription as update } from '../core/subscription/update-subscription.ts'
import { createSubscription } from '../operations/create-subscription.ts'
import { deleteSubscription } from '../operations/delete-subscription.ts'
import { querySubscriptions } from '../operations/query-subscriptions.ts'
import { type FoundSubscription, retrieveSubscription } from '../operations/retrieve-subscription.ts'
import { updateSubscription } from '../operations/update-subscription.ts'
import type { ResolvedContext } from '../ports/contexts.ts'
import { pathSegment, sendCreated, sendNothing, sendWithContext } from './answer.ts'
import type { Api } from './api.ts'
import { readBody } from './body.ts'
import { withTarget } from './entity.ts'
import { type Exchange, list, open, subscriptionIdOf } from './exchange.ts'
import { pageLinks, pageOf } from './paging.ts'
import { documentContext, linkedContext, resolveAt } from './request-context.ts'
import { bodyValidator } from './validate.ts'

/** 6.10.3.1 */
export async function postSubscription(ctx: Koa.Context, api: Api): Promise<void> {
  const exchange = open(ctx, api, 'createSubscription')
  const body = await readBody(ctx, api)
  const json = checked('createSubscription', body.json)
  const context = await documentContext(ctx, api, exchange.call, body)
  const id = typeof json.id === 'string' ? json.id : `urn:ngsi-ld:Subscription:${randomUUID()}`
  const decoded = decodeSubscription(json, id, namingOf(api, context), api.operations.clock.now())
  const shownWith = (await givenContext(exchange, json)) ?? context
  await createSubscription(api.operations, exchange.call, decoded, () => urlOf(exchange, shownWith))
  sendCreated(ctx, `/ngsi-ld/v1/subscriptions/${pathSegment(id)}`)
}

/** 6.10.3.2 */
export async function getSubscriptions(ctx: Koa.Context, api: Api): Promise<void> {
  const exchange = open(ctx, api, 'querySubscriptions')
  const { call, mediaType } = exchange
  const page = pageOf(exchange, 'subscriptions')
  const context = await linkedContext(ctx, api, call)
  const { subscriptions, total, offset } = await querySubscriptions(api.operations, call, page.limit, page.offset)
  if (page.count) ctx.set('NGSILD-Results-Count', String(total))
  const shown = subscriptions.map((found) => shownOf(exchange, context, found))
  const links = pageLinks(ctx, { ...page, offset }, offset + page.limit < total, mediaType)
  setApplied(exchange)
  await sendWithContext(ctx, api, call, 200, shown, { mediaType, context, contextInBody: false }, links)
}

/** 6.11.3.1 */
export async function getSubscription(ctx: Koa.Context, api: Api): Promise<void> {
  const exchange = open(ctx, api, 'retrieveSubscription')
  const { call, mediaType } = exchange
  const id = subscriptionIdOf(exchange)
  const context = await linkedContext(ctx, api, call)
  const shown = shownOf(exchange, context, await retrieveSubscription(api.operations, call, id))
  setApplied(exchange)
  await sendWithContext(ctx, api, call, 200, shown, { mediaType, context, contextInBody: false })
}

/** 6.11.3.2 */
export async function patchSubscription(ctx: Koa.Context, api: Api): Promise<void> {
  const exchange = open(ctx, api, 'updateSubscription')
  const { call } = exchange
  const id = subscriptionIdOf(exchange)
  const body = withTarget(await readBody(ctx, api), id)
  const fragment = checked('updateSubscription', body.json)
  const context = await documentContext(ctx, api, call, body)
  // Before anything is given a URL that nobody needs.
  await retrieveSubscription(api.operations, call, id)
  const shownWith = await replacedContext(exchange, fragment, context)
  const naming = namingOf(api, context)
  const now = api.operations.clock.now()
  await updateSubscription(api.operations, call, id, (stored) => update(stored, fragment, naming, now, shownWith))
  sendNothing(ctx)
}

/** 6.11.3.3 */
export async function deleteSubscriptionById(ctx: Koa.Context, api: Api): Promise<void> {
  const exchange = open(ctx, api, 'deleteSubscription')
  await deleteSubscription(api.operations, exchange.call, subscriptionIdOf(exchange))
  sendNothing(ctx)
}

/** The members that a Subscription has, of the right shape. Throws BadRequestData, InvalidRequest for no object. */
function checked(operationId: string, json: Json): JsonObject {
  if (!isObject(json)) {
    throw new Problem('InvalidRequest', `expected a JSON object that is one subscription, found ${show(json)}`, '')
  }
  const own = ownMembers(json)
  bodyValidator(operationId)(own)
  return own
}

function namingOf({ limits }: Api, { terms }: ResolvedContext): SubscriptionNaming {
  return { terms, limits }
}

/** 5.8.1.4: "the @context … specified in the jsonldContext field". Throws LdContextNotAvailable, BadRequestData. */
async function givenContext(
  { api, call }: Exchange,
  { jsonldContext }: JsonObject,
): Promise<ResolvedContext | undefined> {
  return jsonldContext === undefined ? undefined : await resolveAt(api, call, jsonldContext, '/jsonldContext')
}

/** What takes the place of jsonldContext. Without one, it is that of the request again; undefined where it stays. */
async function replacedContext(
  exchange: Exchange,
  fragment: JsonObject,
  context: ResolvedContext,
): Promise<string | undefined> {
  if (fragment.jsonldContext === NGSI_LD_NULL) return urlOf(exchange, context)
  const given = await givenContext(exchange, fragment)
  return given && urlOf(exchange, given)
}

/** 5.13.1: one without a URL becomes an ImplicitlyCreated one. */
async function urlOf({ api, call }: Exchange, context: ResolvedContext): Promise<string> {
  return context.url ?? (await api.contexts.host(call, context))
}

function shownOf(
  { api, parameters }: Exchange,
  { terms }: ResolvedContext,
  { stored, figures }: FoundSubscription,
): Json {
  const sysAttrs = list(parameters, 'options')?.includes('sysAttrs') ?? false
  return renderSubscription(stored, { terms, now: api.operations.clock.now(), figures, sysAttrs })
}

/** 4.3.6.8 has nothing that a Subscription would look different by in an earlier version: every version is as it is. */
function setApplied({ ctx }: Exchange): void {
  const { version } = parsePrefer(ctx.get('Prefer'))
  if (version !== undefined) ctx.set('Preference-Applied', `ngsi-ld=${showVersion(version)}`)
}
