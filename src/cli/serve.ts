/** `boya serve` */

import { environment } from '../config/env.ts'
import { workerId } from '../workers/worker.ts'
import { configuredOrExit } from './configured.ts'
import { serveAlone, serveAsWorker } from './serve-broker.ts'

/**
 * Runs until it is told to end; ends the process: 0 after a drain, 1 where it could not start or failed, 78 for settings,
 * 69 where the default @context could not be had.
 */
export async function serve(): Promise<void> {
  const config = configuredOrExit(environment())
  if (config.workers === 1) return serveAlone(config)
  if (workerId() !== undefined) return serveAsWorker(config)
  const { serveWithWorkers } = await import('./serve-workers.ts')
  return serveWithWorkers(config)
}
