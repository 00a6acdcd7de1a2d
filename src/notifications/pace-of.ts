import type { Subscription } from '../core/subscription/subscription.ts'
import type { Call } from '../ports/call.ts'
import type { Figures } from './figures.ts'
import type { Pace, Paces } from './paces.ts'

/** By id; undefined where it has been deleted. */
export type SubscriptionOf = (call: Call, id: string) => Promise<Subscription | undefined>

export type PaceOf = (id: string) => Promise<Pace | undefined>

export interface PaceOfDeps {
  readonly call: Call
  readonly subscriptionOf: SubscriptionOf
  readonly figures: Pick<Figures, 'of'>
  readonly paces: Pick<Paces, 'learn' | 'forget'>
}

/** The pace of a subscription as it is now; it is asked for once, so this is to be made anew each time. */
export function createPaceOf({ call, subscriptionOf, figures, paces }: PaceOfDeps): PaceOf {
  const known = new Map<string, Promise<Pace | undefined>>()
  const ask = async (id: string): Promise<Pace | undefined> => {
    const subscription = await subscriptionOf(call, id)
    const lastAt = async () => (await figures.of(call, id)).lastNotification
    if (subscription !== undefined) return await paces.learn(subscription, lastAt)
    paces.forget(id)
    return undefined
  }
  return (id) => {
    const asked = known.get(id) ?? ask(id)
    known.set(id, asked)
    return asked
  }
}
