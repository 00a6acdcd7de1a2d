/** A Subscription as it is sent (5.2.12) → as it is stored. */

import { normalizeDateTime, toInstant } from '../model/date-time.ts'
import type { Instant, Json, JsonObject } from '../model/entity.ts'
import { badRequest } from '../model/problems.ts'
import { show } from '../model/show.ts'
import { isUri, NGSI_LD_NULL } from '../model/uri.ts'
import { decodeAlsoNamed, decodeCondition, type SubscriptionNaming } from './decode-condition.ts'
import { decodeEndpoint } from './decode-endpoint.ts'
import { decodeRepresentation } from './decode-notification.ts'
import type { AlsoNamed, StoredSubscription, Subscription } from './subscription.ts'

/** All of a Subscription but what notifications are shown with, which may be given a URL only when all else is right. */
export type DecodedSubscription = Omit<StoredSubscription, 'subscription'> & {
  readonly subscription: Omit<Subscription, 'jsonldContext'>
}

/**
 * `json`: its own members only, whose shape has been checked against the OpenAPI document. Throws BadRequestData with a
 * JSON pointer, also where it has expired already; TooComplexQuery.
 * @param id that which it has, or the one that it is given
 */
export function decodeSubscription(
  json: JsonObject,
  id: string,
  naming: SubscriptionNaming,
  now: Instant,
): DecodedSubscription {
  checkId(id, naming)
  checkNoNull(json)
  const sent: JsonObject = { ...json, id }
  checkTogether(sent)
  const notification = sent.notification as JsonObject
  const subscription = {
    id,
    condition: decodeCondition(sent, naming),
    representation: decodeRepresentation(sent, notification, naming),
    endpoint: decodeEndpoint(notification.endpoint as JsonObject),
    ...decodeTimes(sent),
    ...alsoNamedOf(decodeAlsoNamed(sent, naming)),
  }
  checkExpiry(subscription.expiresAt, now)
  return { sent, subscription, createdAt: now, modifiedAt: now }
}

function checkId(id: string, { limits: { idLength } }: SubscriptionNaming): void {
  if (!isUri(id)) throw badRequest(`expected a URI such as "urn:ngsi-ld:Subscription:001", found ${show(id)}`, '/id')
  if (id.length <= idLength) return
  throw badRequest(`the URI has ${id.length} characters; at most ${idLength} are taken (BOYA_MAX_ID_LENGTH)`, '/id')
}

/** 5.5.4: it stands for null in fragments alone. */
function checkNoNull(json: JsonObject): void {
  const [name] = Object.entries(json).find(([, value]) => value === NGSI_LD_NULL) ?? []
  if (name === undefined) return
  throw badRequest(`"${NGSI_LD_NULL}" removes something; here there is nothing to remove: leave it out`, `/${name}`)
}

/** When it is told. What stands in `sent` is absent in the answer where it is absent there. */
export function decodeTimes({ throttling, timeInterval, isActive, expiresAt }: JsonObject) {
  return {
    ...(throttling !== undefined && { throttling: Number(throttling) }),
    ...(timeInterval !== undefined && { timeInterval: Number(timeInterval) }),
    isActive: isActive !== false,
    ...(expiresAt !== undefined && { expiresAt: decodeExpiry(expiresAt) }),
  }
}

function decodeExpiry(json: Json): Instant {
  const dateTime = typeof json === 'string' ? normalizeDateTime(json) : undefined
  if (dateTime !== undefined) return toInstant(dateTime)
  throw badRequest(`expected a date and time in UTC such as "2026-02-23T05:59:13Z", found ${show(json)}`, '/expiresAt')
}

/** 5.8.1.4, 5.8.2.4: "a moment before the current date and time … BadRequestData". */
export function checkExpiry(expiresAt: Instant | undefined, now: Instant): void {
  if (expiresAt !== undefined && expiresAt <= now) {
    throw badRequest('is in the past; leave it out, or send a time that is to come', '/expiresAt')
  }
}

/** As a Subscription has it. */
export function alsoNamedOf(alsoNamed: AlsoNamed): Pick<Subscription, 'alsoNamed'> {
  return Object.keys(alsoNamed).length === 0 ? {} : { alsoNamed }
}

/** Table 5.2.12-1: what goes together with what. Throws BadRequestData. */
export function checkTogether(sent: JsonObject): void {
  if (sent.temporalQ !== undefined)
    throw badRequest('is for subscriptions to context sources only; leave it out', '/temporalQ')
  if (sent.timeInterval !== undefined) checkPeriodic(sent)
  checkSelection(sent)
}

function checkPeriodic({ watchedAttributes, throttling, entities, localOnly }: JsonObject): void {
  if (watchedAttributes !== undefined)
    throw badRequest('stands together with timeInterval; send one of them', '/watchedAttributes')
  if (throttling !== undefined) throw badRequest('stands together with timeInterval; send one of them', '/throttling')
  if (entities === undefined && localOnly !== true)
    throw badRequest('is missing; timeInterval needs it, unless localOnly is true', '/entities')
}

function checkSelection({ entities, watchedAttributes, localOnly }: JsonObject): void {
  if (entities === undefined && watchedAttributes === undefined && localOnly !== true) {
    throw badRequest(
      'is missing; send entities or watchedAttributes, or localOnly: true for all changes of all entities',
      '/entities',
    )
  }
  const all = (entities as readonly JsonObject[] | undefined)?.findIndex(({ type }) => type === '*') ?? -1
  // 5.2.33: "implying local scope, local scope shall not be explicitly set to be false".
  if (all !== -1 && localOnly === false) {
    throw badRequest('"*" is for the local entities only; leave "localOnly": false out', `/entities/${all}/type`)
  }
}
