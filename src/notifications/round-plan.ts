/** When all that is owed in a queue is read from the begin again. */

import type { Reading } from './reading.ts'

export interface RoundPlan {
  /** In so many milliseconds, or earlier. */
  lookIn(ms: number): void
  /** As soon as what the last one cost allows. */
  lookNow(): void
  /** Whatever the last one cost. */
  lookAtOnce(): void
  begun(): void
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
/** Milliseconds: what rests for long is looked at all the same, for it may have become too old. */
const MOST_MS = 30_000
const LEAST_MS = 20

export function createRoundPlan(now: () => number, maxAgeMs: number): RoundPlan {
  const most = Math.min(MOST_MS, Math.max(LEAST_MS, maxAgeMs / 4))
  let dueAt = Number.POSITIVE_INFINITY
  let allowedAt = Number.NEGATIVE_INFINITY
  const pauseAfter = ({ pages, spentMs }: Reading): number => (pages > 1 ? PAUSE : PAUSE_OF_PAGE) * spentMs
  return {
    lookIn: (ms) => {
      dueAt = Math.min(dueAt, now() + Math.min(ms, most))
    },
    lookNow: () => {
      dueAt = now()
    },
    lookAtOnce: () => {
      dueAt = now()
      allowedAt = now()
    },
    begun: () => {
      dueAt = Number.POSITIVE_INFINITY
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
