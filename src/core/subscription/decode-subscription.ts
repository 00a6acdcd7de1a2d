/** A Subscription as it is sent (5.2.12) → as it is stored. */

import { normalizeDateTime, toInstant } from '../model/date-time.ts'
import type { Instant, Json, JsonObject } from '../model/entity.ts'
import { isObject } from '../model/json-object.ts'
import { badRequest } from '../model/problems.ts'
import { show } from '../model/show.ts'
import { NGSI_LD_NULL } from '../model/uri.ts'
import { decodeCondition, decodeQuery, type SubscriptionNaming } from './decode-condition.ts'
import { decodeEndpoint, decodeRepresentation } from './decode-notification.ts'
import type { StoredSubscription, Subscription } from './subscription.ts'

/** Members that are not from the client: "They shall not be provided … implementations shall ignore them". */
const COMPUTED: ReadonlySet<string> = new Set(['status', 'createdAt', 'modifiedAt', 'deletedAt', '@context'])
const COMPUTED_OF_NOTIFICATION: ReadonlySet<string> = new Set([
  'status',
  'timesSent',
  'timesFailed',
  'lastNotification',
  'lastSuccess',
  'lastFailure',
])

/** What has been settled before: the id, and the URL of the @context of notifications. */
export interface Settled {
  readonly id: string
  readonly jsonldContext: string
}

/**
 * The shape has been checked against the OpenAPI document. Throws BadRequestData with a JSON pointer, also where it has
 * expired already; TooComplexQuery.
 */
export function decodeSubscription(
  json: JsonObject,
  settled: Settled,
  naming: SubscriptionNaming,
  now: Instant,
): StoredSubscription {
  const sent: JsonObject = { ...withoutComputed(json), id: settled.id }
  checkTogether(sent)
  if (typeof sent.csf === 'string') decodeQuery(sent.csf, '/csf', sent, naming)
  const subscription: Subscription = { ...partsOf(sent, naming), ...settled }
  checkExpiry(subscription.expiresAt, now)
  return { sent, subscription, createdAt: now, modifiedAt: now }
}

type Parts = Omit<Subscription, keyof Settled>

function partsOf(sent: JsonObject, naming: SubscriptionNaming): Parts {
  const notification = sent.notification as JsonObject
  return {
    condition: decodeCondition(sent, naming),
    representation: decodeRepresentation(sent, notification, naming),
    endpoint: decodeEndpoint(notification.endpoint as JsonObject),
    ...timesOf(sent),
  }
}

