/** What is done soon after it is wanted, so that much of it is done together. */

import { setTimeout as pause } from 'node:timers/promises'

export interface Errand {
  /** It is wanted: also where it is under way, for what it does not see any more. */
  wake(): void
  /** Begins nothing more; resolves when nothing is under way. */
  drained(): Promise<void>
}

interface ErrandOptions {
  /** Milliseconds from when it is wanted. */
  readonly soonMs: number
  /** Ends early where the signal is aborted. */
  readonly work: (signal: AbortSignal) => Promise<void>
  /** What was to be done is left to whoever wants it next. */
  readonly failed: (error: unknown) => void
}

export function createErrand({ soonMs, work, failed }: ErrandOptions): Errand {
  const ending = new AbortController()
  const { signal } = ending
  let running: Promise<void> | undefined
  let isWanted = false

  const run = async (): Promise<void> => {
    while (isWanted && !signal.aborted) {
      isWanted = false
      await pause(soonMs, undefined, { ref: false, signal })
      await work(signal)
    }
  }
  const start = async (): Promise<void> => {
    let isWell = false
    try {
      await run()
      isWell = true
    } catch (error) {
      if (!signal.aborted) failed(error)
    } finally {
      // Who wakes it in the very moment in which it ends is heard.
      running = isWell && isWanted && !signal.aborted ? start() : undefined
    }
  }
  return {
    wake: () => {
      isWanted = true
      running ??= start()
    },
    drained: async () => {
      ending.abort()
      await running
    },
  }
}
