/** Takes the steps of the ownership in time. */

import type { Log } from '../ports/call.ts'
import type { Ownership, OwnershipSteps } from './ownership.ts'

/** The first step is taken at once. A store that does not answer is logged once, and asked again until it does. */
export function keepOwnership(steps: OwnershipSteps, log: Log): Ownership {
  let timer: NodeJS.Timeout | undefined
  let isClosed = false
  let isFailing = false

  const step = async (): Promise<void> => {
    try {
      await steps.step()
      if (isFailing) log.info({}, 'the store tells again who delivers notifications')
      isFailing = false
    } catch (error) {
      if (!isFailing) log.warn({ error }, 'the store does not tell who delivers notifications; asking again')
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
  return {
    ...steps,
    close: async () => {
      isClosed = true
      clearTimeout(timer)
      await underWay
      await steps.release().catch((error: unknown) => {
        log.warn({ error }, 'the notifications could not be given up; another instance takes them over later')
      })
    },
  }
}
