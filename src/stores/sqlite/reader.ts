/** The event loop's side of the reader thread. */

import { Worker } from 'node:worker_threads'
import { Problem } from '../../core/model/problems.ts'
import type { Log } from '../../ports/call.ts'
import type { WalkStep } from '../../ports/store.ts'
import { tookTooLong } from '../common/took-too-long.ts'
import type { HistoryAnswer } from './history/steps.ts'
import type {
  Asked,
  FromReader,
  ReaderAnswer,
  ReaderHistory,
  ReaderQuery,
  ReaderWalk,
  ToReader,
} from './reader-messages.ts'

export interface Reader {
  /** Rejects with what the query throws, and with TooComplexQuery where the signal ends before it is answered. */
  run(asked: ReaderQuery, signal: AbortSignal): Promise<ReaderAnswer>
  /** A step of a walk; rejects as `run` does. */
  walk(asked: ReaderWalk, signal: AbortSignal): Promise<WalkStep>
  /** What is asked of evolutions; rejects as `run` does. */
  history(asked: ReaderHistory, signal: AbortSignal): Promise<HistoryAnswer>
  close(): Promise<void>
}

type Found = ReaderAnswer | WalkStep | HistoryAnswer

interface Waiting {
  resolve(answer: Found): void
  reject(error: unknown): void
}

/** A thread runs JavaScript only: from the sources, that of the last build. */
const SCRIPT = new URL(
  import.meta.url.endsWith('.ts') ? '../../../dist/stores/sqlite/reader-thread.js' : './reader-thread.js',
  import.meta.url,
)

/** The thread is started when it is first needed, and again when it is needed after it has ended. */
export function createReader(log: Log, script: URL = SCRIPT): Reader {
  /** What the thread of now has been asked. */
  const waiting = new Map<number, Waiting>()
  let worker: Worker | undefined
  let closed = false
  let last = 0

  const rejectAll = (error: Error): void => {
    for (const { reject } of waiting.values()) reject(error)
    waiting.clear()
  }
  const start = (): Worker => {
    const started = new Worker(script)
    const fail = (cause: unknown): void => {
      // It was closed, or this has been said already: after its error comes its exit.
      if (worker !== started) return
      worker = undefined
      log.error({ error: cause }, 'the reader thread failed')
      rejectAll(new Error('the reader thread failed', { cause }))
    }
    started.unref()
    started.on('message', (message: FromReader) => settle(waiting, message))
    started.on('error', fail)
    started.on('exit', (code) => fail(new Error(`it ended with code ${code}`)))
    started.on('messageerror', (error) => {
      fail(error)
      void started.terminate()
    })
    return started
  }
  const ask = async (asked: Asked, signal: AbortSignal): Promise<Found> => {
    if (signal.aborted) throw tookTooLong()
    if (closed) throw storeClosed()
    worker ??= start()
    const thread = worker
    const job = ++last
    thread.postMessage({ ...asked, job })
    return answered(waiting, job, signal, () => thread.postMessage({ kind: 'cancel', job }))
  }
  // The thread answers in kind.
  return {
    run: async (asked, signal) => (await ask({ kind: 'query', asked }, signal)) as ReaderAnswer,
    walk: async (asked, signal) => (await ask({ kind: 'walk', asked }, signal)) as WalkStep,
    history: async (asked, signal) => (await ask({ kind: 'history', asked }, signal)) as HistoryAnswer,
    close: async () => {
      closed = true
      const ending = worker
      worker = undefined
      rejectAll(storeClosed())
      if (ending !== undefined) await end(ending)
    },
  }
}

/** Milliseconds for the statement that the thread is in the midst of. */
const LAST_STATEMENT_MS = 30_000

/** Ended from outside in the midst of a statement it would take the process with it: SQLite's binding aborts then. */
async function end(thread: Worker): Promise<void> {
  thread.ref()
  const ended = new Promise((resolve) => thread.once('exit', resolve))
  const late = setTimeout(() => thread.terminate(), LAST_STATEMENT_MS)
  const message: ToReader = { kind: 'end' }
  thread.postMessage(message)
  await ended
  clearTimeout(late)
}

/** `cancel`: what is to be done where the signal ends before the job is settled. */
function answered(waiting: Map<number, Waiting>, job: number, signal: AbortSignal, cancel: () => void): Promise<Found> {
  return new Promise((resolve, reject) => {
    const giveUp = (): void => {
      waiting.delete(job)
      cancel()
      reject(tookTooLong())
    }
    const settling =
      <T>(end: (value: T) => void) =>
      (value: T): void => {
        signal.removeEventListener('abort', giveUp)
        end(value)
      }
    signal.addEventListener('abort', giveUp, { once: true })
    waiting.set(job, { resolve: settling(resolve), reject: settling(reject) })
  })
}

function settle(waiting: Map<number, Waiting>, message: FromReader): void {
  const waits = waiting.get(message.job)
  waiting.delete(message.job)
  if (message.kind === 'answer') waits?.resolve(message.answer)
  else waits?.reject(errorOf(message))
}

function errorOf(message: Exclude<FromReader, { kind: 'answer' }>): Error {
  if (message.kind === 'failure') return new Error(`a query failed in the reader thread: ${message.message}`)
  const { kind, detail, at } = message.problem
  return new Problem(kind, detail, at)
}

function storeClosed(): Error {
  return new Error('the store is closed')
}
