/** Adds to the numbers what is not counted yet, soon after it is written and a little at a time. */

import { setTimeout as pause } from 'node:timers/promises'
import type { Log } from '../../ports/call.ts'
import { addBatch } from './counting.ts'
import { createErrand, type Errand } from './errand.ts'

/** Milliseconds after a change, so that many are added together; and after another instance was faster. */
const SOON = 100
const LATER = 250

/** To be woken where there is something that is not counted. */
export function createCounter(counted: Parameters<typeof addBatch>[0], log: Log): Errand {
  return createErrand({
    soonMs: SOON,
    work: async (signal) => {
      for (let added = await addBatch(counted); added !== 'none'; added = await addBatch(counted)) {
        if (signal.aborted) return
        if (added === 'elsewhere') await pause(LATER * Math.random(), undefined, { ref: false, signal })
      }
    },
    // What is not counted says so of itself, and is counted by the next who comes.
    failed: (error) => log.warn({ error }, 'numbers of entities could not be brought up to date'),
  })
}
