/** Wakes who waits for something to happen. */

export interface Bell {
  ring(): void
  /** Resolves when it rings, has rung since the last time, or the milliseconds are over. Of one at a time. */
  wait(ms: number): Promise<void>
}

/** What timers can wait for. */
const MOST_MS = 2 ** 31 - 1

export function createBell(): Bell {
  let hasRung = false
  let wake: (() => void) | undefined
  return {
    ring: () => {
      hasRung = true
      wake?.()
    },
    wait: (ms) =>
      new Promise((resolve) => {
        const timer = setTimeout(() => wake?.(), Math.min(Math.max(ms, 0), MOST_MS))
        wake = () => {
          clearTimeout(timer)
          hasRung = false
          wake = undefined
          resolve()
        }
        if (hasRung) wake()
      }),
  }
}
