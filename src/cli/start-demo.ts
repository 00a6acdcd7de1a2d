/** A broker on a temporary store, with a part of Santander in it. */

import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type RunningBroker, startBroker } from '../broker.ts'
import { createLogger } from '../observability/logger.ts'
import { configuredOrExit } from './configured.ts'
import { runLoad } from './load/run-load.ts'
import { localUrl } from './local-url.ts'

export interface Demo {
  readonly url: string
  /** URL of the @context of what was loaded. */
  readonly context: string
  /** Entities. */
  readonly loaded: number
  /** Ends the broker and removes the store. */
  close(): Promise<void>
}

const examples = fileURLToPath(new URL('../../examples/santander/', import.meta.url))
const files: readonly string[] = ['bus-stops', 'parking-sites', 'parking-spots', 'traffic']

/** `env` applies but for the store. Throws where the broker cannot start or the data cannot be loaded. */
export async function startDemo(env: Readonly<Record<string, string | undefined>>): Promise<Demo> {
  const folder = await mkdtemp(join(tmpdir(), 'boya-demo-'))
  let broker: RunningBroker | undefined
  const close = async () => {
    await broker?.close()
    await rm(folder, { recursive: true, force: true })
  }
  try {
    const config = configuredOrExit(await settingsOf(folder, env))
    broker = await startBroker(config, { log: await createLogger(config.log) })
    const url = localUrl(config.host, Number(new URL(broker.url).port))
    return { url, ...(await fill(url, folder)), close }
  } catch (error) {
    await close()
    throw error
  }
}

async function settingsOf(folder: string, env: Readonly<Record<string, string | undefined>>) {
  const port = env.BOYA_PORT ?? ((await isFree(1026, env.BOYA_HOST ?? '127.0.0.1')) ? '1026' : '0')
  const level = env.BOYA_LOG_LEVEL ?? 'warn'
  return { ...env, BOYA_STORE: `sqlite:${folder}`, BOYA_PORT: port, BOYA_LOG_LEVEL: level }
}

function isFree(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', () => resolve(false))
    probe.listen(port, host, () => probe.close(() => resolve(true)))
  })
}

async function fill(url: string, folder: string) {
  const { created, context, refused, stoppedBy } = await runLoad(
    files.map((name) => join(examples, `${name}.ndjson`)),
    {
      url,
      tenant: undefined,
      context: join(examples, 'context.jsonld'),
      batch: 500,
      mode: 'upsert',
      folder,
      output: process.stderr,
    },
  )
  if (stoppedBy !== undefined || context === undefined) throw stoppedBy ?? new Error('the @context was not hosted')
  if (refused > 0) throw new Error(`${refused} entities of the demo were refused`)
  return { context, loaded: created }
}
