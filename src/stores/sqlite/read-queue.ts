/**
 * Reads that arrive in one turn of the event loop share a transaction: to begin one costs as much as to read an entity,
 * and one after the other they find SQLite in the processor's caches, where among all that a request needs they do not.
 */

/** The transaction that reads run in; synchronous. Any of it may throw. */
export interface ReadTransaction {
  /** Also where the last one could not be ended. */
  begin(): void
  end(): void
}

export interface ReadQueue {
  /** What the read returns, all of it of one moment after this call. Rejects with what it throws. */
  run<T>(read: () => T): Promise<T>
  /** Resolves when nothing is under way. */
  drained(): Promise<void>
}

/** Reads before the event loop gets its turn: what they found is in memory until it is answered. */
const MOST = 128

interface Job {
  read(): void
  reject(error: unknown): void
}

export function createReadQueue(transaction: ReadTransaction): ReadQueue {
  const jobs: Job[] = []
  const waiting: (() => void)[] = []

  const drain = (): void => {
    runAll(transaction, jobs.splice(0, MOST))
    if (jobs.length > 0) setImmediate(drain)
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

function runAll(transaction: ReadTransaction, jobs: readonly Job[]): void {
  try {
    transaction.begin()
    for (const job of jobs) runOne(job)
    transaction.end()
  } catch (error) {
    // Those that were read have their answer already.
    for (const { reject } of jobs) reject(error)
  }
}

function runOne(job: Job): void {
  try {
    job.read()
  } catch (error) {
    job.reject(error)
  }
}
