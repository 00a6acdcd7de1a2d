/** What is counted of a subscription's notifications (5.2.14.2), and how figures are added up: pure. */

import type { Instant } from '../core/model/entity.ts'
import type { DeliveryFigures } from '../core/subscription/render-subscription.ts'
import type { DeliveryAttempt } from '../ports/notifier.ts'

export interface SubscriptionFigures extends DeliveryFigures {
  /** Changes that were given up. */
  readonly timesGivenUp?: number
  /** The last of them, in order. */
  readonly attempts?: readonly DeliveryAttempt[]
  /** When what has failed is tried again; null where nothing has. */
  readonly nextAttempt?: Instant | null
}

/** What came of some of them. */
export type MoreFigures = Partial<SubscriptionFigures>

export const NO_FIGURES: SubscriptionFigures = { timesSent: 0, timesFailed: 0 }

/** Attempts that are remembered. */
const ATTEMPTS = 20

/**
 * Those of two instances may be added in any order, because one may write late what it did before the other: the later
 * times count, and what is to come is as the one says that was told last.
 */
export function added(one: MoreFigures, more: MoreFigures): SubscriptionFigures {
  const isOlder = (more.lastNotification ?? Number.POSITIVE_INFINITY) < (one.lastNotification ?? 0)
  const [older, newer] = isOlder ? [more, one] : [one, more]
  const attempts = [...(older.attempts ?? []), ...(newer.attempts ?? [])].toSorted((a, b) => a.at - b.at)
  return {
    ...{ ...older, ...newer, ...latest(one, more) },
    timesSent: (one.timesSent ?? 0) + (more.timesSent ?? 0),
    timesFailed: (one.timesFailed ?? 0) + (more.timesFailed ?? 0),
    ...givenUp(one, more),
    ...(attempts.length > 0 && { attempts: attempts.slice(-ATTEMPTS) }),
  }
}

function givenUp(one: MoreFigures, more: MoreFigures): MoreFigures {
  const timesGivenUp = (one.timesGivenUp ?? 0) + (more.timesGivenUp ?? 0)
  return timesGivenUp === 0 ? {} : { timesGivenUp }
}

const TIMES = ['lastNotification', 'lastSuccess', 'lastFailure'] as const

function latest(one: MoreFigures, more: MoreFigures): MoreFigures {
  const times = TIMES.flatMap((name) => {
    const known = [one[name], more[name]].filter((time) => time !== undefined)
    return known.length === 0 ? [] : [[name, Math.max(...known)] as const]
  })
  return Object.fromEntries(times)
}
