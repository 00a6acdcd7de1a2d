/**
 * Reads what is owed in a queue into its window, as far as it can be told now. What rests (its subscription is paused or
 * throttled, its endpoint fails) stays in the store only: it takes nobody's place, and is read again when its time comes.
 * That is a round through all of it, piece by piece: however much rests, what is new is read, told and settled meanwhile.
 */

import type { Call } from '../ports/call.ts'
import type { Clock } from '../ports/clock.ts'
import type { Notice, NoticeStore } from '../ports/notices.ts'
import type { Arrivals } from './arrivals.ts'
import { createBacklogs } from './backlogs.ts'
import type { DeliverySettings } from './delivery-settings.ts'
import type { Figures } from './figures.ts'
import { isFullPage } from './notice-page.ts'
import { createPaceOf, type PaceOf, type SubscriptionOf } from './pace-of.ts'
import type { Pace, Paces } from './paces.ts'
import { createPlacing } from './placing.ts'
import { queueOf } from './queue-name.ts'
import { type Excess, newReading, type Reading } from './reading.ts'
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
  /** What rests because its endpoint failed can be told now, and is not to wait for long. */
  recovered(): void
  /** Reads where there is reason to. Throws what the store throws, and may be called again. */
  read(): Promise<void>
  /** Milliseconds until there is reason to; Infinity where there is none as long as nothing happens. */
  dueMs(): number
  /** Whether nothing is owed, as far as anybody knows. */
  isEmpty(): boolean
}

