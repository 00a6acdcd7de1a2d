/** Tells what is owed in one queue, for as long as it is this instance's. */

import { Problem } from '../core/model/problems.ts'
import { statusOf } from '../core/subscription/subscription.ts'
import type { Term } from '../duties/term.ts'
import type { Notice, NoticeStore } from '../ports/notices.ts'
import { type Attempt, type AttemptDeps, attempt } from './attempt.ts'
import { createBell } from './bell.ts'
import { createBreaker } from './breaker.ts'
import type { DeliverySettings } from './delivery-settings.ts'
import { createPaces, type Pace } from './paces.ts'
import { queueOf } from './queue-name.ts'
import { createReader, type SubscriptionOf } from './reader.ts'
import { createRests } from './rests.ts'
import type { Outcome } from './sender.ts'
import { createSettling } from './settling.ts'
import { createWindow, keyOf } from './window.ts'

export interface Delivery {
  /** There may be something new. */
  wake(): void
  /** Subscriptions have changed, so that what rests can perhaps be told. */
  lookAgain(): void
  /** Begins nothing more, and returns when what was under way has ended, or has been given up after a while, and is settled. */
  close(): Promise<void>
}

export interface DeliveryDeps extends AttemptDeps {
  readonly notices: Pick<NoticeStore, 'owed' | 'settle' | 'backlog' | 'requeue'>
  readonly subscriptionOf: SubscriptionOf
  readonly settings: DeliverySettings
  /** Of what is owed in one queue, how much may be in memory now. */
  readonly mostBytes: () => number
}

interface DeliveryOfQueue extends DeliveryDeps {
  readonly queue: string
  readonly term: Term
  /** Called once, when it has begun its last: its time is over, or nothing has been owed for a while. */
  readonly onEnd: () => void
}

/** Failures in a row, of whatever endpoint, after which a host is spared. */
const HOST_SPARED_AFTER = 3
/** Milliseconds: until a queue without anything ends, for what is under way at the end. */
const IDLE_MS = 30_000
const GRACE_MS = 2_000

