/**
 * Group commit: writes that arrive in the same moment share a transaction, because a commit that reaches the disk costs
 * more than the writes in it.
 */

import type { Outcome } from '../common/outcome.ts'

/**
 * One item of work within a transaction. It returns `ok: false` where it refused and wrote nothing; what it throws is a
 * failure of the database, after which it may have written half. It may be run again after that.
 */
export type Step<T> = () => Outcome<T>

/** The transaction that steps run in; synchronous. Any of it may throw. */
export interface Transaction {
  /** Also where the last one could not be rolled back. */
  begin(): void
  commit(): void
  rollback(): void
}

export interface WriteQueue {
  /** Runs the steps in their order and resolves when the outcomes of all are durable. Never rejects. */
  run<T>(steps: readonly Step<T>[]): Promise<readonly Outcome<T>[]>
  /** Resolves when nothing is under way. */
  drained(): Promise<void>
}

/** Milliseconds of writing before a commit, so that the event loop gets its turn. */
const GROUP_MS = 8

/** Steps of one caller before it is another's turn: a batch of 1,000 does not make a single write wait for all of it. */
const SLICE = 16

interface Job {
  readonly steps: readonly Step<unknown>[]
  readonly outcomes: Outcome<unknown>[]
  next: number
  readonly done: () => void
}

interface Taken {
  readonly job: Job
  readonly index: number
  outcome?: Outcome<unknown>
}

export function createWriteQueue(transaction: Transaction): WriteQueue {
  const jobs: Job[] = []
  const waiting: (() => void)[] = []
  let scheduled = false

  const schedule = (): void => {
    if (scheduled) return
    scheduled = true
    setImmediate(drain)
  }
  const drain = (): void => {
    scheduled = false
    settle(runGroup(transaction, jobs))
    if (jobs.length > 0) schedule()
    else for (const resolve of waiting.splice(0)) resolve()
  }
  return {
    run: <T>(steps: readonly Step<T>[]) =>
      new Promise<readonly Outcome<T>[]>((resolve) => {
        if (steps.length === 0) return resolve([])
        const outcomes: Outcome<T>[] = []
        jobs.push({ steps, outcomes: outcomes as Outcome<unknown>[], next: 0, done: () => resolve(outcomes) })
        schedule()
      }),
    drained: () => new Promise((resolve) => (jobs.length === 0 ? resolve() : waiting.push(resolve))),
  }
}

function settle(taken: readonly Taken[]): void {
  for (const { job, index, outcome } of taken) {
    if (outcome !== undefined) job.outcomes[index] = outcome
    if (index === job.steps.length - 1) job.done()
  }
}

/** Takes steps off the queue and commits them; all that are returned have their outcome. */
function runGroup(transaction: Transaction, jobs: Job[]): readonly Taken[] {
  try {
    transaction.begin()
  } catch (error) {
    // The database does not take writes (locked by another program, disk gone): waiting on would only pile up more.
    return jobs.splice(0).flatMap((job) => takeAll(job, { ok: false, error }))
  }
  const taken: Taken[] = []
  try {
    runSteps(jobs, taken)
    transaction.commit()
  } catch (error) {
    const undone = undo(transaction, error)
    for (const each of taken) each.outcome = undone ?? runAlone(transaction, each)
  }
  return taken
}

/**
 * Rolls back what failed with `cause`. Where even that fails the database is of no use now: returns the outcome of all
 * that was in the transaction, so that nobody waits for an answer.
 */
function undo(transaction: Transaction, cause: unknown): Outcome<never> | undefined {
  try {
    transaction.rollback()
    return undefined
  } catch (failure) {
    const reason = failure instanceof Error ? failure.message : String(failure)
    return { ok: false, error: new Error(`a write failed and could not be rolled back: ${reason}`, { cause }) }
  }
}

function runSteps(jobs: Job[], taken: Taken[]): void {
  const end = performance.now() + GROUP_MS
  for (let job = jobs.shift(); job !== undefined; job = jobs.shift()) {
    try {
      runSlice(job, taken)
    } finally {
      if (job.next < job.steps.length) jobs.push(job)
    }
    if (performance.now() >= end) return
  }
}

function runSlice(job: Job, taken: Taken[]): void {
  const end = Math.min(job.next + SLICE, job.steps.length)
  while (job.next < end) {
    const each: Taken = { job, index: job.next++ }
    taken.push(each)
    each.outcome = runStep(each)
  }
}

function runStep({ job, index }: Taken): Outcome<unknown> {
  const step = job.steps[index]
  if (step === undefined) throw new RangeError(`there is no step ${index} of ${job.steps.length}`)
  return step()
}

/** A transaction for one step: what makes a whole group fail is the trouble of one. */
function runAlone(transaction: Transaction, taken: Taken): Outcome<unknown> {
  try {
    transaction.begin()
    const outcome = runStep(taken)
    transaction.commit()
    return outcome
  } catch (error) {
    return undo(transaction, error) ?? { ok: false, error }
  }
}

function takeAll(job: Job, outcome: Outcome<unknown>): readonly Taken[] {
  const taken: Taken[] = []
  while (job.next < job.steps.length) taken.push({ job, index: job.next++, outcome })
  return taken
}
