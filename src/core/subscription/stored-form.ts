/** The form in which Subscriptions are stored, where it comes as JSON from elsewhere. */

import type { Instant, Json, JsonObject } from '../model/entity.ts'
import { isObject } from '../model/json-object.ts'
import { badRequest } from '../model/problems.ts'
import { show } from '../model/show.ts'
import type { StoredSubscription } from './subscription.ts'

const MEMBERS = ['sent', 'subscription', 'createdAt', 'modifiedAt']
/** The end of the year 9999, after which there is no DateTime (4.6.3). */
const LAST_INSTANT: Instant = 253_402_300_799_999

/**
 * Its outer shape only: what is in `sent` and `subscription` is for creatable.ts to judge. Throws BadRequestData, with a
 * JSON pointer, where a member is missing, unknown, or not of its kind.
 */
export function readStoredSubscription(json: Json): StoredSubscription {
  if (!isObject(json)) throw badRequest(`expected a subscription as it is kept, found ${show(json)}`)
  for (const name in json)
    if (!MEMBERS.includes(name))
      throw badRequest('is no member of the form in which subscriptions are kept', `/${name}`)
  const { sent, subscription } = json
  const createdAt = instantOf(json.createdAt, '/createdAt')
  const modifiedAt = instantOf(json.modifiedAt, '/modifiedAt')
  if (createdAt > modifiedAt) throw badRequest(`is before it was created, at ${createdAt} (4.8)`, '/modifiedAt')
  const found = objectOf(sent, '/sent')
  const matched = objectOf(subscription, '/subscription')
  idOf(found, '/sent/id')
  idOf(matched, '/subscription/id')
  return { sent: found, subscription: matched, createdAt, modifiedAt } as unknown as StoredSubscription
}

function objectOf(json: Json | undefined, at: string): JsonObject {
  if (isObject(json)) return json
  throw badRequest(json === undefined ? 'is missing' : `expected an object, found ${show(json)}`, at)
}

function idOf({ id }: JsonObject, at: string): void {
  if (typeof id !== 'string') throw badRequest(id === undefined ? 'is missing' : `${show(id)} is no id`, at)
}

function instantOf(json: Json | undefined, at: string): Instant {
  if (Number.isInteger(json) && Number(json) >= 0 && Number(json) <= LAST_INSTANT) return Number(json)
  throw badRequest(`expected a number of milliseconds since 1970, found ${show(json)}`, at)
}