function timesOf({ throttling, timeInterval, isActive, expiresAt }: JsonObject) {
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
function checkExpiry(expiresAt: Instant | undefined, now: Instant): void {
  if (expiresAt !== undefined && expiresAt <= now) throw badRequest('is in the past', '/expiresAt')
}

export function withoutComputed(json: JsonObject): JsonObject {
  const members = Object.entries(json).filter(([name]) => !COMPUTED.has(name))
  const sent: Record<string, Json> = Object.fromEntries(members)
  if (isObject(sent.notification)) {
    const kept = Object.entries(sent.notification).filter(([name]) => !COMPUTED_OF_NOTIFICATION.has(name))
    sent.notification = Object.fromEntries(kept)
  }
  return sent
}

/** Table 5.2.12-1: what goes together with what. */
function checkTogether(sent: JsonObject): void {
  const { entities, watchedAttributes, timeInterval, throttling, localOnly, temporalQ } = sent
  if (temporalQ !== undefined)
    throw badRequest('is for subscriptions to context sources only; leave it out', '/temporalQ')
  if (timeInterval !== undefined) {
    if (watchedAttributes !== undefined)
      throw badRequest('stands together with timeInterval; send one of them', '/watchedAttributes')
    if (throttling !== undefined) throw badRequest('stands together with timeInterval; send one of them', '/throttling')
    if (entities === undefined && localOnly !== true)
      throw badRequest('is missing; timeInterval needs it, unless localOnly is true', '/entities')
  }
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

/** Members whose decoded parts depend on one another: where one of them is sent, all are decoded anew. */
const GROUPS: readonly { readonly part: keyof Subscription['condition']; readonly members: readonly string[] }[] = [
  { part: 'entities', members: ['entities'] },
  { part: 'watchedAttributes', members: ['watchedAttributes'] },
  { part: 'triggers', members: ['notificationTrigger'] },
  { part: 'q', members: ['q', 'expandValues', 'jsonKeys'] },
  { part: 'geo', members: ['geoQ'] },
  { part: 'scopes', members: ['scopeQ'] },
]

/**
 * 5.8.2.4 with 5.5.8: members that are sent take the place of those that are there, NGSI-LD Null removes one. Names are
 * read with the @context of the fragment, those of members that stay mean what they meant. Throws as
 * {@link decodeSubscription}.
 */
export function updateSubscription(
  stored: StoredSubscription,
  fragment: JsonObject,
  naming: SubscriptionNaming,
  now: Instant,
): StoredSubscription {
  const { subscription: before } = stored
  const changes = withoutComputed(fragment)
  const sent: JsonObject = { ...merged(stored.sent, changes), id: before.id }
  checkTogether(sent)
  if (typeof changes.csf === 'string') decodeQuery(changes.csf, '/csf', sent, naming)
  const isSent = (members: readonly string[]): boolean => members.some((member) => Object.hasOwn(changes, member))
  const touched = GROUPS.filter(({ members }) => isSent(members))
  const anew = decodeCondition(
    only(
      sent,
      touched.flatMap(({ members }) => members),
    ),
    naming,
  )
  const kept = Object.fromEntries(
    Object.entries(before.condition).filter(([part]) => !touched.some((group) => group.part === part)),
  )
  const subscription: Subscription = {
    ...before,
    ...toldAnew(before, sent, isSent, naming),
    condition: { ...anew, ...kept } as Subscription['condition'],
    ...timesOf(sent),
  }
  if (isSent(['expiresAt'])) checkExpiry(subscription.expiresAt, now)
  const gone = (['throttling', 'timeInterval', 'expiresAt'] as const).filter((name) => sent[name] === undefined)
  return { ...stored, sent, subscription: without(subscription, gone), modifiedAt: now }
}

/** How it is told, where something of that is sent. */
function toldAnew(
  before: Subscription,
  sent: JsonObject,
  isSent: (members: readonly string[]) => boolean,
  naming: SubscriptionNaming,
): Partial<Pick<Subscription, 'representation' | 'endpoint'>> {
  const notification = sent.notification as JsonObject
  const representation = (): Subscription['representation'] => {
    const anew = decodeRepresentation(sent, isSent(['notification']) ? notification : {}, naming)
    if (isSent(['notification'])) return anew
    const { datasetIds: _, lang: __, ngsildConformance: ___, ...kept } = before.representation
    const { datasetIds, lang, ngsildConformance } = anew
    return {
      ...kept,
      ...(datasetIds && { datasetIds }),
      ...(lang !== undefined && { lang }),
      ...(ngsildConformance !== undefined && { ngsildConformance }),
    }
  }
  return {
    ...(isSent(['notification', 'datasetId', 'lang', 'ngsildConformance']) && { representation: representation() }),
    ...(isSent(['notification']) && { endpoint: decodeEndpoint(notification.endpoint as JsonObject) }),
  }
}

function merged(present: JsonObject, changes: JsonObject): JsonObject {
  const all = Object.entries({ ...present, ...changes })
  return Object.fromEntries(all.filter(([, value]) => value !== NGSI_LD_NULL && value !== null))
}

function only(json: JsonObject, members: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(json).filter(([name]) => members.includes(name)))
}

function without<T extends object>(object: T, names: readonly (keyof T)[]): T {
  return Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name as keyof T))) as T
}
