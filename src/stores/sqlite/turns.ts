/**
 * When a process that has more to write leaves the database to others. SQLite has no queue between processes: its lock
 * is for whoever asks first, and that would be the one who has just had it.
 */

export interface Turns {
  /** Another process writes now. Returns since when that has been so each time (milliseconds, as `performance.now`). */
  missed(): number
  /** `othersWrote`: since the last time. */
  begun(othersWrote: boolean): void
  /** Milliseconds to wait after a commit before more is written; 0 where nobody else writes. */
  pause(): number
}

/** After a process was seen to write it is reckoned with for so long. */
const RECKONED_MS = 2_000
/** In which whoever waits tries at least once (busy.ts). */
const PAUSE_MS = 3

export function createTurns(): Turns {
  let missedSince: number | undefined
  let reckonedUntil = Number.NEGATIVE_INFINITY
  return {
    missed: () => {
      const now = performance.now()
      reckonedUntil = now + RECKONED_MS
      missedSince ??= now
      return missedSince
    },
    begun: (othersWrote) => {
      missedSince = undefined
      if (othersWrote) reckonedUntil = performance.now() + RECKONED_MS
    },
    pause: () => (performance.now() < reckonedUntil ? PAUSE_MS : 0),
  }
}
