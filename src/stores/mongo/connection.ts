/** Asking the database: what does not answer is given up in time, and what it throws is told in Boya's own words. */

import { MongoError, MongoNetworkError, MongoNotConnectedError, MongoServerSelectionError } from 'mongodb'
import { StoreUnavailable } from '../../ports/unavailable.ts'

export interface Connection {
  /**
   * Runs what asks the database. Throws StoreUnavailable where it does not answer; what was asked may be done all the
   * same. What is thrown by the operation itself comes through.
   */
  ask<T>(operation: () => Promise<T>): Promise<T>
  /** Throws StoreUnavailable unless the database answers. */
  check(): Promise<void>
  /** Ends when nothing is under way any more. */
  close(): Promise<void>
}

/** Milliseconds for which anything may take its time; then it is asked whether the database answers at all. */
const PATIENCE = 900
/** Milliseconds for that answer. */
const ANSWER = 700
/** Milliseconds between two looks at what is under way. */
const LOOK = 200

interface Asked {
  readonly since: number
  readonly giveUp: (error: StoreUnavailable) => void
}

/** `probe` reads something small: it fails or hangs where the database does. */
export function createConnection(probe: () => Promise<unknown>, end: () => Promise<void>): Connection {
  const underWay = new Set<Asked>()
  let answeredAt = performance.now()
  let closing: Promise<void> | undefined
  let looking: NodeJS.Timeout | undefined
  let probing = false

  const check = async (): Promise<void> => {
    await within(ANSWER, probe())
    answeredAt = performance.now()
  }
  const giveUpTheLate = (cause: unknown): void => {
    const error = new StoreUnavailable(cause)
    for (const asked of underWay) if (performance.now() - asked.since > PATIENCE) asked.giveUp(error)
  }
  const look = (): void => {
    const now = performance.now()
    const isLate = [...underWay].some(({ since }) => now - since > PATIENCE)
    if (!isLate || probing || now - answeredAt < LOOK) return
    probing = true
    check()
      .catch(giveUpTheLate)
      .finally(() => {
        probing = false
      })
  }
  const begin = (asked: Asked): void => {
    underWay.add(asked)
    looking ??= setInterval(look, LOOK).unref()
  }
  const finish = (asked: Asked): void => {
    underWay.delete(asked)
    if (underWay.size > 0 || looking === undefined) return
    clearInterval(looking)
    looking = undefined
  }
  /** An error of the server may be its own fault, or that of what was asked. */
  const explained = async (error: unknown): Promise<unknown> => {
    if (!(error instanceof MongoError)) return error
    if (isUnreachable(error)) return new StoreUnavailable(error)
    return check().then(
      () => error,
      (cause) => new StoreUnavailable(cause),
    )
  }
  return {
    ask: (operation) =>
      new Promise((resolve, reject) => {
        if (closing !== undefined) return reject(new Error('the store is closed'))
        const asked: Asked = { since: performance.now(), giveUp: reject }
        begin(asked)
        operation()
          .then(
            (value) => {
              answeredAt = performance.now()
              resolve(value)
            },
            async (error) => reject(await explained(error)),
          )
          .finally(() => finish(asked))
      }),
    check: async () => {
      if (closing !== undefined) throw new Error('the store is closed')
      await check().catch((error) => {
        throw new StoreUnavailable(error)
      })
    },
    close: () => (closing ??= end()),
  }
}

function isUnreachable(error: MongoError): boolean {
  return (
    error instanceof MongoNetworkError ||
    error instanceof MongoServerSelectionError ||
    error instanceof MongoNotConnectedError
  )
}

async function within<T>(milliseconds: number, answer: Promise<T>): Promise<T> {
  let late: NodeJS.Timeout | undefined
  const tooLate = new Promise<never>((_, reject) => {
    late = setTimeout(() => reject(new Error(`no answer within ${milliseconds} ms`)), milliseconds)
  })
  return Promise.race([answer, tooLate]).finally(() => clearTimeout(late))
}
