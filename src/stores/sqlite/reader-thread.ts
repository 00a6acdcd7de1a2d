/**
 * The thread that answers what may take long, with connections of its own. Queries take turns of some milliseconds, so
 * that a slow one delays the others by its turns only. Each has a connection to itself: on a shared one it would see the
 * database as it was when the oldest of them began.
 */

import { parentPort } from 'node:worker_threads'
import { Problem } from '../../core/model/problems.ts'
import type { WalkStep } from '../../ports/store.ts'
import type { Queried } from './database.ts'
import { type HistoryAnswer, historySteps } from './history/steps.ts'
import { beginQuery, described } from './queries.ts'
import { type Connection, createConnections } from './reader-connections.ts'
import type { Asked, FromReader, ReaderAnswer, ReaderQuery, ToReader } from './reader-messages.ts'
import { beginWalk } from './walks.ts'

/** Undefined where it was given up. */
type Steps = Generator<void, ReaderAnswer | WalkStep | HistoryAnswer | undefined>

interface Job {
  readonly job: number
  readonly connection: Connection
  readonly steps: Steps
}

/** Milliseconds of a turn. */
const TURN_MS = 8
/** Queries under way at once: each has a connection. */
const MOST = 8

const connections = createConnections()
const waiting: (Asked & { readonly job: number })[] = []
const running: Job[] = []
let scheduled = false

function send(message: FromReader): void {
  parentPort?.postMessage(message)
}

parentPort?.on('message', (message: ToReader) => {
  if (message.kind === 'end') return end()
  if (message.kind === 'cancel') cancel(message.job)
  else waiting.push(message)
  schedule()
})

function schedule(): void {
  if (scheduled) return
  scheduled = true
  setImmediate(takeTurn)
}

/** The messages that have come meanwhile are read between turns. */
function takeTurn(): void {
  scheduled = false
  const next = running.shift()
  if (next !== undefined && !advance(next)) running.push(next)
  while (running.length < MOST) {
    const begun = waiting.shift()
    if (begun === undefined) break
    begin(begun.job, begun)
  }
  if (running.length > 0) schedule()
}

function begin(job: number, asked: Asked): void {
  try {
    const connection = connections.take(asked.asked.path)
    running.push({ job, connection, steps: stepsOf(connection, asked) })
  } catch (error) {
    sendError(job, error)
  }
}

/** Nothing happens before the first step: what fails then is told as what fails later. */
function* stepsOf(connection: Connection, { kind, asked }: Asked): Steps {
  connection.begin()
  if (kind === 'query') return yield* querySteps(connection.database, asked)
  if (kind === 'history') return yield* historySteps(connection.database, asked.asked)
  return yield* beginWalk(connection.database, asked).steps
}

function* querySteps(database: Queried, { query, now, maxBytes }: ReaderQuery): Generator<void, ReaderAnswer> {
  const { planning, answer } = beginQuery(database, query, now, { maxBytes })
  const { rows, ...found } = described(yield* answer, planning)
  return { ...found, rows: rows.flatMap((each) => ('row' in each ? [each.row] : [])) }
}

/** Whether it is finished. Who waits is answered first, whatever becomes of the connection. */
function advance({ job, connection, steps }: Job): boolean {
  try {
    const { done, value } = takeSteps(steps)
    if (!done) return false
    if (value !== undefined) send({ kind: 'answer', job, answer: value })
  } catch (error) {
    sendError(job, error)
  }
  connections.give(connection)
  return true
}

/** The last of the steps that fit into a turn. */
function takeSteps(steps: Steps): ReturnType<Steps['next']> {
  const end = performance.now() + TURN_MS
  let step = steps.next()
  while (!step.done && performance.now() < end) step = steps.next()
  return step
}

function sendError(job: number, error: unknown): void {
  if (error instanceof Problem) {
    send({ kind: 'problem', job, problem: { kind: error.kind, detail: error.detail, at: error.at } })
  } else {
    send({ kind: 'failure', job, message: error instanceof Error ? (error.stack ?? error.message) : String(error) })
  }
}

function cancel(job: number): void {
  const queued = waiting.findIndex((each) => each.job === job)
  if (queued !== -1) waiting.splice(queued, 1)
  const at = running.findIndex((each) => each.job === job)
  const [cancelled] = at === -1 ? [] : running.splice(at, 1)
  if (cancelled === undefined) return
  // Ends the statements under way.
  cancelled.steps.return(undefined)
  connections.give(cancelled.connection)
}

/** Nothing keeps the thread after this. */
function end(): void {
  waiting.length = 0
  for (const { job } of running.slice()) cancel(job)
  connections.close()
  parentPort?.close()
}
