/** A subscription that comes whole from another store → what becomes of it in this one. */

import { isDeepStrictEqual } from 'node:util'
import { loadCoreContext } from '../../contexts/core-context.ts'
import type { Fate } from '../../contexts/kept-contexts.ts'
import { createCoreOnly } from '../../contexts/resolve.ts'
import { fromInstant } from '../../core/model/date-time.ts'
import { isDeeperThan } from '../../core/model/json-depth.ts'
import { badRequest, Problem } from '../../core/model/problems.ts'
import { createSubscriptionCheck, type SubscriptionCheck } from '../../core/subscription/creatable.ts'
import type { SubscriptionNaming } from '../../core/subscription/decode-condition.ts'
import type { StoredSubscription } from '../../core/subscription/subscription.ts'
import { bodyValidator } from '../../http/validate.ts'
import type { DocumentChange } from '../../ports/store.ts'

/** Subscriptions are judged as those that clients send, with the limits for these. */
export async function createCarriedCheck(
  limits: SubscriptionNaming['limits'] & { readonly jsonDepth: number },
): Promise<SubscriptionCheck> {
  const { terms } = createCoreOnly(await loadCoreContext())
  const check = createSubscriptionCheck({ terms, limits }, bodyValidator('createSubscription'))
  return (stored) => {
    if (isDeeperThan(limits.jsonDepth, stored.sent))
      throw badRequest(`is more than ${limits.jsonDepth} objects and arrays deep (BOYA_MAX_JSON_DEPTH)`, '/sent')
    check(stored)
  }
}

/**
 * The change that stores a subscription with its own times where there is none. One that is there and is the same stays,
 * and is not even checked; one that differs makes it throw Conflict, unless it may be replaced. Throws what the check
 * throws.
 */
export function restoringSubscription(
  carried: StoredSubscription,
  check: SubscriptionCheck,
  replace: boolean,
): DocumentChange<Fate> {
  return (current) => {
    if (isDeepStrictEqual(current, carried)) return { result: 'unchanged' }
    check(carried)
    if (current === undefined) return { document: carried, result: 'created' }
    if (!replace) throw differs(current as StoredSubscription, carried)
    return { document: carried, result: 'replaced' }
  }
}

function differs(current: StoredSubscription, { subscription, modifiedAt }: StoredSubscription): Problem {
  const times = `modified at ${fromInstant(current.modifiedAt)}, in the file at ${fromInstant(modifiedAt)}`
  return new Problem('Conflict', `the subscription ${subscription.id} exists already, and differs: ${times}`)
}
