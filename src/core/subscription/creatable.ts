/** Whether a Subscription that comes whole, as it is kept, is one that clients could have made: by the rules for these. */

import { isDeepStrictEqual } from 'node:util'
import type { Json } from '../model/entity.ts'
import { parseStoredJson, stringifyJson } from '../model/json-text.ts'
import { badRequest } from '../model/problems.ts'
import { show } from '../model/show.ts'
import { isUri } from '../model/uri.ts'
import { createProjection } from '../query/projection.ts'
import type { SubscriptionNaming } from './decode-condition.ts'
import { decodeSubscription } from './decode-subscription.ts'
import { differenceOf } from './difference.ts'
import { ownMembers } from './own-members.ts'
import type { StoredSubscription } from './subscription.ts'
import { createUnknownNames } from './unknown-names.ts'

/** Throws BadRequestData, with a JSON pointer; TooComplexQuery. */
export type SubscriptionCheck = (stored: StoredSubscription) => void

/**
 * A check that throws unless what is matched and told by is what decoding `sent` again gives. The @context of its names
 * is not there, and an update may have had another one: so a name may stand for any IRI, and the rest is as decoded.
 * @param naming `terms`: those of the core alone
 * @param checkShape of what clients send as a Subscription
 */
export function createSubscriptionCheck(
  naming: SubscriptionNaming,
  checkShape: (sent: unknown) => void,
): SubscriptionCheck {
  return ({ sent, subscription }) => {
    checkShape(sent)
    if (!isDeepStrictEqual(ownMembers(sent), sent))
      throw badRequest('has members that are none of a Subscription, or not from a client', '/sent')
    const names = createUnknownNames(naming.terms, sent)
    // One that has expired meanwhile is still one.
    const decoded = decodeSubscription(sent, String(sent.id), { ...naming, terms: names.terms }, 0)
    const { jsonldContext, ...rest } = subscription
    checkContextUrl(jsonldContext, naming)
    const difference = differenceOf(asStored(decoded.subscription), asStored(rest), '/subscription', names)
    if (difference !== undefined) throw difference
    // Two names of `sent` may stand for one member.
    createProjection(subscription.representation.pick, subscription.representation.omit)
  }
}

function asStored(value: unknown): Json {
  const { text, exact } = stringifyJson(value)
  return parseStoredJson(text, exact)
}

function checkContextUrl(url: unknown, { limits: { idLength } }: SubscriptionNaming): void {
  if (typeof url === 'string' && isUri(url) && url.length <= idLength) return
  throw badRequest(`expected the URL of an @context, found ${show(url)}`, '/subscription/jsonldContext')
}
