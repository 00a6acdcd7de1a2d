/** A process that serves nothing itself: it starts the workers, says that they are ready, and tells them to end. */

import type { Config } from '../config/config.ts'
import { createLogger } from '../observability/logger.ts'
import { keepWorkers, WorkersFailed } from '../workers/keep-workers.ts'
import { endOnFault, type FaultLog } from './end-on-fault.ts'
import { sayReady } from './say-ready.ts'
import { untilEnded } from './until-ended.ts'

/** Runs until it is told to end; ends the process as a single one would be ended, with its exit codes. */
export async function serveWithWorkers(config: Config): Promise<void> {
  const log = await createLogger(config.log)
  endOnFault(log)
  const told = untilEnded()
  const workers = keepWorkers(config.workers, log)
  // Whatever ends this process: none of them serves on without it.
  process.on('exit', workers.kill)
  const ended = workers.ended.catch((error: unknown) => exitWith(error, log))
  // Where it rejects, so does `ended`.
  workers.ready.then(
    (ready) => ready && sayReady(ready, config, log),
    () => undefined,
  )
  told.then((signal) => {
    log.info(`${signal}: answering what is under way`)
    workers.end()
  })
  const allWell = await ended
  log.info('Boya has ended')
  process.exit(allWell ? 0 : 1)
}

/** A worker that ended by itself has said why. */
function exitWith(error: unknown, log: FaultLog): never {
  if (!(error instanceof WorkersFailed)) throw error
  if (error.end.code === null) log.fatal({ error }, `Boya ends: ${error.message}`)
  process.exit(error.end.code || 1)
}