export interface ReaderDeps {
  readonly call: Call
  readonly queue: string
  readonly notices: Pick<NoticeStore, 'owed' | 'backlog' | 'requeue'>
  readonly subscriptionOf: SubscriptionOf
  readonly arrivals: Arrivals
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
/** Pages that are read without anything being begun or settled between. */
const PIECE = 5
/** Notices in memory. */
const MOST = 2_000
/** What is so little, in bytes, too, that it costs next to nothing to read it again. */
const LITTLE = { notices: 100, bytes: PAGE.bytes } as const
/** Milliseconds after which all is read from the begin, for who committed late may have an earlier position. */
const LATE_MS = 1_000
/** Milliseconds from one look whether a full window has room to the next. */
const FULL_MS = 1_000
/** Reading all again and again takes a tenth of the time at most; half of it, where all is one page, for that is soon done. */
const PAUSE = 10
const PAUSE_OF_PAGE = 1

export function createReader(deps: ReaderDeps): Reader {
  const { call, queue, notices, now, settings, window, paces, arrivals, settling, mostBytes } = deps
  /** What is new is read on here. */
  let end = newReading(now(), [])
  /** From the begin again, until it comes to where the other one is. */
  let round: Reading | undefined
  let isNew = true
  let roundDueAt = Number.POSITIVE_INFINITY
  let roundAllowedAt = Number.NEGATIVE_INFINITY
  /** When it is due in any case, for a subscription that has come. */
  let arrivalDueAt = Number.POSITIVE_INFINITY
  let madeRoomAt = Number.NEGATIVE_INFINITY

  const lookIn = (ms: number): void => {
    // What rests for long is looked at all the same: it may have become too old.
    const most = Math.min(30_000, Math.max(20, settings.maxAgeMs / 4))
    roundDueAt = Math.min(roundDueAt, now() + Math.min(ms, most))
  }
  const restIn = (readings: readonly Reading[], notice: Notice, ms: number): void => {
    for (const { resting, behind } of readings) {
      resting.add(keyOf(notice))
      behind.add(notice.subscription)
    }
    lookIn(ms)
  }
  /** What comes out of the window: neither of the two may put into it what comes later. */
  const rest = (notice: Notice, ms: number): void => restIn(round === undefined ? [end] : [end, round], notice, ms)
  const place = createPlacing({ ...deps, rest, restUnread: (notice, ms, of) => restIn([of], notice, ms) })
  /** Where nothing else has room, what may not be told now rests. */
  const makeRoom = (): void => {
    // Each that is told wakes the reader: it need not look at all that waits each time.
    if (now() - madeRoomAt < FULL_MS) return
    madeRoomAt = now()
    for (const notice of window.waiting()) {
      const pace = paces.of(notice.subscription)
      const ms = pace === undefined ? 0 : paces.restMs(pace)
      if (pace !== undefined && ms === 0) continue
      window.forget([notice.id])
      rest(notice, ms)
    }
  }
  /** What has gone to another queue, and perhaps come back, is not what it was. */
  const leaveMoved = (): void => {
    for (const notice of window.waiting()) {
      if (!arrivals.hasMoved(notice.subscription)) continue
      window.forget([notice.id])
      rest(notice, 0)
    }
  }
  const countOf = createBacklogs(deps)
  /** How many are too many of these subscriptions. */
  const excesses = async (ids: Iterable<string>): Promise<Excess> => {
    const excess: Excess = new Map()
    for (const id of ids) {
      const count = await countOf(id)
      if (count > settings.maxBacklog) excess.set(id, count - settings.maxBacklog)
    }
    return excess
  }
  const readPages = async (of: Reading): Promise<void> => {
    const paceOf = createPaceOf(deps)
    const moved = new Set<string>()
    for (let pages = 0; of.hasMore && pages < PIECE && !isFull(); pages++) {
      const page = await notices.owed(call, queue, PAGE, of.cursor)
      if (!of.hasBeenAtEnd) of.pages++
      for (const id of await placeAll(page, paceOf, of)) moved.add(id)
      of.cursor = page.at(-1)?.position ?? of.cursor
      of.hasMore = isFullPage(page, PAGE)
    }
    for (const id of moved) await moveOn(id, await paceOf(id))
    if (of.hasMore) for (const { subscription } of window.waiting()) of.behind.add(subscription)
  }
  /** Returns those that are not to be told here any more. */
  const placeAll = async (page: readonly Notice[], paceOf: PaceOf, of: Reading): Promise<ReadonlySet<string>> => {
    const [here, elsewhere] = [new Map<string, Pace | undefined>(), new Set<string>()]
    for (const id of new Set(page.map(({ subscription }) => subscription))) {
      const pace = await paceOf(id)
      if (pace === undefined || isHere(pace)) here.set(id, pace)
      else elsewhere.add(id)
    }
    // After it is known whose they are: who has just come is found by that.
    of.arriving = await arrivals.notYet(here.keys())
    arrivalDueAt = Math.min(arrivalDueAt, now() + Math.min(...of.arriving.values()))
    for (const notice of page) {
      const { subscription } = notice
      if (!elsewhere.has(subscription)) place(notice, here.get(subscription), of)
    }
    return elsewhere
  }
  const isHere = ({ subscription }: Pace): boolean => queueOf(subscription.endpoint.uri) === queue
  /** An instance that did not know yet of its new endpoint has owed it here. */
  const moveOn = async (id: string, pace: Pace | undefined): Promise<void> => {
    window.forget(window.waiting().flatMap((notice) => (notice.subscription === id ? [notice.id] : [])))
    if (pace !== undefined) await notices.requeue(call, id, queueOf(pace.subscription.endpoint.uri))
  }
  const readPiece = async (of: Reading): Promise<void> => {
    const begun = now()
    // What has been told since the last piece is not too many any more.
    of.excess = await excesses(of.excess.keys())
    await readPages(of)
    if (of.hasBeenAtEnd) return
    of.spentMs += now() - begun
  }
  const begin = (): Reading => {
    roundDueAt = Number.POSITIVE_INFINITY
    arrivalDueAt = Number.POSITIVE_INFINITY
    return newReading(now(), end.behind)
  }
  const readOn = async (): Promise<void> => {
    const isFromBegin = end.cursor === undefined
    end.hasMore = true
    await readPiece(end)
    if (!isFromBegin) lookIn(LATE_MS)
    if (!end.hasMore) atEnd(end)
  }
  const readRound = async (of: Reading): Promise<void> => {
    await readPiece(of)
    if (of.hasMore && (of.cursor ?? '') < (end.cursor ?? '')) return
    end = of
    round = undefined
    atEnd(of)
  }
  const atEnd = (of: Reading): void => {
    if (!of.hasBeenAtEnd) roundAllowedAt = now() + pauseAfter(of)
    of.hasBeenAtEnd = true
    // What comes after it is no older than what waits.
    of.excess = new Map()
  }
  const pauseAfter = ({ pages, spentMs }: Reading): number => (pages > 1 ? PAUSE : PAUSE_OF_PAGE) * spentMs
  const isRoundDue = (): boolean => {
    // One that cannot go on, for the window is full, begins anew as well.
    const allowedAt = round === undefined ? roundAllowedAt : round.begunAt + pauseAfter(round)
    return now() >= Math.min(arrivalDueAt, Math.max(roundDueAt, allowedAt))
  }
  const isLittle = (): boolean =>
    round === undefined && end.resting.size === 0 && window.size < LITTLE.notices && window.bytes < LITTLE.bytes
  const isFull = (): boolean => window.size >= MOST || window.bytes >= mostBytes()
  const hasMore = (): boolean => isNew || end.hasMore || round !== undefined
  return {
    wake: () => {
      isNew = true
    },
    rest: (taken, ms) => {
      for (const notice of taken) rest(notice, ms)
    },
    lookAgain: () => {
      leaveMoved()
      if (end.resting.size > 0) roundDueAt = now()
    },
    recovered: () => {
      if (end.resting.size === 0) return
      roundDueAt = now()
      roundAllowedAt = now()
    },
    read: async () => {
      if (isFull()) makeRoom()
      if (isFull() || !(hasMore() || isRoundDue())) return
      if (isLittle() && (isNew || isRoundDue())) end = begin()
      else if (isRoundDue()) round = begin()
      const wasNew = isNew
      isNew = false
      try {
        if (wasNew || end.hasMore) await settling.aside(readOn)
        const current = round
        if (current !== undefined) await settling.aside(() => readRound(current))
      } catch (error) {
        isNew = wasNew || isNew
        throw error
      }
    },
    dueMs: () => {
      if (isFull()) return FULL_MS
      return hasMore() ? 0 : Math.max(0, Math.min(arrivalDueAt, Math.max(roundDueAt, roundAllowedAt)) - now())
    },
    isEmpty: () => !hasMore() && window.size === 0 && end.resting.size === 0,
  }
}
