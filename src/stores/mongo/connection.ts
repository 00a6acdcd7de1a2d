/** Asking the database: what does not answer is given up in time, and what it throws is told in Boya's own words. */

import type { Log } from '../../ports/call.ts'
import type { StoreUnavailable } from '../../ports/unavailable.ts'
import { createHealth, type Ways } from './health.ts'

export interface Connection {
  /**
   * Runs what asks the database. Throws StoreUnavailable where it does not answer; what was asked may be done all the
   * same. What is thrown by the operation itself comes through. What waits behind others is not given up here: how long it
   * may wait is for the pool of connections to say (client.ts).
   */
  ask<T>(operation: () => Promise<T>): Promise<T>
  /** Throws StoreUnavailable unless the database answers. */
  check(): Promise<void>
  close(): Promise<void>
}

interface Way extends Ways {
  /** Undefined where there has been a connection already; before, what makes one, to be waited for. */
  readonly connected: () => Promise<unknown> | undefined
  close(): Promise<void>
  readonly log: Log
}

/** Milliseconds for which anything may take its time; then it is asked whether the database answers at all. */
const PATIENCE = 800
/** Milliseconds between two looks at what is under way. */
const LOOK = 200

interface Asked {
  readonly since: number
  readonly giveUp: (error: StoreUnavailable) => void
}

export function createConnection({ connected, close, log, ...ways }: Way): Connection {
  const underWay = new Set<Asked>()
  const health = createHealth(ways, log)
  let looking: NodeJS.Timeout | undefined
  let closing: Promise<void> | undefined

  const look = async (): Promise<void> => {
    if (![...underWay].some(isLate)) return
    const failure = await health.failure()
    if (failure === undefined) return
    for (const asked of underWay) if (isLate(asked)) asked.giveUp(failure)
  }
  const begin = (asked: Asked): void => {
    health.prepare()
    underWay.add(asked)
    looking ??= setInterval(look, LOOK).unref()
  }
  const finish = (asked: Asked): void => {
    underWay.delete(asked)
    if (underWay.size > 0) return
    clearInterval(looking)
    looking = undefined
  }
  return {
    ask: (operation) =>
      new Promise((resolve, reject) => {
        if (closing !== undefined) return reject(new Error('the store is closed'))
        const gone = health.gone()
        if (gone !== undefined) return reject(gone)
        const asked: Asked = { since: performance.now(), giveUp: reject }
        begin(asked)
        const connecting = connected()
        const answer = connecting === undefined ? operation() : connecting.then(operation)
        answer.then(resolve, async (error) => reject(await health.explained(error))).finally(() => finish(asked))
      }),
    check: async () => {
      if (closing !== undefined) throw new Error('the store is closed')
      const failure = await health.failure()
      if (failure !== undefined) throw failure
    },
    close: () => {
      if (closing === undefined) health.close()
      closing ??= close()
      return closing
    },
  }
}

function isLate({ since }: Asked): boolean {
  return performance.now() - since > PATIENCE
}
