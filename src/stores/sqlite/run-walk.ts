/** Where a step of a walk is taken: what an index bounds in place, what may take long in the reader thread. */

import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Call } from '../../ports/call.ts'
import type { WalkStep } from '../../ports/store.ts'
import { tookTooLong } from '../common/took-too-long.ts'
import type { Database } from './database.ts'
import { READ_IN_PLACE } from './plan.ts'
import type { Reader } from './reader.ts'
import { beginWalk, type Walk } from './walks.ts'

/** Microseconds that a step may take the event loop, as planned. */
const IN_PLACE = 2_000
/** Milliseconds after which it is another's turn, or what was planned was wrong. */
const TURN_MS = 4

interface Running {
  /** What the reader opens; undefined for a database in memory, which only its own connection sees. */
  readonly path: string | undefined
  readonly reader: Reader
}

/** Throws TooComplexQuery where the signal of the call ends before the step is taken. */
export async function runWalk(
  database: Database,
  call: Call,
  walk: Walk,
  { path, reader }: Running,
): Promise<WalkStep> {
  const signal = call.signal()
  if (path === undefined) return inTurns(database, walk, signal)
  const step = await database.reads.run(() => inPlace(database, walk))
  return step ?? reader.walk({ ...walk, path }, signal)
}

/** Undefined where it would take too long. */
function inPlace(database: Database, walk: Walk): WalkStep | undefined {
  const { cost, steps } = beginWalk(database, walk, READ_IN_PLACE)
  return cost > IN_PLACE ? undefined : oneTurn(steps)
}

/** An entity that is changed between the turns is judged as it is at its turn. */
async function inTurns(database: Database, walk: Walk, signal: AbortSignal): Promise<WalkStep> {
  const { steps } = beginWalk(database, walk)
  for (;;) {
    const step = oneTurn(steps)
    if (step !== undefined) return step
    await nextTurn()
    if (signal.aborted) throw tookTooLong()
  }
}

/** Undefined where there is more to do than fits into a turn. */
function oneTurn(steps: Generator<void, WalkStep>): WalkStep | undefined {
  const end = performance.now() + TURN_MS
  do {
    const { done, value } = steps.next()
    if (done) return value
  } while (performance.now() < end)
  return undefined
}
