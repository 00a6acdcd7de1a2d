/** The event loop's side of the reader thread. */

import { Worker } from 'node:worker_threads'
import { Problem } from '../../core/model/problems.ts'
import type { Log } from '../../ports/call.ts'
import type { FromReader, ReaderAnswer, ReaderQuery } from './reader-messages.ts'

export interface Reader {
  /** Rejects with what the query throws, and with TooComplexQuery where the signal ends before it is answered. */
  run(asked: ReaderQuery, signal: AbortSignal): Promise<ReaderAnswer>
  close(): Promise<void>
}

interface Waiting {
  resolve(answer: ReaderAnswer): void
  reject(error: unknown): void
}

/** A thread runs JavaScript only: from the sources, that of the last build. */
const SCRIPT = new URL(
  import.meta.url.endsWith('.ts') ? '../../../dist/stores/sqlite/reader-thread.js' : './reader-thread.js',
  import.meta.url,
)

/** The thread is started when it is first needed, and again after it has failed. */
export function createReader(log: Log): Reader {
  const waiting = new Map<number, Waiting>()
  let worker: Worker | undefined
  let last = 0

  const fail = (error: Error): void => {
    worker = undefined
    for (const { reject } of waiting.values()) reject(error)
    waiting.clear()
  }
  const start = (): Worker => {
    const started = new Worker(SCRIPT)
    started.unref()
    started.on('message', (message: FromReader) => settle(waiting, message))
    started.on('error', (error) => {
      log.error({ error }, 'the reader thread failed')
      fail(new Error('the reader thread failed', { cause: error }))
    })
    return started
  }
  return {
    run: (asked, signal) =>
      new Promise((resolve, reject) => {
        worker ??= start()
        const thread = worker
        const job = ++last
        const cancel = (): void => {
          waiting.delete(job)
          thread.postMessage({ kind: 'cancel', job })
          reject(tookTooLong())
        }
        if (signal.aborted) return reject(tookTooLong())
        signal.addEventListener('abort', cancel, { once: true })
        const done = (): void => signal.removeEventListener('abort', cancel)
        waiting.set(job, {
          resolve: (answer) => {
            done()
            resolve(answer)
          },
          reject: (error) => {
            done()
            reject(error)
          },
        })
        thread.postMessage({ kind: 'query', job, asked })
      }),
    close: async () => {
      await worker?.terminate()
      fail(new Error('the store is closed'))
    },
  }
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

/** 5.5.6: "When a query operation is so complex that cannot be resolved … TooComplexQuery." */
function tookTooLong(): Problem {
  return new Problem(
    'TooComplexQuery',
    'the query was not answered within the time for a request (BOYA_REQUEST_TIMEOUT); narrow it down: by type, by a value that few entities have, or by an area',
  )
}
