/** A worker from its start to its end. */

import cluster from 'node:cluster'
import { closeWhatIsHandedOver } from './handed-over.ts'
import type { WorkerReady } from './messages.ts'

export interface WorkerEnd {
  /** Exit code; null where a signal ended it. */
  readonly code: number | null
  readonly signal: string | null
  /** Why there was no process at all. */
  readonly error?: Error
  readonly wasReady: boolean
  /** Since it was ready; 0 where it never was. */
  readonly servedMs: number
}

export interface WorkerLife {
  /** Another one for each that is started; its log lines have it. */
  readonly id: number
  readonly pid: number | undefined
  /** Undefined where it has ended before. */
  readonly ready: Promise<WorkerReady | undefined>
  readonly ended: Promise<WorkerEnd>
  signal(name: NodeJS.Signals): void
}

/**
 * Starts a process with the arguments of this one. Connections are handed to workers in turn: where they share what they
 * listen on, nine of ten connections may come to the same one, and stay there for as long as they are kept alive.
 */
export function startWorker(): WorkerLife {
  cluster.schedulingPolicy = cluster.SCHED_RR
  const worker = cluster.fork()
  closeWhatIsHandedOver(worker)
  let readySince: number | undefined
  const ended = new Promise<WorkerEnd>((resolve) => {
    const end = (how: Pick<WorkerEnd, 'code' | 'signal' | 'error'>): void => {
      const now = performance.now()
      resolve({ ...how, wasReady: readySince !== undefined, servedMs: now - (readySince ?? now) })
    }
    worker.once('exit', (code: number | null, signal: string | null) => end({ code, signal: signal || null }))
    // Another error is that a message did not reach one that is ending, and its exit follows.
    worker.on('error', (error) => worker.process.pid === undefined && end({ code: null, signal: null, error }))
  })
  const ready = new Promise<WorkerReady>((resolve) => {
    worker.once('message', (message: WorkerReady) => {
      readySince = performance.now()
      resolve(message)
    })
  })
  return {
    id: worker.id,
    pid: worker.process.pid,
    ready: Promise.race([ready, ended.then(() => undefined)]),
    ended,
    signal: (name) => worker.process.kill(name),
  }
}