export function startDelivery(deps: DeliveryOfQueue): Delivery {
  const { call, queue, term, subscriptionOf, figures, clock, settings, onEnd } = deps
  const { retry } = settings
  const now = (): number => performance.now()
  const breakerAfter = (sparedAfter: number) => createBreaker({ now, random: Math.random, retry, sparedAfter })
  const host = breakerAfter(HOST_SPARED_AFTER)
  const paces = createPaces({ createBreaker: () => breakerAfter(1), now: () => clock.now() })
  const rests = createRests(now, retry)
  const window = createWindow()
  const bell = createBell()
  const settling = createSettling({ ...deps, onSettled: settled, againMs: retry.firstMs })
  const reader = createReader({ ...deps, now, window, paces, rests, settling })
  const underWay = new Set<Promise<void>>()
  const ending = new AbortController()
  const signal = AbortSignal.any([term.signal(), ending.signal])
  let isClosing = false
  let isFailing = false

  const isOver = (): boolean => isClosing || term.signal().aborted
  // Not at once: who starts it must have it before it ends.
  const pump = Promise.resolve().then(goOn)
  signal.addEventListener('abort', bell.ring)
  return {
    wake: () => {
      reader.wake()
      bell.ring()
    },
    lookAgain: () => {
      reader.wake()
      reader.lookAgain()
      bell.ring()
    },
    close: async () => {
      isClosing = true
      bell.ring()
      const late = setTimeout(() => ending.abort(), GRACE_MS)
      await pump
      clearTimeout(late)
    },
  }

  async function goOn(): Promise<void> {
    let idleSince = now()
    while (!isOver()) {
      await read()
      fill()
      if (!reader.isEmpty() || underWay.size > 0) idleSince = now()
      else if (now() - idleSince >= IDLE_MS) break
      if (!isOver()) await bell.wait(isFailing ? retry.firstMs : Math.min(reader.dueMs(), hostMs(), IDLE_MS))
    }
    onEnd()
    await Promise.all(underWay)
    await settling.flush()
  }

  async function read(): Promise<void> {
    try {
      await reader.read()
      if (isFailing) call.log.info({ queue }, 'the store tells again what is owed')
      isFailing = false
    } catch (error) {
      // Its Tenant is gone, and with it what was owed.
      if (error instanceof Problem) isClosing = true
      else if (!isFailing) call.log.warn({ error, queue }, 'the store does not tell what is owed; asking again')
      isFailing = true
    }
  }

  function hostMs(): number {
    return window.isAnyWaiting() && host.waitMs() > 0 ? host.waitMs() : Number.POSITIVE_INFINITY
  }

  function settled(ids: readonly string[]): void {
    window.forget(ids)
    rests.forget(ids)
    bell.ring()
  }

  function fill(): void {
    while (!isOver() && host.waitMs() === 0 && underWay.size < host.places()) {
      const notices = window.take(mayBeginFirst) ?? window.take(mayBegin)
      const pace = notices && paces.of(notices[0]?.subscription ?? '')
      if (notices === undefined || pace === undefined) return
      const end = paces.begin(pace)
      const telling = tell(notices, pace).finally(() => {
        end()
        underWay.delete(telling)
        bell.ring()
      })
      underWay.add(telling)
    }
  }

  function mayBeginFirst(notice: Notice): boolean {
    const isSpared = paces.of(notice.subscription)?.breaker.isSpared() === true
    return mayBegin(notice) && (!isSpared || rests.isFresh(notice.id))
  }

  function mayBegin({ subscription }: Notice): boolean {
    const pace = paces.of(subscription)
    return pace !== undefined && paces.restMs(pace) === 0 && paces.hasPlace(pace)
  }

  async function tell(notices: readonly Notice[], pace: Pace): Promise<void> {
    const { lastAt, subscription } = pace
    pace.lastAt = clock.now()
    const { throttling } = subscription
    // What waits is told later, and as it is then.
    if (throttling !== undefined) leave(({ id }) => id === subscription.id, throttling * 1_000)
    const ended = await attemptNow(notices)
    if (ended === undefined || ended.ok !== true) pace.lastAt = lastAt
    if (ended === undefined) putBack(notices, 0)
    else conclude(notices, pace, ended)
  }

  /** Undefined where it is not to be told now after all. */
  async function attemptNow(notices: readonly Notice[]): Promise<Attempt | undefined> {
    const subscription = await subscriptionOf(call, notices[0]?.subscription ?? '').catch(() => undefined)
    if (subscription === undefined || statusOf(subscription, clock.now()) !== 'active' || isOver()) return undefined
    // Its endpoint is another now: the reader moves it on.
    if (queueOf(subscription.endpoint.uri) !== queue) return undefined
    return await attempt(deps, subscription, notices, signal)
  }

  function conclude(notices: readonly Notice[], pace: Pace, ended: Attempt): void {
    if (ended.ok === 'unbuilt') failedOf(notices, ended.reason, true, 0)
    else if (ended.ok === false) failed(notices, pace, ended)
    else {
      if (ended.ok === true) succeeded(pace)
      window.finish(notices)
      settling.add(notices.map(({ id }) => ({ id, state: 'delivered', at: clock.now() })))
    }
  }

  function succeeded({ breaker }: Pace): void {
    host.succeeded()
    if (breaker.isSpared()) reader.lookAgain()
    breaker.succeeded()
  }

  function failed(notices: readonly Notice[], pace: Pace, ended: Outcome & { ok: false }): void {
    const { breaker, subscription } = pace
    const { endpoint } = subscription
    // Given up because its time is over: its next owner tells it.
    if (signal.aborted) window.forget(notices.map(({ id }) => id))
    else {
      pace.lastError = ended.reason
      if (ended.status === undefined) host.failed(0)
      else host.succeeded()
      breaker.failed(Math.max(endpoint.cooldown ?? 0, ended.retryAfterMs ?? 0))
      leave(({ endpoint: { uri } }) => uri === endpoint.uri, breaker.waitMs())
      failedOf(notices, ended.reason, ended.status !== undefined, breaker.waitMs())
      figures.note(call, subscription.id, { nextAttempt: clock.now() + Math.max(breaker.waitMs(), host.waitMs()) })
    }
  }

  function failedOf(notices: readonly Notice[], reason: string, isNotices: boolean, ms: number): void {
    const ids = notices.map(({ id }) => id)
    rests.failed(ids, reason, isNotices)
    putBack(notices, Math.max(ms, ...ids.map(rests.restMs)))
  }

  function leave(isOf: (subscription: Pace['subscription']) => boolean, ms: number): void {
    const left = window.waiting().filter((notice) => {
      const pace = paces.of(notice.subscription)
      return pace !== undefined && isOf(pace.subscription)
    })
    putBack(left, ms)
  }

  /** With what waits of the same entities, which must not overtake it. */
  function putBack(notices: readonly Notice[], ms: number): void {
    const keys = new Set(notices.map(keyOf))
    const behind = window.waiting().filter((notice) => keys.has(keyOf(notice)))
    window.forget([...notices, ...behind].map(({ id }) => id))
    reader.rest([...notices, ...behind], ms)
  }
}
