/**
 * Reads what is owed in a queue into its window, as far as it can be told now. What rests (its subscription is paused or
 * throttled, its endpoint fails) stays in the store only: it takes nobody's place, and is read again when its time comes.
 */

import type { Subscription } from '../core/subscription/subscription.ts'
import type { Call } from '../ports/call.ts'
import type { Clock } from '../ports/clock.ts'
import type { Notice, NoticeStore } from '../ports/notices.ts'
import type { DeliverySettings } from './delivery-settings.ts'
import type { Figures } from './figures.ts'
import { tooMany, whyGivenUp } from './given-up.ts'
import { isFullPage } from './notice-page.ts'
import type { Pace, Paces } from './paces.ts'
import { queueOf } from './queue-name.ts'
import type { Rests } from './rests.ts'
import type { Settling } from './settling.ts'
import { keyOf, type Window } from './window.ts'

export interface Reader {
  /** There may be something new. */
  wake(): void
  /** They have been taken out of the window, and rest for so many milliseconds. */
  rest(notices: readonly Notice[], ms: number): void
  /** What rests can perhaps be told now. */
  lookAgain(): void
  /** Reads where there is reason to. Throws what the store throws, and may be called again. */
  read(): Promise<void>
  /** Milliseconds until there is reason to; Infinity where there is none as long as nothing happens. */
  dueMs(): number
  /** Whether nothing is owed, as far as anybody knows. */
  isEmpty(): boolean
}

/** By id; undefined where it has been deleted. */
export type SubscriptionOf = (call: Call, id: string) => Promise<Subscription | undefined>

export interface ReaderDeps {
  readonly call: Call
  readonly queue: string
  readonly notices: Pick<NoticeStore, 'owed' | 'backlog' | 'requeue'>
  readonly subscriptionOf: SubscriptionOf
  readonly figures: Figures
  readonly clock: Clock
  readonly now: () => number
  readonly settings: DeliverySettings
  /** Of what is owed, how much may be in memory now. */
  readonly mostBytes: () => number
  readonly window: Window
  readonly paces: Paces
  readonly rests: Rests
  readonly settling: Settling
}

const PAGE = { notices: 200, bytes: 1_048_576 } as const
/** Notices in memory. */
const MOST = 2_000
/** What is so little, in bytes, too, that it costs next to nothing to read it again. */
const LITTLE = { notices: 100, bytes: PAGE.bytes } as const
/** Of a subscription whose endpoint fails. */
const FEW = 8
/** Milliseconds after which all is read from the begin, for who committed late may have an earlier position. */
const LATE_MS = 1_000
/** Reading all again and again takes a tenth of the time at most. */
const PAUSE = 10

