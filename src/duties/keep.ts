/** Takes the steps of what instances agree on, in time: of the lease, and of the ownership of queues. */

import type { Log } from '../ports/call.ts'
import type { Lease } from './lease.ts'
import type { Ownership, OwnershipSteps } from './ownership.ts'

export interface KeptLease extends Pick<Lease, 'term'> {
  /** Gives it up, so that another instance can have it at once. */
  close(): Promise<void>
}

/** The first step is taken at once. A store that does not answer is logged once, and asked again until it does. */
export function keepLease(lease: Lease, log: Log): KeptLease {
  const close = keep(lease, log, { who: 'who does the periodic duties', what: 'the periodic duties' })
  return { term: lease.term, close }
}

/** As {@link keepLease}. */
export function keepOwnership(steps: OwnershipSteps, log: Log): Ownership {
  const close = keep(steps, log, { who: 'who delivers notifications', what: 'the notifications' })
  return { ...steps, close }
}

type Steps = Pick<Lease, 'step' | 'nextInMs' | 'release'>

/** For the log: what the store tells, and what is given up at the end. */
interface Words {
  readonly who: string
  readonly what: string
}

/** Returns what ends it, and gives up what is held. */
function keep(steps: Steps, log: Log, { who, what }: Words): () => Promise<void> {
  let timer: NodeJS.Timeout | undefined
  let isClosed = false
  let isFailing = false

  const step = async (): Promise<void> => {
    try {
      await steps.step()
      if (isFailing) log.info({}, `the store tells again ${who}`)
      isFailing = false
    } catch (error) {
      if (!isFailing) log.warn({ error }, `the store does not tell ${who}; asking again`)
      isFailing = true
    }
  }
  const goOn = async (): Promise<void> => {
    await step()
    if (!isClosed) timer = setTimeout(next, steps.nextInMs()).unref()
  }
  const next = (): void => {
    underWay = goOn()
  }
  let underWay = goOn()
  return async () => {
    isClosed = true
    clearTimeout(timer)
    await underWay
    await steps.release().catch((error: unknown) => {
      log.warn({ error }, `${what} could not be given up; another instance takes them over later`)
    })
  }
}
