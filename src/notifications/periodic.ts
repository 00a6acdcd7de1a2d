/** Subscriptions with a timeInterval (5.8.6): told when their time comes, by the instance that their queue belongs to. */

import type { StoredSubscription, Subscription } from '../core/subscription/subscription.ts'
import { statusOf } from '../core/subscription/subscription.ts'
import type { Ownership } from '../duties/ownership.ts'
import type { Call } from '../ports/call.ts'
import type { Clock } from '../ports/clock.ts'
import type { BuildPeriodic } from '../ports/notification.ts'
import type { Figures } from './figures.ts'
import { noteOutcome } from './note-outcome.ts'
import { notificationId } from './notification-id.ts'
import { queueKey, queueOf } from './queue-name.ts'
import { delayAfter, type RetryPolicy } from './retry.ts'
import type { Outcome, Sender } from './sender.ts'
import { whyUnbuilt } from './why-unbuilt.ts'

export interface Periodic {
  /** Begins nothing more, and waits for what is under way, or gives it up after a while. */
  close(): Promise<void>
}

interface PeriodicDeps {
  readonly tenants: () => readonly string[]
  readonly all: (tenant: string) => Iterable<StoredSubscription>
  readonly callOf: (tenant: string) => Call
  readonly ownership: Pick<Ownership, 'term'>
  readonly build: BuildPeriodic
  readonly sender: Sender
  readonly figures: Figures
  readonly clock: Clock
  readonly retry: RetryPolicy
  /** Milliseconds from one look at what is due to the next. */
  readonly lookMs?: number
}

interface Plan {
  /** Its version; another one is planned anew. */
  readonly stored: StoredSubscription
  dueAt: number
  failures: number
  isUnderWay: boolean
}

/** Milliseconds for what is under way at the end. */
const GRACE_MS = 2_000

export function startPeriodic(deps: PeriodicDeps): Periodic {
  const { tenants, all, callOf, ownership, build, sender, figures, clock, retry, lookMs = 250 } = deps
  let plans = new Map<string, Plan>()
  const underWay = new Set<Promise<void>>()
  const ending = new AbortController()
  let looking: Promise<void> | undefined

  const look = async (): Promise<void> => {
    const next = new Map<string, Plan>()
    for (const tenant of tenants()) {
      for (const stored of all(tenant)) {
        if (stored.subscription.timeInterval === undefined) continue
        const plan = await planOf(tenant, stored)
        next.set(keyOf(tenant, stored), plan)
        if (isDue(plan)) begin(tenant, plan)
      }
    }
    plans = next
  }
  /** Due times survive a restart, for they are counted from what is known of the last Notification. */
  const planOf = async (tenant: string, stored: StoredSubscription): Promise<Plan> => {
    const known = plans.get(keyOf(tenant, stored))
    if (known?.stored === stored) return known
    const { lastNotification } = await figures.of(callOf(tenant), stored.subscription.id)
    const since = Math.max(lastNotification ?? 0, stored.createdAt)
    return {
      stored,
      dueAt: since + intervalMs(stored.subscription),
      failures: 0,
      isUnderWay: known?.isUnderWay ?? false,
    }
  }
  const isDue = ({ stored, dueAt, isUnderWay }: Plan): boolean =>
    !isUnderWay && dueAt <= clock.now() && statusOf(stored.subscription, clock.now()) === 'active'
  const begin = (tenant: string, plan: Plan): void => {
    const { endpoint } = plan.stored.subscription
    const term = ownership.term(queueKey(tenant, queueOf(endpoint.uri)))
    if (term === undefined || ending.signal.aborted) return
    plan.isUnderWay = true
    const signal = AbortSignal.any([term.signal(), ending.signal])
    const telling = tell(callOf(tenant), plan, signal).finally(() => {
      plan.isUnderWay = false
      underWay.delete(telling)
    })
    underWay.add(telling)
  }
  const tell = async (call: Call, plan: Plan, signal: AbortSignal): Promise<void> => {
    const { subscription } = plan.stored
    const begunAt = clock.now()
    const outcome = await attempt(call, subscription, begunAt, signal)
    if (signal.aborted) return
    plan.failures = outcome?.ok === false ? plan.failures + 1 : 0
    const intervalMsOf = intervalMs(subscription)
    const soonerMs = plan.failures === 0 ? intervalMsOf : delayAfter(plan.failures, Math.random(), retry)
    plan.dueAt = begunAt + Math.min(intervalMsOf, soonerMs)
  }
  const attempt = async (
    call: Call,
    subscription: Subscription,
    at: number,
    signal: AbortSignal,
  ): Promise<Outcome | undefined> => {
    const id = notificationId(`${subscription.id}:${at}`)
    let outcome: Outcome
    let entities = 0
    try {
      const outgoing = await build(call, subscription, id)
      if (outgoing === undefined) return undefined
      entities = outgoing.entities
      outcome = await sender.send(subscription.endpoint, outgoing, signal)
    } catch (error) {
      outcome = { ok: false, reason: whyUnbuilt(error) }
    }
    const sent = { notification: id, entities, at, endedAt: clock.now() }
    if (!signal.aborted) noteOutcome(figures, call, subscription.id, outcome, sent)
    return outcome
  }
  const timer = setInterval(() => {
    looking ??= look()
      .catch((error: unknown) =>
        callOf('').log.warn({ error }, 'periodic notifications could not be planned; trying again'),
      )
      .finally(() => {
        looking = undefined
      })
  }, lookMs).unref()
  return {
    close: async () => {
      clearInterval(timer)
      await looking
      const late = setTimeout(() => ending.abort(), GRACE_MS)
      await Promise.all(underWay)
      clearTimeout(late)
      ending.abort()
    },
  }
}

function keyOf(tenant: string, { subscription }: StoredSubscription): string {
  return `${tenant}\n${subscription.id}`
}

function intervalMs({ timeInterval = 0 }: Subscription): number {
  return timeInterval * 1_000
}
