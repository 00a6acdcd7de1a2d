/** A broker on a temporary store, with a part of Santander in it. */

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type RunningBroker, startBroker } from '../broker.ts'
import { type Config, loadConfig } from '../config/config.ts'
import { createLogger } from '../observability/logger.ts'
import { type LoadOptions, runLoad } from './load/run-load.ts'
import { type Position, readPositions } from './replay/positions.ts'

export interface Demo {
  readonly url: string
  /** URL of the @context of what was loaded. */
  readonly context: string
  /** Entities. */
  readonly loaded: number
  /** Bicycle stations with a history. */
  readonly stations: number
  /** Ends the broker and removes the store. */
  close(): Promise<void>
}

const examples = fileURLToPath(new URL('../../examples/santander/', import.meta.url))
const files: readonly string[] = ['bus-stops', 'parking-sites', 'parking-spots', 'traffic']

/** `env` applies but for the store. Throws ConfigError, and where the broker cannot start or the data cannot be loaded. */
export async function startDemo(env: Readonly<Record<string, string | undefined>>): Promise<Demo> {
  const folder = await mkdtemp(join(tmpdir(), 'boya-demo-'))
  let broker: RunningBroker | undefined
  const close = async () => {
    await broker?.close()
    await rm(folder, { recursive: true, force: true })
  }
  try {
    const config = loadConfig({ ...env, BOYA_STORE: `sqlite:${folder}`, BOYA_LOG_LEVEL: env.BOYA_LOG_LEVEL || 'warn' })
    broker = await start(config, env.BOYA_PORT ? 'this port' : 'any port')
    return { url: broker.url, ...(await fill(broker.url, folder)), close }
  } catch (error) {
    await close()
    throw error
  }
}

/** Where the buses of the examples were. */
export const readBuses = (): Promise<readonly Position[]> => readPositions(join(examples, 'bus-positions.ndjson'))

/** Takes another port where the one of the settings is taken and nobody asked for it. */
async function start(config: Config, on: 'this port' | 'any port'): Promise<RunningBroker> {
  const log = await createLogger(config.log)
  return startBroker(config, { log }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EADDRINUSE' || on === 'this port') throw error
    return startBroker({ ...config, port: 0 }, { log })
  })
}

async function fill(url: string, folder: string) {
  const target = { url, tenant: undefined, folder, output: process.stderr, batch: undefined }
  const entities = await loaded(files, { ...target, context: join(examples, 'context.jsonld'), mode: 'upsert' })
  const stations = await loaded(['bike-stations-history'], { ...target, context: entities.context, mode: 'history' })
  return { context: entities.context, loaded: entities.created, stations: stations.created }
}

async function loaded(names: readonly string[], options: LoadOptions) {
  const sources = names.map((name) => join(examples, `${name}.ndjson`))
  const { created, context, refused, stoppedBy } = await runLoad(sources, options)
  if (stoppedBy !== undefined || context === undefined) throw stoppedBy ?? new Error('the @context was not hosted')
  if (refused > 0) throw new Error(`${refused} of the demo were refused`)
  return { created, context }
}
