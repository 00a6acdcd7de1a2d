/** What is to be done from time to time, by one of the instances on a store. */

import { schedule, type TaskOptions } from 'node-cron'
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

/** What node-cron says goes where all is said. That a duty is passed over, as it is still under way, is no warning. */
function cronLogger(log: Log): NonNullable<TaskOptions['logger']> {
  const error = (message: string | Error, cause?: Error): void =>
    log.error({ error: cause ?? message }, 'a periodic duty could not be begun')
  const note = (message: string | Error): void => log.debug({}, String(message))
  return { info: note, debug: note, warn: note, error }
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
      { noOverlap: true, suppressMissedWarning: true, logger: cronLogger(log) },
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
