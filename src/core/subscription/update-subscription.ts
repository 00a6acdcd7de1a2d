/** A Subscription and a fragment of one → the Subscription (5.8.2). */

import type { Instant, JsonObject } from '../model/entity.ts'
import { NGSI_LD_NULL } from '../model/uri.ts'
import { decodeAlsoNamed, decodeCondition, type SubscriptionNaming } from './decode-condition.ts'
import { decodeEndpoint } from './decode-endpoint.ts'
import { decodeRepresentation } from './decode-notification.ts'
import { alsoNamedOf, checkExpiry, checkTogether, decodeTimes } from './decode-subscription.ts'
import { shownQuery } from './shown-condition.ts'
import {
  type AlsoNamed,
  type Condition,
  type Representation,
  type StoredSubscription,
  type Subscription,
  statusOf,
} from './subscription.ts'

/**
 * 5.8.2.4 with 5.5.8: members that are sent take the place of those that are there, NGSI-LD Null removes one. Names are
 * read with the @context of the fragment; those of members that stay mean what they meant.
 *
 * Pure, so that it can be done within a write. Throws BadRequestData with a JSON pointer, TooComplexQuery.
 * @param fragment its own members only, whose shape has been checked
 * @param jsonldContext the URL that takes the place of the present one
 */
export function updateSubscription(
  stored: StoredSubscription,
  fragment: JsonObject,
  naming: SubscriptionNaming,
  now: Instant,
  jsonldContext = stored.subscription.jsonldContext,
): StoredSubscription {
  const { id, condition, endpoint, representation } = stored.subscription
  const isSent = sentIn(fragment)
  // They have one meaning together: where one of them is sent, the other is as it would be shown to who sends it.
  const before = isSent('q', 'expandValues') ? shownQuery(stored, naming.terms) : {}
  const sent: JsonObject = { ...merged(stored, { ...before, ...fragment }, now), id }
  checkTogether(sent)
  const notification = sent.notification as JsonObject
  const subscription: Subscription = {
    id,
    jsonldContext,
    condition: updatedCondition(condition, sent, isSent, naming),
    representation: isSent('notification')
      ? decodeRepresentation(sent, notification, naming)
      : updatedRepresentation(representation, sent, naming),
    endpoint: isSent('notification') ? decodeEndpoint(notification.endpoint as JsonObject) : endpoint,
    ...decodeTimes(sent),
    ...alsoNamedOf(updatedAlsoNamed(stored.subscription.alsoNamed, sent, isSent, naming)),
  }
  if (isSent('expiresAt')) checkExpiry(subscription.expiresAt, now)
  return { sent, subscription, createdAt: stored.createdAt, modifiedAt: Math.max(now, stored.modifiedAt) }
}

type IsSent = (...members: readonly string[]) => boolean

function sentIn(fragment: JsonObject): IsSent {
  return (...members) => members.some((member) => Object.hasOwn(fragment, member))
}

function merged({ sent, subscription }: StoredSubscription, fragment: JsonObject, now: Instant): JsonObject {
  const all = Object.entries({ ...sent, ...fragment })
  const present = Object.fromEntries(all.filter(([, value]) => value !== NGSI_LD_NULL))
  // 5.8.2.4: "If only expiresAt is included and refers to a DateTime in the future, then status shall be updated to
  // "active", if and only if the previous value of status was "expired"." Without one it is what isActive says.
  const isProlonged =
    present.expiresAt !== undefined && fragment.expiresAt !== undefined && fragment.isActive === undefined
  if (!isProlonged || statusOf(subscription, now) !== 'expired') return present
  const { isActive: _, ...active } = present
  return active
}

/** Members whose decoded parts depend on one another. */
const GROUPS: readonly { readonly part: keyof Condition; readonly members: readonly string[] }[] = [
  { part: 'entities', members: ['entities'] },
  { part: 'watchedAttributes', members: ['watchedAttributes'] },
  { part: 'triggers', members: ['notificationTrigger'] },
  { part: 'q', members: ['q', 'expandValues'] },
  { part: 'geo', members: ['geoQ'] },
  { part: 'scopes', members: ['scopeQ'] },
]

function updatedCondition(before: Condition, sent: JsonObject, isSent: IsSent, naming: SubscriptionNaming): Condition {
  const touched = GROUPS.filter(({ members }) => isSent(...members))
  const members = new Set(touched.flatMap((group) => group.members))
  const anew = decodeCondition(only<JsonObject>(sent, (name) => members.has(name)) as JsonObject, naming)
  const kept = only(before, (name) => !touched.some(({ part }) => part === name))
  return { ...anew, ...kept }
}

function updatedAlsoNamed(
  before: AlsoNamed = {},
  sent: JsonObject,
  isSent: IsSent,
  naming: SubscriptionNaming,
): AlsoNamed {
  const anew = decodeAlsoNamed(only<JsonObject>(sent, (name) => isSent(name)) as JsonObject, naming)
  return { ...only(before, (name) => !isSent(name)), ...anew }
}

/** What stands beside `notification` and is about how it is told, too; it names nothing. */
function updatedRepresentation(before: Representation, sent: JsonObject, naming: SubscriptionNaming): Representation {
  const beside = ['datasetIds', 'lang', 'ngsildConformance']
  const anew = decodeRepresentation(sent, {}, naming)
  return {
    ...only(before, (name) => !beside.includes(name)),
    ...only(anew, (name) => beside.includes(name)),
  } as Representation
}

function only<T extends object>(object: T, isWanted: (name: string) => boolean): Partial<T> {
  return Object.fromEntries(Object.entries(object).filter(([name]) => isWanted(name))) as Partial<T>
}
