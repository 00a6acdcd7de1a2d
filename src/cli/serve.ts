/** `boya serve` */

import { performance } from 'node:perf_hooks'
import { startBroker } from '../broker.ts'
import { ConfigError, loadConfig, version } from '../config/config.ts'
import { environment } from '../config/env.ts'
import { createLogger } from '../observability/logger.ts'

/** sysexits.h: EX_CONFIG */
const WRONG_CONFIGURATION = 78

/** Runs until it is told to end; ends the process: 0 after a drain, 1 where it could not start or failed, 78 for settings. */
export async function serve(): Promise<void> {
  const config = configured()
  const log = createLogger(config.log)
  process.on('uncaughtException', (error) => fail(error))
  process.on('unhandledRejection', (error) => fail(error))
  const fail = (error: unknown): never => {
    log.fatal({ error }, 'Boya ends because of a fault of its own')
    process.exit(1)
  }
  const broker = await startBroker(config, { log }).catch((error: Error) => {
    log.fatal(`Boya cannot start: ${explain(error)}`)
    process.exit(1)
  })
  const readyMs = Math.round(performance.now())
  log.info(
    { url: broker.url, store: broker.store, version, readyMs },
    `Boya ${version} ready on ${broker.url} · store ${broker.store} · ${readyMs} ms`,
  )
  let ending = false
  const end = async (signal: string) => {
    if (ending) process.exit(1)
    ending = true
    log.info(`${signal}: answering what is under way`)
    await broker.close()
    log.info('Boya has ended')
    process.exit(0)
  }
  process.on('SIGTERM', end)
  process.on('SIGINT', end)
}

function configured() {
  try {
    return loadConfig(environment())
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    process.stderr.write(
      `Boya cannot start with these settings:\n${error.faults.map((fault) => `  ${fault}\n`).join('')}`,
    )
    return process.exit(WRONG_CONFIGURATION)
  }
}

function explain(error: NodeJS.ErrnoException): string {
  if (error.code === 'EADDRINUSE') return 'the port is taken; set BOYA_PORT to another one, or end what listens there'
  if (error.code === 'EACCES') return `${error.message}: this user may not`
  return error.message
}
