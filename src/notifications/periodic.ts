/** Subscriptions with a timeInterval (5.8.6): told when their time comes, by the instance that their queue belongs to. */

import type { StoredSubscription } from '../core/subscription/subscription.ts'
import { statusOf } from '../core/subscription/subscription.ts'
import type { Ownership } from '../duties/ownership.ts'
import type { Term } from '../duties/term.ts'
import type { Call } from '../ports/call.ts'
import { attemptPeriodic, type PeriodicAttemptDeps } from './attempt-periodic.ts'
import type { Figures } from './figures.ts'
import { firstPlan, type PeriodicPlan, planAfter } from './periodic-plan.ts'
import { queueKey, queueOf } from './queue-name.ts'
import type { RetryPolicy } from './retry.ts'

export interface Periodic {
  /** Begins nothing more, and waits for what is under way, or gives it up after a while. */
  close(): Promise<void>
}

interface PeriodicDeps extends PeriodicAttemptDeps {
  readonly tenants: () => readonly string[]
  readonly all: (tenant: string) => Iterable<StoredSubscription>
  readonly callOf: (tenant: string) => Call
  readonly ownership: Pick<Ownership, 'term'>
  readonly figures: Figures
  readonly retry: RetryPolicy
  /** Milliseconds from one look at what is due to the next. */
  readonly lookMs?: number
}

/** What is known of one of them while its queue is this instance's. */
interface Entry {
  /** Its version; another one is planned anew. */
  readonly stored: StoredSubscription
  /** Who gets its queue back asks anew when it was told last, for others may have told it. */
  readonly term: Term
  plan: PeriodicPlan
}

/** Milliseconds for what is under way at the end. */
const GRACE_MS = 2_000

export function startPeriodic(deps: PeriodicDeps): Periodic {
  const { tenants, all, callOf, ownership, figures, clock, retry, lookMs = 250 } = deps
  let entries = new Map<string, Entry>()
  const underWay = new Map<string, Promise<void>>()
  const ending = new AbortController()
  let looking: Promise<void> | undefined
  let failing = new Set<string>()

  const look = async (): Promise<void> => {
    const next = new Map<string, Entry>()
    const nowFailing = new Set<string>()
    for (const tenant of tenants()) {
      await lookIn(tenant, next).catch((error: unknown) => {
        nowFailing.add(tenant)
        if (!failing.has(tenant))
          callOf(tenant).log.warn({ tenant, error }, 'periodic notifications could not be planned; trying again')
      })
    }
    entries = next
    failing = nowFailing
  }
  const lookIn = async (tenant: string, next: Map<string, Entry>): Promise<void> => {
    for (const stored of all(tenant)) {
      if (stored.subscription.timeInterval === undefined || ending.signal.aborted) continue
      const term = ownership.term(queueKey(tenant, queueOf(stored.subscription.endpoint.uri)))
      if (term === undefined) continue
      const key = keyOf(tenant, stored)
      const entry = await entryOf(tenant, key, stored, term)
      next.set(key, entry)
      if (isDue(key, entry)) begin(callOf(tenant), key, entry)
    }
  }
  const entryOf = async (tenant: string, key: string, stored: StoredSubscription, term: Term): Promise<Entry> => {
    const known = entries.get(key)
    // What is being told is planned anew when it is known what came of it.
    if (known !== undefined && (underWay.has(key) || (known.stored === stored && known.term === term))) return known
    const { lastNotification } = await figures.of(callOf(tenant), stored.subscription.id)
    return { stored, term, plan: firstPlan(stored, lastNotification) }
  }
  const isDue = (key: string, { stored, plan }: Entry): boolean =>
    !underWay.has(key) && plan.tryAt <= clock.now() && statusOf(stored.subscription, clock.now()) === 'active'
  const begin = (call: Call, key: string, entry: Entry): void => {
    const telling = tell(call, entry).finally(() => underWay.delete(key))
    underWay.set(key, telling)
  }
  const tell = async (call: Call, entry: Entry): Promise<void> => {
    const { plan, term, stored } = entry
    const begunAt = clock.now()
    const signal = AbortSignal.any([term.signal(), ending.signal])
    const outcome = await attemptPeriodic(deps, call, stored.subscription, plan.dueAt, signal)
    // Who has the queue next counts from what is written.
    if (outcome !== undefined) await figures.flushOne(call, stored.subscription.id)
    if (!signal.aborted) entry.plan = planAfter(plan, stored.subscription, { begunAt, outcome }, retry)
  }
  const timer = setInterval(() => {
    looking ??= look().finally(() => {
      looking = undefined
    })
  }, lookMs).unref()
  return {
    close: async () => {
      clearInterval(timer)
      await looking
      const late = setTimeout(() => ending.abort(), GRACE_MS)
      await Promise.all(underWay.values())
      clearTimeout(late)
      ending.abort()
    },
  }
}

function keyOf(tenant: string, { subscription }: StoredSubscription): string {
  return `${tenant}\n${subscription.id}`
}
