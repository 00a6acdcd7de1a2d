/** What is to be done from time to time, by one of the instances on a store. */

import { schedule } from 'node-cron'
import type { Log } from '../ports/call.ts'
import { eitherSignal } from './either-signal.ts'
import type { KeptLease } from './keep.ts'
import type { Term } from './term.ts'

export interface Duty {
  /** For the log. */
  readonly name: string
  /** A cron expression of five fields, or six with seconds. */
  readonly schedule: string
  /**
   * Asks before each step whether the signal is aborted, and ends then: another instance may do it now. A step must bear
   * to be done again: one that was begun in time can end late, and a machine that is suspended does not count that time.
   */
  run(signal: Term['signal']): Promise<void>
}

/** Where the time of a duty comes and the lease is not held, or the duty is still under way, it is passed over. */
export function startDuties(
  duties: readonly Duty[],
  { lease, log }: { readonly lease: KeptLease; readonly log: Log },
): { close(): Promise<void> } {
  const ending = new AbortController()
  const running = new Set<Promise<void>>()

  const perform = async ({ name, run }: Duty): Promise<void> => {
    const term = lease.term()
    if (term === undefined) return
    const either = eitherSignal(ending.signal, term.signal())
    const signal = (): AbortSignal => {
      // The question is what aborts it in time.
      term.signal()
      return either.signal
    }
    await run(signal).catch((error: unknown) => log.error({ duty: name, error }, 'a periodic duty failed'))
    either.clear()
  }
  const tasks = duties.map((duty) =>
    schedule(
      duty.schedule,
      async () => {
        const performing = perform(duty).finally(() => running.delete(performing))
        running.add(performing)
        await performing
      },
      { noOverlap: true, suppressMissedWarning: true },
    ),
  )
  return {
    close: async () => {
      ending.abort()
      await Promise.all(tasks.map((task) => task.destroy()))
      await Promise.all(running)
      await lease.close()
    },
  }
}
