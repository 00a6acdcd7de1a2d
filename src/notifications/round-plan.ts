/** When what is owed in a queue is read from the begin again, and whether all of it. */

import type { Reading } from './reading.ts'

export interface RoundPlan {
  /** In so many milliseconds, or earlier, as far as something can be told then. */
  lookIn(ms: number): void
  /** At all, as soon as what the last one cost allows. */
  lookNow(): void
  /** At all, whatever the last one cost. */
  lookAtOnce(): void
  /** Returns whether it is to be a look at all. `mayBeBrief`: whether it is one only where that is due. */
  begun(mayBeBrief: boolean): boolean
  /** It is at the end, for the first time. */
  ended(round: Reading): void
  /** `underWay`: one that cannot go on, for the window is full, begins anew as well. */
  isDue(underWay: Reading | undefined): boolean
  /** Milliseconds. */
  dueMs(): number
}

/** Reading all again and again takes a tenth of the time at most; half of it, where all is one page, for that is soon done. */
const PAUSE = 10
const PAUSE_OF_PAGE = 1
/** Milliseconds: what rests for long is looked at all the same, for it may have become too old; the oldest earlier than all. */
const MOST_MS = 30_000
const MOST_OF_ALL_MS = 300_000
const LEAST_MS = 20

export function createRoundPlan(now: () => number, maxAgeMs: number): RoundPlan {
  const atMost = (ms: number): number => Math.min(ms, Math.max(LEAST_MS, maxAgeMs / 4))
  let dueAt = Number.POSITIVE_INFINITY
  let allDueAt = Number.POSITIVE_INFINITY
  let allowedAt = Number.NEGATIVE_INFINITY
  const pauseAfter = ({ pages, spentMs }: Reading): number => (pages > 1 ? PAUSE : PAUSE_OF_PAGE) * spentMs
  const lookAtAllNow = (): void => {
    allDueAt = now()
    dueAt = now()
  }
  return {
    lookIn: (ms) => {
      dueAt = Math.min(dueAt, now() + Math.min(ms, atMost(MOST_MS)))
      allDueAt = Math.min(allDueAt, now() + atMost(MOST_OF_ALL_MS))
    },
    lookNow: lookAtAllNow,
    lookAtOnce: () => {
      lookAtAllNow()
      allowedAt = now()
    },
    begun: (mayBeBrief) => {
      const isAll = !mayBeBrief || now() >= allDueAt
      if (isAll) allDueAt = Number.POSITIVE_INFINITY
      dueAt = allDueAt
      return isAll
    },
    ended: (round) => {
      allowedAt = now() + pauseAfter(round)
    },
    isDue: (underWay) => {
      const allowed = underWay === undefined ? allowedAt : underWay.begunAt + pauseAfter(underWay)
      return now() >= Math.max(dueAt, allowed)
    },
    dueMs: () => Math.max(0, Math.max(dueAt, allowedAt) - now()),
  }
}
