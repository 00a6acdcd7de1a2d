/** What a worker knows of the process that started it. */

import cluster from 'node:cluster'
import type { WorkerReady } from './messages.ts'

/** The number of this worker, which no other has had; undefined where this process is none. */
export function workerId(): number | undefined {
  return cluster.worker?.id
}

/** Connections come from now on. */
export function tellReady(ready: WorkerReady): void {
  process.send?.(ready)
}
