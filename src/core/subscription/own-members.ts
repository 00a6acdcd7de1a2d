/** What of a document that was sent as a Subscription belongs to it (5.2.12). */

import type { Json, JsonObject } from '../model/entity.ts'
import { isObject } from '../model/json-object.ts'
import { nearestName } from '../model/nearest-name.ts'
import { badRequest } from '../model/problems.ts'

/** Table 5.2.12-1, but for what 4.4 lets be written otherwise. */
const MEMBERS: readonly string[] = [
  'id',
  'type',
  'entities',
  'notification',
  'notificationTrigger',
  'watchedAttributes',
  'q',
  'geoQ',
  'scopeQ',
  'temporalQ',
  'csf',
  'datasetId',
  'description',
  'expandValues',
  'expiresAt',
  'isActive',
  'jsonKeys',
  'jsonldContext',
  'lang',
  'localOnly',
  'ngsildConformance',
  'splitEntities',
  'subscriptionName',
  'throttling',
  'timeInterval',
]

/** Members that are not from the client: "In the event that they are provided … implementations shall ignore them". */
const COMPUTED: readonly string[] = ['status', 'createdAt', 'modifiedAt', 'deletedAt', '@context']
const COMPUTED_OF_NOTIFICATION: ReadonlySet<string> = new Set([
  'status',
  'timesSent',
  'timesFailed',
  'lastNotification',
  'lastSuccess',
  'lastFailure',
])

/**
 * The members that a Subscription has, `@id` and `@type` (4.4) by the names of the core @context. What the standard does not
 * know is left out, as a Subscription has no place for it. Throws BadRequestData where it is close to a member's name:
 * one that was misspelt would be missing without anybody's noticing.
 */
export function ownMembers(json: JsonObject): JsonObject {
  const named = Object.entries(json).map(([name, value]) => [termFor(name, json), value] as const)
  const own = named.filter(([name]) => isOwn(name))
  return Object.fromEntries(own.map(([name, value]) => [name, name === 'notification' ? sentOnly(value) : value]))
}

function termFor(name: string, json: JsonObject): string {
  const term = name === '@id' || name === '@type' ? name.slice(1) : name
  if (term === name || json[term] === undefined) return term
  throw badRequest(`"${term}" and "${name}" are the same member; send one of them`, `/${name}`)
}

function isOwn(name: string): boolean {
  if (MEMBERS.includes(name)) return true
  if (COMPUTED.includes(name)) return false
  const nearest = nearestName(name, MEMBERS)
  if (nearest === undefined) return false
  throw badRequest(`a Subscription has no member "${name}"; did you mean "${nearest}"?`, `/${name}`)
}

/** Table 5.2.14.2-1 */
function sentOnly(notification: Json): Json {
  if (!isObject(notification)) return notification
  return Object.fromEntries(Object.entries(notification).filter(([name]) => !COMPUTED_OF_NOTIFICATION.has(name)))
}
