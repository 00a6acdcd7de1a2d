/** Takes the steps of a lease in time. */

import type { Log } from '../ports/call.ts'
import type { Lease } from './lease.ts'
import type { Term } from './term.ts'

export interface KeptLease {
  /** The time for which this instance holds it; undefined where it does not. */
  term(): Term | undefined
  /** Gives it up, so that another instance can have it at once. */
  close(): Promise<void>
}

/** The first step is taken at once. A store that does not answer is logged once, and asked again until it does. */
export function keepLease(lease: Lease, log: Log): KeptLease {
  let timer: NodeJS.Timeout | undefined
  let isClosed = false
  let isFailing = false

  const step = async (): Promise<void> => {
    try {
      await lease.step()
      if (isFailing) log.info({}, 'the store tells again who does the periodic duties')
      isFailing = false
    } catch (error) {
      if (!isFailing) log.warn({ error }, 'the store does not tell who does the periodic duties; asking again')
      isFailing = true
    }
  }
  const goOn = async (): Promise<void> => {
    await step()
    if (!isClosed) timer = setTimeout(next, lease.nextInMs()).unref()
  }
  const next = (): void => {
    underWay = goOn()
  }
  let underWay = goOn()
  return {
    term: lease.term,
    close: async () => {
      isClosed = true
      clearTimeout(timer)
      await underWay
      await lease.release().catch((error: unknown) => {
        log.warn({ error }, 'the periodic duties could not be given up; another instance takes them over later')
      })
    },
  }
}
