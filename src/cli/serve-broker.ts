/** A process that serves: the only one, or a worker. */

import type { RunningBroker } from '../broker.ts'
import { type Config, ConfigError } from '../config/config.ts'
import { createLogger } from '../observability/logger.ts'
import type { Log } from '../ports/call.ts'
import { tellReady, workerId } from '../workers/worker.ts'
import { exitForSettings } from './configured.ts'
import { endOnFault, type FaultLog } from './end-on-fault.ts'
import { sayReady } from './say-ready.ts'
import { explainStartFailure } from './start-failure.ts'
import { untilEnded, untilToldToEnd } from './until-ended.ts'

/** Runs until it is told to end; ends the process as {@link serve} says. */
export async function serveAlone(config: Config): Promise<void> {
  const log = await createLogger(config.log)
  endOnFault(log)
  // Before the start, so that a signal during it is not lost.
  const ended = untilEnded()
  const broker = await startOrExit(config, log, ended)
  sayReady(broker, config, log)
  log.info(`${await ended}: answering what is under way`)
  await broker.close()
  log.info('Boya has ended')
  process.exit(0)
}

/** The same, where another process started it and says for all workers what is to be said. */
export async function serveAsWorker(config: Config): Promise<void> {
  const log = (await createLogger(config.log)).child({ worker: workerId() })
  endOnFault(log)
  const ended = untilToldToEnd()
  const { url, store, close } = await startOrExit(config, log, ended)
  tellReady({ kind: 'ready', url, store })
  await ended
  await close()
  process.exit(0)
}

/** A start that waits for a database is ended by who ends the process, which has nothing under way then. */
async function startOrExit(config: Config, log: Log & FaultLog, ended: Promise<unknown>): Promise<RunningBroker> {
  const { startBroker } = await import('../broker.ts')
  const ending = new AbortController()
  ended.then(() => ending.abort())
  return startBroker(config, { log, signal: ending.signal }).catch((error: Error) => {
    if (ending.signal.aborted) return process.exit(0)
    if (error instanceof ConfigError) return exitForSettings(error)
    log.fatal({ error }, `Boya cannot start: ${explainStartFailure(error)}`)
    return process.exit(1)
  })
}
