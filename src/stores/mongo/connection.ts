/** Asking the database: what does not answer is given up in time, and what it throws is told in Boya's own words. */

import type { Log } from '../../ports/call.ts'
import { StoreUnavailable } from '../../ports/unavailable.ts'
import { isOfDriver, isUnreachable, tellsWhy } from './driver-errors.ts'

export interface Connection {
  /**
   * Runs what asks the database. Throws StoreUnavailable where it does not answer; what was asked may be done all the
   * same. What is thrown by the operation itself comes through.
   */
  ask<T>(operation: () => Promise<T>): Promise<T>
  /** Throws StoreUnavailable unless the database answers. */
  check(): Promise<void>
  close(): Promise<void>
}

interface Way {
  /** Reads something small: it fails or hangs where the database does. */
  probe(): Promise<unknown>
  close(): Promise<void>
  readonly log: Log
}

/** Milliseconds for which anything may take its time; then it is asked whether the database answers at all. */
const PATIENCE = 800
/** Milliseconds for that answer. */
const ANSWER = 700
/** Milliseconds between two looks at what is under way, and until the first at a database that does not answer. */
const LOOK = 200
/** Milliseconds, about, between two looks at a database that has not answered for a while. */
const LONGEST = 1_000

interface Asked {
  readonly since: number
  readonly giveUp: (error: StoreUnavailable) => void
}

export function createConnection({ probe, close, log }: Way): Connection {
  const underWay = new Set<Asked>()
  const health = createHealth(probe, log)
  let looking: NodeJS.Timeout | undefined
  let closing: Promise<void> | undefined

  const look = async (): Promise<void> => {
    if (![...underWay].some(isLate)) return
    const failure = await health.failure()
    if (failure === undefined) return
    for (const asked of underWay) if (isLate(asked)) asked.giveUp(failure)
  }
  const begin = (asked: Asked): void => {
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
        operation()
          .then(resolve, async (error) => reject(await health.explained(error)))
          .finally(() => finish(asked))
      }),
    check: async () => {
      if (closing !== undefined) throw new Error('the store is closed')
      const failure = await health.failure()
      if (failure !== undefined) throw failure
    },
    close: () => {
      closing ??= close().finally(health.close)
      return closing
    },
  }
}

function isLate({ since }: Asked): boolean {
  return performance.now() - since > PATIENCE
}

interface Health {
  /** What keeps the database from answering, as far as that is known: nothing is asked. */
  gone(): StoreUnavailable | undefined
  /** Asks: undefined where it answers. */
  failure(): Promise<StoreUnavailable | undefined>
  /** What an operation threw, or that the database is gone, where that was why. */
  explained(error: unknown): Promise<unknown>
  close(): void
}

function createHealth(probe: () => Promise<unknown>, log: Log): Health {
  let gone: StoreUnavailable | undefined
  let asking: Promise<StoreUnavailable | undefined> | undefined
  let recovering: NodeJS.Timeout | undefined
  let isExplained = false

  /** What the driver says comes later than it is waited for, and says more. */
  const explain = (error: unknown): void => {
    if (gone === undefined || isExplained || !tellsWhy(error)) return
    isExplained = true
    log.warn({ error }, 'why the database does not answer')
  }
  const answers = (): Promise<unknown> => {
    const asked = probe()
    asked.catch(explain)
    return within(ANSWER, asked)
  }
  const lost = (cause: unknown): StoreUnavailable => {
    if (gone !== undefined) return gone
    gone = new StoreUnavailable(cause)
    isExplained = false
    log.warn({}, 'the database does not answer; requests are refused until it does')
    again(LOOK)
    return gone
  }
  const found = (): undefined => {
    if (gone === undefined) return undefined
    gone = undefined
    clearTimeout(recovering)
    log.info({}, 'the database answers again')
    return undefined
  }
  const again = (delay: number): void => {
    recovering = setTimeout(async () => {
      if ((await failure()) !== undefined) again(Math.min(delay * 1.5, LONGEST) * (0.75 + Math.random() / 2))
    }, delay).unref()
  }
  /** One question at a time, for all who want to know. */
  const failure = (): Promise<StoreUnavailable | undefined> => {
    asking ??= answers()
      .then(found, lost)
      .finally(() => {
        asking = undefined
      })
    return asking
  }
  return {
    gone: () => gone,
    failure,
    explained: async (error) => {
      if (!isOfDriver(error)) return error
      // Connections break also where there is a database still: it has another primary now, or one connection was cut.
      const cause = await failure()
      return cause ?? (isUnreachable(error) ? new StoreUnavailable(error) : error)
    },
    close: () => clearTimeout(recovering),
  }
}

async function within<T>(milliseconds: number, answer: Promise<T>): Promise<T> {
  let late: NodeJS.Timeout | undefined
  const tooLate = new Promise<never>((_, reject) => {
    late = setTimeout(() => reject(new Error(`no answer within ${milliseconds} ms`)), milliseconds)
  })
  return Promise.race([answer, tooLate]).finally(() => clearTimeout(late))
}
