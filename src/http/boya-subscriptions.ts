/** Resources below /boya/v1/subscriptions/{subscriptionId}: what Boya shows and does beside the standard. */

import type Koa from 'koa'
import { normalizeDateTime, toInstant } from '../core/model/date-time.ts'
import type { Instant, Json, JsonObject } from '../core/model/entity.ts'
import { badRequest } from '../core/model/problems.ts'
import { show } from '../core/model/show.ts'
import { isUri } from '../core/model/uri.ts'
import { explainSubscription } from '../operations/explain-subscription.ts'
import { redeliverNotifications } from '../operations/redeliver-notifications.ts'
import { retrieveDelivery } from '../operations/retrieve-delivery.ts'
import { sendSample } from '../operations/send-sample.ts'
import { send } from './answer.ts'
import type { Api } from './api.ts'
import { expectNoBody, readBody } from './body.ts'
import { type Exchange, open, subscriptionIdOf, text, whole } from './exchange.ts'
import { linkedContext } from './request-context.ts'
import { showDelivery, showSample } from './shown-delivery.ts'
import { bodyValidator } from './validate.ts'

/** Dead letters that are shown where the request does not say. */
const DEAD = 20

/** How it stands with the notifications of a Subscription. */
export async function getDelivery(ctx: Koa.Context, api: Api): Promise<void> {
  const exchange = open(ctx, api, 'retrieveDelivery')
  const { call, parameters, mediaType } = exchange
  const id = subscriptionIdOf(exchange)
  const found = await retrieveDelivery(api.operations, call, id, whole(parameters, 'limit') ?? DEAD)
  send(ctx, 200, showDelivery(id, found, api.operations.clock.now()), mediaType)
}

/** Tells again what was given up, or what changed since then. */
export async function postRedeliver(ctx: Koa.Context, api: Api): Promise<void> {
  const exchange = open(ctx, api, 'redeliverNotifications')
  const id = subscriptionIdOf(exchange)
  const { json } = await readBody(ctx, api)
  const { redelivered, status } = await redeliverNotifications(api.operations, exchange.call, id, whichOf(json))
  send(ctx, 200, { redelivered, ...(status === 'paused' && { remark: PAUSED }) })
}

const PAUSED = 'the subscription is paused: they are told when it is active again'

/** Throws BadRequestData, InvalidRequest where it is no object. */
function whichOf(json: Json): 'dead' | { readonly since: Instant } {
  bodyValidator('redeliverNotifications')(json)
  const { since, dead } = json as JsonObject
  if ((since === undefined) === (dead === undefined)) {
    throw badRequest('send one of {"dead": true} and {"since": "2026-02-23T05:59:13Z"}', '')
  }
  return since === undefined ? 'dead' : { since: sinceOf(since) }
}

function sinceOf(since: Json): Instant {
  const dateTime = normalizeDateTime(String(since))
  if (dateTime !== undefined) return toInstant(dateTime)
  throw badRequest(`expected a date and time in UTC such as "2026-02-23T05:59:13Z", found ${show(since)}`, '/since')
}

/** Sends a sample, and says how it was taken. */
export async function postTest(ctx: Koa.Context, api: Api): Promise<void> {
  const exchange = open(ctx, api, 'sendSampleNotification')
  await expectNoBody(ctx, api, 'the sample is of an entity that matches the subscription, to its own endpoint')
  send(ctx, 200, showSample(await sendSample(api, exchange.call, subscriptionIdOf(exchange))))
}

/** Whether changes of an entity are told, and why. */
export async function getExplain(ctx: Koa.Context, api: Api): Promise<void> {
  const exchange = open(ctx, api, 'explainSubscription')
  const { call, mediaType } = exchange
  ctx.vary('Link')
  const id = subscriptionIdOf(exchange)
  const entity = entityOf(exchange)
  const { terms } = await linkedContext(ctx, api, call)
  send(ctx, 200, await explainSubscription(api, call, id, entity, terms), mediaType)
}

function entityOf({ parameters }: Exchange): string {
  const id = text(parameters, 'entity')
  if (id === undefined) throw badRequest('is missing; send the id of an entity', 'entity')
  if (isUri(id)) return id
  throw badRequest(`"${id}" is no URI; an entity's id looks like urn:ngsi-ld:ParkingSpot:001`, 'entity')
}
