/**
 * Writes of one moment share questions to the database. Those of one id take turns, so that an instance never collides
 * with itself; where it collides with another, it tries again.
 */

import { setTimeout as pause } from 'node:timers/promises'
import { StoreUnavailable } from '../../ports/unavailable.ts'
import type { Outcome } from '../common/outcome.ts'

/** Steps in their order, by the ids that they are about. */
export type Group<S> = ReadonlyMap<string, readonly S[]>

/**
 * Applies a group: an outcome for each step, in its order; none for an id that another instance has changed meanwhile, and
 * none for the last steps of an id where all are too much for one write: those are tried again.
 * What it throws is the outcome of all.
 */
export type Apply<S> = (group: Group<S>) => Promise<ReadonlyMap<string, readonly Outcome<unknown>[]>>

export interface IdentifiedStep<S> {
  readonly id: string
  readonly step: S
}

export interface WriteQueue<S> {
  /** Resolves when the outcomes of all are durable, in the order of the steps. Never rejects. */
  run(steps: readonly IdentifiedStep<S>[]): Promise<readonly Outcome<unknown>[]>
  /** Resolves when nothing is under way. */
  drained(): Promise<void>
}

/** Steps of a group, and groups that are under way at once. */
const MOST = 200
const AT_ONCE = 4
/** Steps of one caller before it is another's turn: a batch of 1,000 does not make a single write wait for all of it. */
const SLICE = 16
/** Milliseconds: the longest pause after a collision, and all of them together before a write is given up. */
const PAUSE = 100
const PATIENCE = 20_000

interface Waiting<S> extends IdentifiedStep<S> {
  readonly since: number
  readonly settle: (outcome: Outcome<unknown>) => void
}

interface Job<S> {
  readonly waiting: readonly Waiting<S>[]
  next: number
}

type Taken<S> = Map<string, Waiting<S>[]>

export function createWriteQueue<S>(apply: Apply<S>): WriteQueue<S> {
  const jobs: Job<S>[] = []
  /** Those whose turn has come before that of any job. */
  let first: Waiting<S>[] = []
  /** What is under way, by id, and what waits behind it. */
  const busy = new Map<string, Waiting<S>[]>()
  const idle: (() => void)[] = []
  let underWay = 0
  let scheduled = false

  const schedule = (): void => {
    if (scheduled) return
    scheduled = true
    setImmediate(drain)
  }
  const drain = (): void => {
    scheduled = false
    while (underWay < AT_ONCE && (first.length > 0 || jobs.length > 0)) begin(takeNext())
    if (isIdle()) for (const resolve of idle.splice(0)) resolve()
  }
  const takeNext = (): Taken<S> => {
    const waited = first
    first = []
    return take(jobs, waited, first, busy)
  }
  const isIdle = (): boolean => busy.size === 0 && first.length === 0 && jobs.length === 0
  const begin = (taken: Taken<S>): void => {
    if (taken.size === 0) return
    for (const id of taken.keys()) busy.set(id, [])
    underWay++
    void attend(taken)
  }
  const attend = async (taken: Taken<S>): Promise<void> => {
    const outcomes = await attempt(apply, taken)
    underWay--
    for (const [id, all] of taken) {
      const left = settle(all, outcomes.get(id))
      if (left.length > 0) void again(id, left, 1)
      else release(id)
    }
    schedule()
  }
  const release = (id: string): void => {
    // Before the others: what of the id was not taken with what has ended stands there as well, and comes after it.
    first = [...(busy.get(id) ?? []), ...first]
    busy.delete(id)
    schedule()
  }
  /** By itself, as long as others change the same. */
  const again = async (id: string, all: readonly Waiting<S>[], collisions: number): Promise<void> => {
    const left = all.filter(isInTime)
    if (left.length === 0) return release(id)
    await pause(Math.random() * Math.min(2 ** collisions, PAUSE))
    const rest = settle(left, (await attempt(apply, new Map([[id, left]]))).get(id))
    if (rest.length > 0) return again(id, rest, rest.length < left.length ? 1 : collisions + 1)
    release(id)
  }
  return {
    run: (steps) => {
      const since = performance.now()
      const waiting: Waiting<S>[] = []
      const ended = steps.map(
        (each) => new Promise<Outcome<unknown>>((end) => waiting.push({ ...each, since, settle: end })),
      )
      if (waiting.length > 0) jobs.push({ waiting, next: 0 })
      schedule()
      return Promise.all(ended)
    },
    drained: () => new Promise((resolve) => (isIdle() ? resolve() : idle.push(resolve))),
  }
}

/** Takes from each job in turn what is not behind something of the same id. Leaves in `rest` what it has no room for. */
function take<S>(
  jobs: Job<S>[],
  first: readonly Waiting<S>[],
  rest: Waiting<S>[],
  busy: Map<string, Waiting<S>[]>,
): Taken<S> {
  const taken: Taken<S> = new Map()
  let left = MOST
  const add = (waiting: Waiting<S>): void => {
    const behind = busy.get(waiting.id)
    const before = behind ?? taken.get(waiting.id)
    if (before === undefined) taken.set(waiting.id, [waiting])
    else before.push(waiting)
    if (behind === undefined) left--
  }
  for (const waiting of first) {
    if (left > 0) add(waiting)
    else rest.push(waiting)
  }
  if (rest.length > 0) return taken
  for (let job = left > 0 ? jobs.shift() : undefined; job !== undefined; job = left > 0 ? jobs.shift() : undefined) {
    for (const waiting of job.waiting.slice(job.next, job.next + SLICE)) add(waiting)
    job.next += SLICE
    if (job.next < job.waiting.length) jobs.push(job)
  }
  return taken
}

async function attempt<S>(apply: Apply<S>, taken: ReadonlyMap<string, readonly Waiting<S>[]>) {
  const group = new Map([...taken].map(([id, all]) => [id, all.map(({ step }) => step)]))
  return apply(group).catch((error: unknown) => {
    const failure: Outcome<unknown> = { ok: false, error }
    return new Map([...taken].map(([id, all]) => [id, all.map(() => failure)]))
  })
}

/** Returns those that have no outcome. */
function settle<S>(all: readonly Waiting<S>[], outcomes: readonly Outcome<unknown>[] = []): readonly Waiting<S>[] {
  for (const [i, outcome] of outcomes.entries()) all[i]?.settle(outcome)
  return all.slice(outcomes.length)
}

/** Gives up what has tried for too long. */
function isInTime<S>(waiting: Waiting<S>): boolean {
  if (performance.now() - waiting.since < PATIENCE) return true
  waiting.settle({ ok: false, error: new StoreUnavailable(new Error('others changed the same all the time')) })
  return false
}
