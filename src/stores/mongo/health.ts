/** Whether the database answers, as far as that is known, and asking it. */

import type { Log } from '../../ports/call.ts'
import { StoreRefused, StoreUnavailable } from '../../ports/unavailable.ts'
import { hasWaited, isNotFound, isOfDriver, isRefusal, isUnreachable, tellsWhy } from './driver-errors.ts'
import { within } from './within.ts'

interface Health {
  /** What keeps the database from answering, as far as that is known: nothing is asked. */
  gone(): StoreUnavailable | undefined
  /** Asks for nothing but the connection that is asked by, once: to make it is not to be part of an answer's time. */
  prepare(): void
  /** Asks: undefined where it answers. */
  failure(): Promise<StoreUnavailable | undefined>
  /** What an operation threw, or that the database is gone, where that was why. */
  explained(error: unknown): Promise<unknown>
  close(): void
}

/** Reads something small, until nobody wants to know any more: it fails or hangs where the database does. */
type Probe = (signal: AbortSignal) => Promise<unknown>

export interface Ways {
  /** By a connection that nothing else is asked by: behind a crowd that waits, a database would be taken for gone. */
  readonly probe: Probe
  /**
   * By the connections that everything is asked by. Before a database that was gone is said to answer, these have to be
   * open again, too, which nobody looks for as long as requests are refused.
   */
  readonly serves: Probe
  /** Ends all connections, so that others are made. */
  renew(): Promise<void>
}

/** Milliseconds for the answer of a database. */
const ANSWER = 700
/**
 * Milliseconds after which the connection that has not answered is given up for another: what the driver finds out comes
 * before, and says more; and where it was only this connection that was lost, the database would be taken for gone for ever.
 */
const GIVEN_UP = 1_500
/** Milliseconds until the first look at a database that does not answer, and at most, about, between two. */
const SOON = 200
const LONGEST = 1_000
/** Milliseconds between two warnings of the same. */
const WARN_EVERY = 10_000

/** Looks at a database that is gone, after each so many of which all connections are ended. */
const LOOKS = 3

export function createHealth({ probe, serves, renew }: Ways, log: Log): Health {
  let gone: StoreUnavailable | undefined
  let asking: Promise<StoreUnavailable | undefined> | undefined
  let recovering: NodeJS.Timeout | undefined
  let renewing: Promise<void> | undefined
  let isExplained = false
  let isPrepared = false
  let isClosed = false
  /** Whether the database was not found by the connections that everything is asked by. */
  let isInDoubt = false
  let warned = Number.NEGATIVE_INFINITY

  /** What the driver says comes later than it is waited for, and says more. */
  const explain = (error: unknown): void => {
    if (gone === undefined || isExplained || !tellsWhy(error)) return
    isExplained = true
    log.warn({ error }, 'why the database does not answer')
  }
  const ask = (): Promise<unknown> => {
    const signal = AbortSignal.timeout(GIVEN_UP)
    const isThorough = isInDoubt || gone !== undefined
    const asked = isThorough ? Promise.all([probe(signal), serves(signal)]) : probe(signal)
    asked.then(() => {
      if (isThorough) isInDoubt = false
    }, explain)
    return asked
  }
  const answers = (): Promise<unknown> => {
    isPrepared = true
    return within(ANSWER, ask())
  }
  const lost = (cause: unknown): StoreUnavailable => {
    if (isClosed) return new StoreUnavailable(cause)
    if (gone instanceof StoreRefused || (gone !== undefined && !isRefusal(cause))) return gone
    if (gone === undefined) again(SOON)
    gone = isRefusal(cause) ? new StoreRefused(cause) : new StoreUnavailable(cause)
    isExplained = false
    log.warn({}, `${gone.message}; requests are refused until it ${gone instanceof StoreRefused ? 'can' : 'does'}`)
    return gone
  }
  const found = (): undefined => {
    if (gone === undefined) return undefined
    gone = undefined
    clearTimeout(recovering)
    log.info({}, 'the database answers again')
    return undefined
  }
  /** Not where it has just been found to answer: who is served then would lose the connections. */
  const renewed = async (): Promise<void> => {
    await asking
    if (gone === undefined) return
    renewing = renew().finally(() => {
      renewing = undefined
    })
    await renewing
  }
  const again = (delay: number, looks = 1): void => {
    recovering = setTimeout(async () => {
      if (looks % LOOKS === 0) await renewed()
      if (isClosed || (await failure()) === undefined) return
      again(Math.min(delay * 1.5, LONGEST) * (0.75 + Math.random() / 2), looks + 1)
    }, delay).unref()
  }
  /** One question at a time, for all who want to know. */
  const failure = (): Promise<StoreUnavailable | undefined> => {
    asking ??= Promise.resolve(renewing)
      .then(answers)
      .then(found, lost)
      .finally(() => {
        asking = undefined
      })
    return asking
  }
  const warnOfWaiting = (error: unknown): void => {
    if (performance.now() - warned < WARN_EVERY) return
    warned = performance.now()
    log.warn({ error }, 'all connections to the database are in use; maxPoolSize in BOYA_STORE allows more of them')
  }
  return {
    prepare: () => {
      if (isPrepared) return
      isPrepared = true
      void ask()
    },
    gone: () => gone,
    failure,
    explained: async (error) => {
      if (!isOfDriver(error)) return error
      if (hasWaited(error)) warnOfWaiting(error)
      if (isNotFound(error)) isInDoubt = true
      if (gone !== undefined) return gone
      // Connections break also where there is a database still: it has another primary now, or one connection was cut.
      const cause = await failure()
      return cause ?? (isUnreachable(error) ? new StoreUnavailable(error) : error)
    },
    close: () => {
      isClosed = true
      clearTimeout(recovering)
    },
  }
}
