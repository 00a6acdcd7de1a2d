/** Adds to the numbers what is not counted yet, soon after it is written and a little at a time. */

import { setTimeout as pause } from 'node:timers/promises'
import type { Log } from '../../ports/call.ts'
import { addBatch } from './counting.ts'

export interface Counter {
  /** There is something that is not counted. */
  wake(): void
  /** Resolves when nothing is under way; what is not counted yet is left to whoever comes next. */
  drained(): Promise<void>
}

/** Milliseconds after a change, so that many are added together; and after another instance was faster. */
const SOON = 100
const LATER = 250

export function createCounter(counted: Parameters<typeof addBatch>[0], log: Log): Counter {
  let running: Promise<void> | undefined
  let isWanted = false
  const ending = new AbortController()

  const run = async (): Promise<void> => {
    while (isWanted && !ending.signal.aborted) {
      isWanted = false
      await pause(SOON, undefined, { ref: false, signal: ending.signal })
      for (let added = await addBatch(counted); added !== 'none'; added = await addBatch(counted)) {
        if (ending.signal.aborted) return
        if (added === 'elsewhere') await pause(LATER * Math.random(), undefined, { ref: false, signal: ending.signal })
      }
    }
  }
  const start = async (): Promise<void> => {
    let isWell = false
    try {
      await run()
      isWell = true
    } catch (error) {
      // What is not counted says so of itself, and is counted by the next who comes.
      if (!ending.signal.aborted) log.warn({ error }, 'numbers of entities could not be brought up to date')
    } finally {
      // Who wakes it in the very moment in which it ends is heard.
      running = isWell && isWanted && !ending.signal.aborted ? start() : undefined
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
