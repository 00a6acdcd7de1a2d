/**
 * Group commit: writes that arrive in the same moment share a transaction, because a commit that reaches the disk costs
 * more than the writes in it. Where another process writes, the queue waits for its turn, and the event loop goes on.
 */

import type { Outcome } from '../common/outcome.ts'
import { heldElsewhere, isBusy, PATIENCE_MS, untilNextTry } from './busy.ts'
import { createTurns } from './turns.ts'

/**
 * One item of work within a transaction. It returns `ok: false` where it refused and wrote nothing; what it throws is a
 * failure of the database, after which it may have written half. It may be run again after that.
 */
export type Step<T> = () => Outcome<T>

/** The transaction that steps run in; synchronous. Any of it may throw. */
export interface Transaction {
  /**
   * Also where the last one could not be rolled back. Waits for no other process: throws what `isBusy` knows. Returns
   * whether others have written since the last one began.
   */
  begin(): boolean
  commit(): void
  rollback(): void
}

export interface WriteQueue {
  /** Runs the steps in their order and resolves when the outcomes of all are durable. Never rejects. */
  run<T>(steps: readonly Step<T>[]): Promise<readonly Outcome<T>[]>
  /** As run, of what nobody waits for: in the commit of the next that somebody does, or in one of its own after a while. */
  runUnhurried<T>(steps: readonly Step<T>[]): Promise<readonly Outcome<T>[]>
  /** Resolves when nothing is under way. */
  drained(): Promise<void>
}

/** Milliseconds of writing before a commit, so that the event loop gets its turn. */
const GROUP_MS = 8

/** Milliseconds that what nobody waits for waits for the commit of others: it saves the disk one. */
const UNHURRIED_MS = 20

/** Steps of one caller before it is another's turn: a batch of 1,000 does not make a single write wait for all of it. */
const SLICE = 16

interface Job {
  readonly steps: readonly Step<unknown>[]
  readonly outcomes: Outcome<unknown>[]
  /** Milliseconds, as `performance.now`. */
  readonly since: number
  next: number
  readonly done: () => void
}

interface Taken {
  readonly job: Job
  readonly index: number
  outcome?: Outcome<unknown>
}

interface Pending {
  jobs: Job[]
  /** Of a group that failed, in their order: each is run again in a transaction of its own, before all others. */
  alone: Taken[]
}

/** `patienceMs`: how long a caller waits for other processes. */
export function createWriteQueue(transaction: Transaction, patienceMs = PATIENCE_MS): WriteQueue {
  const pending: Pending = { jobs: [], alone: [] }
  const waiting: (() => void)[] = []
  const turns = createTurns()
  let scheduled: 'firmly' | 'unhurried' | undefined
  let timer: NodeJS.Timeout | undefined

  const isIdle = (): boolean => pending.jobs.length === 0 && pending.alone.length === 0
  const schedule = (ms: number): void => {
    if (scheduled === 'firmly') return
    scheduled = 'firmly'
    clearTimeout(timer)
    if (ms === 0) setImmediate(drain)
    else setTimeout(drain, ms)
  }
  const scheduleUnhurried = (): void => {
    if (scheduled !== undefined) return
    scheduled = 'unhurried'
    timer = setTimeout(drain, UNHURRIED_MS)
  }
  const drain = (): void => {
    scheduled = undefined
    const pause = write()
    if (!isIdle()) schedule(pause)
    else for (const resolve of waiting.splice(0)) resolve()
  }
  /** Returns the milliseconds to wait before more is written. */
  const write = (): number => {
    try {
      turns.begun(transaction.begin())
    } catch (error) {
      settle(isBusy(error) ? takeLate(pending, turns.missed(), error, patienceMs) : takeAll(pending, error))
      return isBusy(error) ? untilNextTry() : 0
    }
    const alone = pending.alone.shift()
    settle(alone === undefined ? runGroup(transaction, pending) : [runAlone(transaction, alone)])
    return turns.pause()
  }
  const add = <T>(steps: readonly Step<T>[]): Promise<readonly Outcome<T>[]> =>
    new Promise((resolve) => {
      if (steps.length === 0) return resolve([])
      const outcomes: Outcome<T>[] = []
      const done = (): void => resolve(outcomes)
      pending.jobs.push({ steps, outcomes: outcomes as Outcome<unknown>[], since: performance.now(), next: 0, done })
    })
  return {
    run: (steps) => {
      const outcomes = add(steps)
      if (!isIdle()) schedule(0)
      return outcomes
    },
    runUnhurried: (steps) => {
      const outcomes = add(steps)
      if (!isIdle()) scheduleUnhurried()
      return outcomes
    },
    drained: () =>
      new Promise((resolve) => {
        if (isIdle()) return resolve()
        waiting.push(resolve)
        schedule(0)
      }),
  }
}

function settle(taken: readonly Taken[]): void {
  for (const { job, index, outcome } of taken) {
    if (outcome !== undefined) job.outcomes[index] = outcome
    if (index === job.steps.length - 1) job.done()
  }
}

/** The database does not take writes (damaged, disk gone): waiting on would only pile up more. */
function takeAll(pending: Pending, error: unknown): readonly Taken[] {
  return takeOut(pending, () => true, { ok: false, error })
}

/** What has waited too long for others, who have written since `missedSince`. */
function takeLate(pending: Pending, missedSince: number, cause: unknown, patienceMs: number): readonly Taken[] {
  const latest = performance.now() - patienceMs
  if (missedSince > latest) return []
  return takeOut(pending, ({ since }) => since <= latest, { ok: false, error: heldElsewhere(cause, patienceMs) })
}

function takeOut(pending: Pending, isOver: (job: Job) => boolean, outcome: Outcome<never>): readonly Taken[] {
  const alone = pending.alone.filter(({ job }) => isOver(job))
  const jobs = pending.jobs.filter(isOver)
  pending.alone = pending.alone.filter(({ job }) => !isOver(job))
  pending.jobs = pending.jobs.filter((job) => !isOver(job))
  return [...alone.map((each) => ({ ...each, outcome })), ...jobs.flatMap((job) => restOf(job, outcome))]
}

function restOf(job: Job, outcome: Outcome<never>): readonly Taken[] {
  const rest: Taken[] = []
  while (job.next < job.steps.length) rest.push({ job, index: job.next++, outcome })
  return rest
}

/** Takes steps off the queue and commits them; all that are returned have their outcome. */
function runGroup(transaction: Transaction, pending: Pending): readonly Taken[] {
  const taken: Taken[] = []
  try {
    runSteps(pending.jobs, taken)
    transaction.commit()
    return taken
  } catch (error) {
    const outcome = undo(transaction, error)
    if (outcome !== undefined) return taken.map((each) => ({ ...each, outcome }))
    pending.alone.push(...taken)
    return []
  }
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

/** In the transaction that has begun: what makes a whole group fail is the trouble of one. */
function runAlone(transaction: Transaction, taken: Taken): Taken {
  try {
    const outcome = runStep(taken)
    transaction.commit()
    return { ...taken, outcome }
  } catch (error) {
    return { ...taken, outcome: undo(transaction, error) ?? { ok: false, error } }
  }
}
