/** A worker from its start to its end. */

import cluster from 'node:cluster'
import { closeWhatIsHandedOver } from './handed-over.ts'
import type { WorkerReady } from './messages.ts'

export interface WorkerEnd {
  /** Exit code; null where a signal ended it. */
  readonly code: number | null
  readonly signal: string | null
  readonly wasReady: boolean
  readonly livedMs: number
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
  const begun = performance.now()
  const worker = cluster.fork()
  closeWhatIsHandedOver(worker)
  let wasReady = false
  const ended = new Promise<WorkerEnd>((resolve) => {
    worker.once('exit', (code: number | null, signal: string | null) =>
      resolve({ code, signal: signal || null, wasReady, livedMs: performance.now() - begun }),
    )
  })
  const ready = new Promise<WorkerReady>((resolve) => {
    worker.once('message', (message: WorkerReady) => {
      wasReady = true
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
