/**
 * Reads what is owed in a queue into its window, as far as it can be told now. What rests (its subscription is paused or
 * throttled, its endpoint fails) stays in the store only: it takes nobody's place, and is read again when its time comes.
 * That is a round through all of it, piece by piece: however much rests, what is new is read, told and settled meanwhile.
 */

import type { Call } from '../ports/call.ts'
import type { Clock } from '../ports/clock.ts'
import type { Notice, NoticeStore } from '../ports/notices.ts'
import type { Arrivals } from './arrivals.ts'
import type { DeliverySettings } from './delivery-settings.ts'
import type { Figures } from './figures.ts'
import { createLookBack, type LookBack } from './look-back.ts'
import type { Moves } from './moves.ts'
import type { SubscriptionOf } from './pace-of.ts'
import type { Paces } from './paces.ts'
import { createPlacing } from './placing.ts'
import type { Unread } from './queue-name.ts'
import { createReadPiece } from './read-piece.ts'
import { newReading, type Reading } from './reading.ts'
import type { Rests } from './rests.ts'
import { createRoom, FULL_MS } from './room.ts'
import { createRoundPlan, type RoundPlan } from './round-plan.ts'
import type { Settling } from './settling.ts'
import { createSpared, type Spared } from './spared.ts'
import { keyOf, type Window } from './window.ts'

export interface Reader {
  /** There may be something to read. */
  wake(unread?: Unread): void
  /** They have been taken out of the window, and rest for so many milliseconds. */
  rest(notices: readonly Notice[], ms: number): void
  /** What rests can perhaps be told now, because these subscriptions have changed, or any. */
  lookAgain(changed?: ReadonlySet<string>): void
  /** What rests because its endpoint failed can be told now, and is not to wait for long. */
  recovered(): void
  /** Reads where there is reason to. Throws what the store throws, and may be called again. */
  read(): Promise<void>
  /** Milliseconds until there is reason to; Infinity where there is none as long as nothing happens. */
  dueMs(): number
  /** Whether more of what can be told now is going to be in the window, without anything being told before. */
  isReadingOn(): boolean
  /** Whether nothing is owed, as far as anybody knows. */
  isEmpty(): boolean
}

