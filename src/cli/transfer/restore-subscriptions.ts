/** Subscriptions → a store, on which brokers may run: these are told. */

import type { Fate } from '../../contexts/kept-contexts.ts'
import { Problem } from '../../core/model/problems.ts'
import type { SubscriptionCheck } from '../../core/subscription/creatable.ts'
import type { StoredSubscription } from '../../core/subscription/subscription.ts'
import { createAnnounce } from '../../notifications/announcing.ts'
import type { Call } from '../../ports/call.ts'
import type { DocumentStore, Settled } from '../../ports/store.ts'
import { SUBSCRIPTION } from '../../ports/subscription-documents.ts'
import { restoringSubscription } from './restore-subscription.ts'

type Subscriptions = readonly StoredSubscription[]

interface JudgeDeps {
  readonly documents: Pick<DocumentStore, 'get'>
  readonly check: SubscriptionCheck
  /** Whether what is there and differs is replaced. */
  readonly replace: boolean
}

interface RestoreDeps extends JudgeDeps {
  readonly documents: Pick<DocumentStore, 'get' | 'change'>
  /** Of the default Tenant, and alive as long as this is used. */
  readonly owner: Call
}

/** What would become of each, in their order; nothing is written. */
export function judgeSubscriptions(
  { documents, check, replace }: JudgeDeps,
  call: Call,
  all: Subscriptions,
): Promise<readonly Settled<Fate>[]> {
  return settleAll(all, async (each) => {
    const current = await documents.get(call, SUBSCRIPTION, each.subscription.id)
    return restoringSubscription(each, check, replace)(current).result
  })
}

/** Stores them, as many at once as are given, and returns what became of each, in their order. */
export function createRestoreSubscriptions(deps: RestoreDeps) {
  const { documents, check, replace, owner } = deps
  const announce = createAnnounce(documents, owner)
  return async (call: Call, all: Subscriptions): Promise<readonly Settled<Fate>[]> => {
    const judged = await judgeSubscriptions(deps, call, all)
    const changing = new Set(all.filter((_, i) => isChange(judged[i])))
    // What stays shall not make all brokers read their subscriptions again.
    if (changing.size === 0) return judged
    const tell = () => Promise.all([...changing].map(({ subscription }) => announce(call.tenant, subscription.id)))
    // Before it as well: who changes it may die before it can say that it did.
    await tell()
    const outcomes = await settleAll([...changing], (each) =>
      documents.change(call, SUBSCRIPTION, each.subscription.id, restoringSubscription(each, check, replace)),
    ).finally(tell)
    const became = new Map([...changing].map((each, i) => [each, outcomes[i]]))
    return all.flatMap((each, i) => became.get(each) ?? judged[i] ?? [])
  }
}

function isChange(outcome: Settled<Fate> | undefined): boolean {
  return outcome?.ok === true && outcome.value !== 'unchanged'
}

function settleAll(
  all: Subscriptions,
  act: (each: StoredSubscription) => Promise<Fate>,
): Promise<readonly Settled<Fate>[]> {
  return Promise.all(
    all.map(async (each): Promise<Settled<Fate>> => {
      try {
        return { ok: true, value: await act(each) }
      } catch (problem) {
        if (!(problem instanceof Problem)) throw problem
        return { ok: false, problem }
      }
    }),
  )
}
