/**
 * Reads that arrive in one turn of the event loop share a transaction: to begin one costs as much as to read an entity,
 * and one after the other they find SQLite in the processor's caches, where among all that a request needs they do not.
 */

import { heldElsewhere, isBusy, PATIENCE_MS, untilNextTry } from './busy.ts'

/** The transaction that reads run in; synchronous. Any of it may throw. */
export interface ReadTransaction {
  /** Also where the last one could not be ended. */
  begin(): void
  end(): void
}

export interface ReadQueue {
  /**
   * What the read returns, all of it of one moment after this call. Rejects with what it throws; but it is run again
   * where another process has the database, which may be while it repairs what a killed one left.
   */
  run<T>(read: () => T): Promise<T>
  /** Resolves when nothing is under way. */
  drained(): Promise<void>
}

/** Reads before the event loop gets its turn: what they found is in memory until it is answered. */
const MOST = 128

/** Milliseconds of reading before the event loop gets its turn, as for writes. */
const GROUP_MS = 8

interface Job {
  read(): void
  reject(error: unknown): void
  /** When it was first found that it has to wait: milliseconds, as `performance.now`. */
  waitsSince?: number
}

/** `patienceMs`: how long a caller waits for other processes. */
export function createReadQueue(transaction: ReadTransaction, patienceMs = PATIENCE_MS): ReadQueue {
  const jobs: Job[] = []
  const waiting: (() => void)[] = []

  const drain = (): void => {
    const { busy, left } = runAll(transaction, jobs.splice(0, MOST))
    const again = busy.filter((job) => isPatient(job, patienceMs))
    jobs.unshift(...again, ...left)
    if (again.length > 0) setTimeout(drain, untilNextTry())
    else if (jobs.length > 0) setImmediate(drain)
    else for (const resolve of waiting.splice(0)) resolve()
  }
  return {
    run: <T>(read: () => T) =>
      new Promise<T>((resolve, reject) => {
        if (jobs.length === 0) setImmediate(drain)
        jobs.push({ read: () => resolve(read()), reject })
      }),
    drained: () => new Promise((resolve) => (jobs.length === 0 ? resolve() : waiting.push(resolve))),
  }
}

/** Rejects one that has waited too long. */
function isPatient(job: Job, patienceMs: number): boolean {
  const now = performance.now()
  job.waitsSince ??= now
  if (now - job.waitsSince < patienceMs) return true
  job.reject(heldElsewhere(undefined, patienceMs))
  return false
}

interface NotRead {
  /** Those that met another process. */
  readonly busy: readonly Job[]
  /** Those that there was no time for. */
  readonly left: readonly Job[]
}

function runAll(transaction: ReadTransaction, jobs: readonly Job[]): NotRead {
  const end = performance.now() + GROUP_MS
  const busy: Job[] = []
  let next = 0
  try {
    transaction.begin()
    do {
      const job = jobs[next++]
      if (job !== undefined && !isSettled(job)) busy.push(job)
    } while (next < jobs.length && performance.now() < end)
    transaction.end()
    return { busy, left: jobs.slice(next) }
  } catch (error) {
    if (isBusy(error)) return { busy: jobs, left: [] }
    // Those that were read have their answer already; those that nobody has begun find out for themselves.
    const failed = next === 0 ? jobs.length : next
    for (const { reject } of jobs.slice(0, failed)) reject(error)
    return { busy: [], left: jobs.slice(failed) }
  }
}

function isSettled(job: Job): boolean {
  try {
    job.read()
  } catch (error) {
    if (isBusy(error)) return false
    job.reject(error)
  }
  return true
}
