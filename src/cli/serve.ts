/** `boya serve` */

import { performance } from 'node:perf_hooks'
import { ConfigError, version } from '../config/config.ts'
import { environment } from '../config/env.ts'
import { createLogger } from '../observability/logger.ts'
import { configuredOrExit, exitForSettings } from './configured.ts'
import { explainStartFailure } from './start-failure.ts'
import { untilEnded } from './until-ended.ts'

/**
 * Runs until it is told to end; ends the process: 0 after a drain, 1 where it could not start or failed, 78 for settings,
 * 69 where the default @context could not be had.
 */
export async function serve(): Promise<void> {
  const config = configuredOrExit(environment())
  const log = await createLogger(config.log)
  const fail = (error: unknown): never => {
    log.fatal({ error }, 'Boya ends because of a fault of its own')
    process.exit(1)
  }
  process.on('uncaughtException', fail)
  process.on('unhandledRejection', fail)
  // Before the start, so that a signal during it is not lost.
  const ended = untilEnded()
  const { startBroker } = await import('../broker.ts')
  const broker = await startBroker(config, { log }).catch((error: Error) => {
    if (error instanceof ConfigError) return exitForSettings(error)
    log.fatal({ error }, `Boya cannot start: ${explainStartFailure(error)}`)
    return process.exit(1)
  })
  const readyMs = Math.round(performance.now())
  log.info(
    { url: broker.url, store: broker.store, version, readyMs },
    `Boya ${version} ready on ${broker.url} · store ${broker.store} · ${readyMs} ms`,
  )
  log.info(`${await ended}: answering what is under way`)
  await broker.close()
  log.info('Boya has ended')
  process.exit(0)
}