export interface ReaderDeps {
  readonly call: Call
  readonly queue: string
  readonly notices: Pick<NoticeStore, 'lateMs' | 'owed' | 'backlog'>
  readonly moves: Pick<Moves, 'move'>
  readonly subscriptionOf: SubscriptionOf
  readonly arrivals: Pick<Arrivals, 'isArriving'>
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

/** Times as late as usual: what nobody told of is found within two turns of looks. */
const FORGOTTEN = 6

/** What is read, and how far: on at the end, and in a round from the begin until that comes to where the other one is. */
interface Readings {
  /** What is new is read on here. */
  end: Reading
  round: Reading | undefined
}

export function createReader(deps: ReaderDeps): Reader {
  const { now, settings, window, arrivals, settling } = deps
  const { lateMs } = deps.notices
  const readings: Readings = { end: newReading(now(), []), round: undefined }
  const plan = createRoundPlan(now, settings.maxAgeMs)
  const lookBack = createLookBack(now, FORGOTTEN * lateMs)
  let isNew = true

  const restIn = (of: readonly Reading[], notice: Notice, ms: number): void => {
    for (const { resting, behind } of of) {
      resting.add(keyOf(notice))
      behind.add(notice.subscription)
    }
    plan.lookIn(ms)
  }
  /** What comes out of the window: neither of the two may put into it what comes later. */
  const rest = (notice: Notice, ms: number): void => {
    const { end, round } = readings
    restIn(round === undefined ? [end] : [end, round], notice, ms)
  }
  const place = createPlacing({ ...deps, rest, restUnread: (notice, ms, of) => restIn([of], notice, ms) })
  const room = createRoom({ ...deps, rest })
  const { isFull } = room
  const spared = createSpared(deps)
  const readPiece = createReadPiece({ ...deps, place, room, spared })
  const { begin, readOn, readRound } = createReadingOn({ now, lateMs, readings, plan, lookBack, spared, readPiece })

  /** What has gone to another queue, and perhaps come back, is not what it was. */
  const leaveMoved = (changed: ReadonlySet<string> | undefined): void => {
    const moved = changed && new Set([...changed].filter(arrivals.isArriving))
    if (moved?.size === 0) return
    for (const notice of window.waiting()) {
      if (moved === undefined ? !arrivals.isArriving(notice.subscription) : !moved.has(notice.subscription)) continue
      window.forget([notice.id])
      rest(notice, 0)
    }
  }
  const isRoundDue = (): boolean => plan.isDue(readings.round)
  const isLittle = (): boolean => readings.round === undefined && readings.end.resting.size === 0 && room.isLittle()
  const isLookingBackDue = (): boolean => readings.end.hasBeenAtEnd && lookBack.isDue(isLittle())
  const hasMore = (): boolean => isNew || readings.end.hasMore || readings.round !== undefined
  /** Not instead of one that looks at all. */
  const mayBeBrief = (): boolean => readings.end.hasBeenAtEnd && readings.round?.isBrief !== false
  const readNow = async (): Promise<void> => {
    if (isRoundDue() && isLittle()) readings.end = begin()
    else if (isRoundDue()) readings.round = begin(mayBeBrief())
    if (isLookingBackDue()) {
      readings.end.cursor = lookBack.take(readings.end.cursor)
      isNew = true
    }
    const wasNew = isNew
    isNew = false
    try {
      if (wasNew || readings.end.hasMore) await settling.aside(readOn)
      const { round } = readings
      if (round !== undefined) await settling.aside(() => readRound(round))
    } catch (error) {
      isNew = wasNew || isNew
      throw error
    }
  }
  return {
    wake: (unread = 'new') => {
      isNew = true
      lookBack.wake(unread === 'new' ? lateMs : FORGOTTEN * lateMs)
      if (unread === 'earlier') plan.lookNow()
    },
    rest: (taken, ms) => {
      for (const notice of taken) rest(notice, ms)
    },
    lookAgain: (changed) => {
      leaveMoved(changed)
      if (readings.end.resting.size > 0) plan.lookNow()
    },
    recovered: () => {
      if (readings.end.resting.size > 0) plan.lookAtOnce()
    },
    read: async () => {
      if (isFull()) room.make()
      if (!isFull() && (hasMore() || isRoundDue() || isLookingBackDue())) await readNow()
    },
    dueMs: () => {
      if (isFull()) return FULL_MS
      return hasMore() ? 0 : Math.min(plan.dueMs(), lookBack.dueMs())
    },
    isReadingOn: () => !isFull() && (readings.end.hasMore || readings.round !== undefined),
    isEmpty: () => !hasMore() && window.size === 0 && readings.end.resting.size === 0,
  }
}

interface ReadingOnDeps {
  readonly now: () => number
  readonly lateMs: number
  readonly readings: Readings
  readonly plan: RoundPlan
  readonly lookBack: LookBack
  readonly spared: Pick<Spared, 'untilMs'>
  readonly readPiece: (of: Reading) => Promise<void>
}

function createReadingOn({ now, lateMs, readings, plan, lookBack, spared, readPiece }: ReadingOnDeps) {
  const atEnd = (of: Reading): void => {
    if (!of.hasBeenAtEnd) plan.ended(of)
    lookBack.passed(of)
    of.hasBeenAtEnd = true
    // What comes after it is no older than what waits.
    of.excess = new Map()
  }
  return {
    begin: (mayBeBrief = false): Reading => {
      const isAll = plan.begun(mayBeBrief)
      return newReading(now(), readings.end.behind, !isAll)
    },
    readOn: async (): Promise<void> => {
      const { end } = readings
      const isFromBegin = end.cursor === undefined
      end.hasMore = true
      await readPiece(end)
      // What is even later than that is found by a round.
      if (lateMs > 0 && !isFromBegin) plan.lookIn(Number.POSITIVE_INFINITY)
      if (!end.hasMore) atEnd(end)
    },
    readRound: async (of: Reading): Promise<void> => {
      await readPiece(of)
      if (of.isBroken) {
        readings.round = undefined
        return plan.lookIn(spared.untilMs())
      }
      if (of.hasMore && (of.cursor ?? '') < (readings.end.cursor ?? '')) return
      readings.end = of
      readings.round = undefined
      atEnd(of)
    },
  }
}
