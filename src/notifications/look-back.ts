/**
 * How far back it is read again when there is something new: what comes late stands before what was given already, but
 * before nothing that was given long ago. So a queue in which much waits for a dead endpoint costs no more than what is new.
 */

import type { Reading } from './reading.ts'

export interface LookBack {
  /** There may be something new. */
  wake(): void
  /** `isLittle`: whether it costs next to nothing. */
  isDue(isLittle: boolean): boolean
  /** Milliseconds until it is due however much it costs; Infinity where nothing is new. */
  dueMs(): number
  /** Where to read on, instead of at this cursor. */
  take(cursor: string | undefined): string | undefined
  /** It has been read up to its cursor, and there was no more. */
  passed(of: Reading): void
}

interface Passed {
  readonly at: number
  readonly cursor: string | undefined
}

/** Milliseconds from one to the next where there is much. */
const PAUSE_MS = 1_000

/** `lateMs`: as of the store. */
export function createLookBack(now: () => number, lateMs: number): LookBack {
  /** The first is the last of those that are old enough, where there is one. */
  let trail: Passed[] = []
  let isWanted = false
  let lastAt = Number.NEGATIVE_INFINITY
  return {
    wake: () => {
      isWanted = lateMs > 0
    },
    isDue: (isLittle) => isWanted && (isLittle || now() - lastAt >= PAUSE_MS),
    dueMs: () => (isWanted ? Math.max(0, lastAt + PAUSE_MS - now()) : Number.POSITIVE_INFINITY),
    take: (cursor) => {
      isWanted = false
      lastAt = now()
      const from = trail[0]?.cursor
      return from === undefined || cursor === undefined || from < cursor ? from : cursor
    },
    passed: ({ cursor, pages, begunAt }) => {
      // From the begin again where that is one page; else a round comes to what was late then.
      if (trail.length === 0 && pages <= 1) trail.push({ at: begunAt, cursor: undefined })
      trail.push({ at: now(), cursor })
      const old = trail.findLastIndex(({ at }) => at <= now() - lateMs)
      if (old > 0) trail = trail.slice(old)
    },
  }
}
