/** Subscriptions with a timeInterval (5.8.6): told when their time comes, by the instance that their queue belongs to. */

import { statusOf } from '../core/subscription/subscription.ts'
import type { Ownership } from '../duties/ownership.ts'
import type { Term } from '../duties/term.ts'
import type { Call } from '../ports/call.ts'
import { attemptPeriodic, type PeriodicAttemptDeps } from './attempt-periodic.ts'
import { createDuePlan } from './due-plan.ts'
import type { Figures } from './figures.ts'
import { firstPlan, type PeriodicPlan, planAfter } from './periodic-plan.ts'
import { queueKey } from './queue-name.ts'
import type { RetryPolicy } from './retry.ts'
import type { QueuedSubscription } from './tenant-subscriptions.ts'

export interface Periodic {
  /** Some of the Tenant may have changed. */
  subscriptionsChanged(tenant: string): void
  /** Begins nothing more, and waits for what is under way, or gives it up after a while. */
  close(): Promise<void>
}

interface PeriodicDeps extends PeriodicAttemptDeps {
  readonly tenants: () => readonly string[]
  readonly periodic: (tenant: string) => Iterable<QueuedSubscription>
  readonly callOf: (tenant: string) => Call
  readonly ownership: Pick<Ownership, 'term' | 'onChange'>
  readonly figures: Figures
  readonly retry: RetryPolicy
  /** Milliseconds from one look at what is due to the next. */
  readonly lookMs?: number
}

/** What is known of one of them while its queue is this instance's. */
interface Entry {
  readonly tenant: string
  /** Its version; another one is planned anew. */
  readonly known: QueuedSubscription
  /** Who gets its queue back asks anew when it was told last, for others may have told it. */
  readonly term: Term
  plan: PeriodicPlan
}

/** Milliseconds for what is under way at the end. */
const GRACE_MS = 2_000
/** Entries that are no more and that the plan is cleared of, beside as many as there are current ones. */
const STALE = 100

export function startPeriodic(deps: PeriodicDeps): Periodic {
  const { tenants, periodic, callOf, ownership, figures, clock, retry, lookMs = 250 } = deps
  /** By Tenant and id. */
  const entries = new Map<string, Map<string, Entry>>()
  const plan = createDuePlan<Entry>((entry) => entry.plan.tryAt)
  const underWay = new Map<Entry, Promise<void>>()
  const ending = new AbortController()
  /** Tenants in which something has changed: Subscriptions, or who tells them. */
  const toPlan = new Set<string>(tenants())
  const failing = new Set<string>()
  /** Those that became others while they were being told. */
  const outdated = new Set<Entry>()
  let looking: Promise<void> | undefined

  const look = async (): Promise<void> => {
    for (const tenant of [...toPlan]) {
      toPlan.delete(tenant)
      await planIn(tenant).then(
        () => failing.delete(tenant),
        (error: unknown) => failed(tenant, error),
      )
    }
    for (const entry of plan.takeDue(clock.now())) if (!ending.signal.aborted) tellDue(entry)
  }
  const failed = (tenant: string, error: unknown): void => {
    toPlan.add(tenant)
    if (!failing.has(tenant))
      callOf(tenant).log.warn({ tenant, error }, 'periodic notifications could not be planned; trying again')
    failing.add(tenant)
  }
  const planIn = async (tenant: string): Promise<void> => {
    const before = entries.get(tenant) ?? new Map<string, Entry>()
    const next = new Map<string, Entry>()
    const added: Entry[] = []
    for (const known of periodic(tenant)) {
      if (ending.signal.aborted) return
      const { id } = known.stored.subscription
      const term = ownership.term(queueKey(tenant, known.queue))
      const entry = term && (keptOf(before.get(id), known, term) ?? (await newEntry(tenant, known, term)))
      if (entry === undefined) continue
      next.set(id, entry)
      if (entry !== before.get(id)) added.push(entry)
    }
    entries.set(tenant, next)
    plan.add(added)
    clear()
  }
  const clear = (): void => {
    const current = [...entries.values()].reduce((sum, { size }) => sum + size, 0)
    if (plan.size > STALE + 2 * current) plan.keep(isCurrent)
  }
  const isCurrent = (entry: Entry): boolean =>
    entries.get(entry.tenant)?.get(entry.known.stored.subscription.id) === entry
  /** What is being told is planned anew when it is known what came of it. */
  const keptOf = (entry: Entry | undefined, known: QueuedSubscription, term: Term): Entry | undefined => {
    if (entry === undefined || (entry.known.stored === known.stored && entry.term === term)) return entry
    if (!underWay.has(entry)) return undefined
    outdated.add(entry)
    return entry
  }
  const newEntry = async (tenant: string, known: QueuedSubscription, term: Term): Promise<Entry> => {
    const { lastNotification } = await figures.of(callOf(tenant), known.stored.subscription.id)
    return { tenant, known, term, plan: firstPlan(known.stored, lastNotification) }
  }
  /** One that is not active is planned anew when it is another one. */
  const tellDue = (entry: Entry): void => {
    const { tenant, known, term } = entry
    if (!isCurrent(entry) || statusOf(known.stored.subscription, clock.now()) !== 'active') return
    if (ownership.term(queueKey(tenant, known.queue)) !== term) toPlan.add(tenant)
    else
      underWay.set(
        entry,
        tell(entry).finally(() => told(entry)),
      )
  }
  const tell = async (entry: Entry): Promise<void> => {
    const { tenant, plan: planned, term, known } = entry
    const { subscription } = known.stored
    const call = callOf(tenant)
    const begunAt = clock.now()
    const signal = AbortSignal.any([term.signal(), ending.signal])
    const outcome = await attemptPeriodic(deps, call, subscription, planned.dueAt, signal)
    // Who has the queue next counts from what is written.
    if (outcome !== undefined) await figures.flushOne(call, subscription.id)
    if (!signal.aborted) entry.plan = planAfter(planned, subscription, { begunAt, outcome }, retry)
  }
  const told = (entry: Entry): void => {
    underWay.delete(entry)
    if (outdated.delete(entry)) toPlan.add(entry.tenant)
    plan.add([entry])
  }
  ownership.onChange(() => {
    for (const tenant of tenants()) toPlan.add(tenant)
  })
  const timer = setInterval(() => {
    looking ??= look().finally(() => {
      looking = undefined
    })
  }, lookMs).unref()
  return {
    subscriptionsChanged: (tenant) => void toPlan.add(tenant),
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