export function createReader(deps: ReaderDeps): Reader {
  const { call, queue, notices, subscriptionOf, figures, clock, now, settings, mostBytes } = deps
  const { window, paces, rests, settling } = deps
  /** Entities something of which rests: what comes later rests with it. */
  let resting = new Set<string>()
  /** Subscriptions that are behind. */
  let behind = new Set<string>()
  let cursor: string | undefined
  let isNew = true
  let hasMore = false
  let allDueAt = Number.POSITIVE_INFINITY
  let allAllowedAt = Number.NEGATIVE_INFINITY

  const lookIn = (ms: number): void => {
    // What rests for long is looked at all the same: it may have become too old.
    const most = Math.min(30_000, Math.max(20, settings.maxAgeMs / 4))
    allDueAt = Math.min(allDueAt, now() + Math.min(ms, most))
  }
  const rest = (notice: Notice, ms: number): void => {
    resting.add(keyOf(notice))
    behind.add(notice.subscription)
    lookIn(ms)
  }
  const giveUp = (notice: Notice, reason: string): void => {
    window.finish([notice])
    settling.add([{ id: notice.id, state: 'dead', at: clock.now(), reason }])
  }
  const whyNot = (notice: Notice, pace: Pace | undefined, excess: Map<string, number>): string | undefined => {
    // What waits behind others has not failed itself.
    const lastError = rests.lastError(notice.id) ?? pace?.lastError
    const why = whyGivenUp(notice, pace?.subscription, clock.now(), settings, lastError)
    const many = excess.get(notice.subscription) ?? 0
    if (why !== undefined || many === 0) return why
    excess.set(notice.subscription, many - 1)
    return tooMany(settings)
  }
  const decide = (notice: Notice, pace: Pace | undefined, excess: Map<string, number>): void => {
    const isKnown = window.has(notice.id)
    if (isKnown && !window.isWaiting(notice.id)) return
    const why = whyNot(notice, pace, excess)
    if (why !== undefined || pace === undefined) giveUp(notice, why ?? '')
    else place(notice, isKnown ? paces.restMs(pace) : restMs(notice, pace))
  }
  const place = (notice: Notice, ms: number): void => {
    if (ms === 0) window.add([notice])
    else {
      window.forget([notice.id])
      rest(notice, ms)
    }
  }
  const restMs = (notice: Notice, pace: Pace): number => {
    if (resting.has(keyOf(notice))) return Number.POSITIVE_INFINITY
    const ms = Math.max(paces.restMs(pace), rests.restMs(notice.id))
    return ms === 0 && pace.breaker.isSpared() && isEnough(notice) ? Number.POSITIVE_INFINITY : ms
  }
  /** Of those that have failed before, and of those that have not. */
  const isEnough = ({ subscription, id }: Notice): boolean => {
    const isFresh = rests.isFresh(id)
    return window.count((each) => each.subscription === subscription && rests.isFresh(each.id) === isFresh) >= FEW
  }
  /** How many are too many of those that were behind when it was last read. */
  const excesses = async (): Promise<Map<string, number>> => {
    const excess = new Map<string, number>()
    for (const id of behind) {
      const { count } = await notices.backlog(call, id)
      if (count > settings.maxBacklog) excess.set(id, count - settings.maxBacklog)
    }
    return excess
  }
  /** Each subscription is asked for once a time. */
  const seen = (): ((id: string) => Promise<Pace | undefined>) => {
    const known = new Map<string, Promise<Pace | undefined>>()
    const ask = async (id: string): Promise<Pace | undefined> => {
      const subscription = await subscriptionOf(call, id)
      const lastAt = async () => (await figures.of(call, id)).lastNotification
      return subscription === undefined ? undefined : await paces.learn(subscription, lastAt)
    }
    return (id) => {
      const asked = known.get(id) ?? ask(id)
      known.set(id, asked)
      return asked
    }
  }
  const pages = async (from: string | undefined, excess: Map<string, number>): Promise<void> => {
    const paceOf = seen()
    const moved = new Set<string>()
    let after = from
    for (hasMore = true; hasMore && !isFull(); ) {
      const page = await notices.owed(call, queue, PAGE, after)
      for (const notice of page) {
        const pace = await paceOf(notice.subscription)
        if (pace === undefined || isHere(pace)) decide(notice, pace, excess)
        else moved.add(notice.subscription)
      }
      after = page.at(-1)?.position ?? after
      hasMore = isFullPage(page, PAGE)
    }
    for (const id of moved) await moveOn(id, await paceOf(id))
    if (hasMore) for (const { subscription } of window.waiting()) behind.add(subscription)
    cursor = after
  }
  const isHere = ({ subscription }: Pace): boolean => queueOf(subscription.endpoint.uri) === queue
  /** An instance that did not know yet of its new endpoint has owed it here. */
  const moveOn = async (id: string, pace: Pace | undefined): Promise<void> => {
    window.forget(window.waiting().flatMap((notice) => (notice.subscription === id ? [notice.id] : [])))
    if (pace !== undefined) await notices.requeue(call, id, queueOf(pace.subscription.endpoint.uri))
  }
  const readAll = async (): Promise<void> => {
    const begun = now()
    const excess = await excesses()
    resting = new Set()
    behind = new Set()
    allDueAt = Number.POSITIVE_INFINITY
    await pages(undefined, excess)
    allAllowedAt = now() + PAUSE * (now() - begun)
  }
  const readOn = async (): Promise<void> => {
    await pages(cursor, new Map())
    lookIn(LATE_MS)
  }
  const isFull = (): boolean => window.size >= MOST || window.bytes >= mostBytes()
  const isAllDue = (): boolean => now() >= Math.max(allDueAt, allAllowedAt)
  return {
    wake: () => {
      isNew = true
    },
    rest: (taken, ms) => {
      for (const notice of taken) rest(notice, ms)
    },
    lookAgain: () => {
      if (resting.size > 0) allDueAt = now()
    },
    read: async () => {
      if (isFull() || !(isNew || hasMore || isAllDue())) return
      const isLittle = resting.size === 0 && window.size < LITTLE.notices && window.bytes < LITTLE.bytes
      const wasNew = isNew
      isNew = false
      try {
        await settling.aside(isLittle || isAllDue() ? readAll : readOn)
      } catch (error) {
        isNew = wasNew || isNew
        lookIn(0)
        throw error
      }
    },
    dueMs: () => {
      if (isFull()) return Number.POSITIVE_INFINITY
      return isNew || hasMore ? 0 : Math.max(0, Math.max(allDueAt, allAllowedAt) - now())
    },
    isEmpty: () => !isNew && !hasMore && window.size === 0 && resting.size === 0,
  }
}
