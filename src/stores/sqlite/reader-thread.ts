/**
 * The thread that answers what may take long, with connections of its own. Queries take turns of some milliseconds, so
 * that a slow one delays the others by its turns only. Each has a connection to itself: on a shared one it would see the
 * database as it was when the oldest of them began.
 */

import { parentPort } from 'node:worker_threads'
import { Problem } from '../../core/model/problems.ts'
import { type Answer, beginQuery, described, NOTHING } from './queries.ts'
import { type Connection, createConnections } from './reader-connections.ts'
import type { FromReader, ReaderQuery, ToReader } from './reader-messages.ts'

interface Job {
  readonly job: number
  readonly connection: Connection
  /** Milliseconds. */
  readonly planning: number
  readonly steps: Generator<void, Answer>
}

/** Milliseconds of a turn. */
const TURN_MS = 8
/** Queries under way at once: each has a connection. */
const MOST = 8

const connections = createConnections()
const waiting: { readonly job: number; readonly asked: ReaderQuery }[] = []
const running: Job[] = []
let scheduled = false

function send(message: FromReader): void {
  parentPort?.postMessage(message)
}

parentPort?.on('message', (message: ToReader) => {
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
    begin(begun.job, begun.asked)
  }
  if (running.length > 0) schedule()
}

function begin(job: number, asked: ReaderQuery): void {
  try {
    const connection = connections.take(asked.path)
    try {
      running.push(begunOn(connection, job, asked))
    } catch (error) {
      connections.give(connection)
      throw error
    }
  } catch (error) {
    sendError(job, error)
  }
}

function begunOn(connection: Connection, job: number, { query, now, maxBytes }: ReaderQuery): Job {
  connection.begin()
  const { planning, answer } = beginQuery(connection.database, query, now, { maxBytes })
  return { job, connection, planning, steps: answer }
}

/** Whether it is finished. Who waits is answered first, whatever becomes of the connection. */
function advance({ job, connection, planning, steps }: Job): boolean {
  try {
    const found = takeSteps(steps)
    if (found === undefined) return false
    sendAnswer(job, found, planning)
  } catch (error) {
    sendError(job, error)
  }
  connections.give(connection)
  return true
}

/** Undefined where there is more to do than fits into a turn. */
function takeSteps(steps: Job['steps']): Answer | undefined {
  const end = performance.now() + TURN_MS
  do {
    const step = steps.next()
    if (step.done) return step.value
  } while (performance.now() < end)
  return undefined
}

function sendAnswer(job: number, found: Answer, planning: number): void {
  const { rows, ...answer } = described(found, planning)
  send({ kind: 'answer', job, answer: { ...answer, rows: rows.flatMap((each) => ('row' in each ? [each.row] : [])) } })
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
  cancelled.steps.return(NOTHING)
  connections.give(cancelled.connection)
}
