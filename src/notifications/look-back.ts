/**
 * How far back it is read again when there is something to read: what comes late stands before what was given already, but
 * before nothing that was given long ago. So a queue in which much waits for a dead endpoint costs no more than what is new.
 */

import type { Reading } from './reading.ts'

export interface LookBack {
  /** There may be something so late, in milliseconds. */
  wake(lateMs: number): void
  /** `isLittle`: whether it costs next to nothing. */
  isDue(isLittle: boolean): boolean
  /** Milliseconds until it is due however much it costs; Infinity where nothing is late. */
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
/** Milliseconds from one cursor that is remembered to the next. */
const STEP_MS = 500

/** `mostMs`: how late something may be. */
export function createLookBack(now: () => number, mostMs: number): LookBack {
  /** The first is the last of those that are old enough, where there is one. */
  let trail: Passed[] = []
  let wantedMs = 0
  let lastAt = Number.NEGATIVE_INFINITY
  const lastBefore = (ms: number): number => trail.findLastIndex(({ at }) => at <= now() - ms)
  return {
    wake: (lateMs) => {
      wantedMs = Math.max(wantedMs, Math.min(lateMs, mostMs))
    },
    isDue: (isLittle) => wantedMs > 0 && (isLittle || now() - lastAt >= PAUSE_MS),
    dueMs: () => (wantedMs > 0 ? Math.max(0, lastAt + PAUSE_MS - now()) : Number.POSITIVE_INFINITY),
    take: (cursor) => {
      const from = trail[Math.max(0, lastBefore(wantedMs))]?.cursor
      wantedMs = 0
      lastAt = now()
      return from === undefined || cursor === undefined || from < cursor ? from : cursor
    },
    passed: ({ cursor, settledTo, begunAt }) => {
      if (trail.length === 0) trail.push({ at: begunAt, cursor: settledTo })
      if (now() - (trail.at(-1)?.at ?? 0) >= STEP_MS) trail.push({ at: now(), cursor })
      const old = lastBefore(mostMs)
      if (old > 0) trail = trail.slice(old)
    },
  }
}
