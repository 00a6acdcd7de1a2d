/** `boya load` */

import { ConfigError, loadConfig } from '../config/config.ts'
import { environment } from '../config/env.ts'
import { localUrl } from '../config/local-url.ts'
import { redact } from '../observability/redact.ts'
import { CommandError } from './command-error.ts'
import { type LoadResult, runLoad } from './load/run-load.ts'
import type { LoadMode } from './load/sinks.ts'

interface LoadArguments {
  readonly url?: string
  readonly tenant?: string
  readonly context?: string
  readonly batch?: number
  readonly mode: LoadMode
  readonly csvMap?: string
}

/** Ends with 0 where all was stored, 1 where something was refused, 2 where it could not be done. */
export async function load(sources: readonly string[], given: LoadArguments): Promise<void> {
  try {
    const { tenant, context, batch, mode, csvMap } = given
    const url = brokerUrl(given.url)
    const options = { url, tenant, context, batch, mode, csvMap, folder: process.cwd(), output: process.stderr }
    const started = Date.now()
    const result = await runLoad(sources, options)
    process.stdout.write(summary(result, Date.now() - started, given))
    if (result.stoppedBy !== undefined) throw result.stoppedBy
    process.exitCode = result.refused > 0 ? 1 : 0
  } catch (error) {
    if (!(error instanceof CommandError || error instanceof ConfigError)) throw error
    process.stderr.write(`boya load: ${redact(error.message)}\n`)
    process.exitCode = 2
  }
}

function brokerUrl(given: string | undefined): string {
  if (given === undefined) {
    const { host, port } = loadConfig(environment())
    return localUrl(host, port === 0 ? 1026 : port)
  }
  if (!URL.canParse(given) || !/^https?:$/.test(new URL(given).protocol)) {
    throw new CommandError(`--url ${given} is no http or https URL; it looks like http://127.0.0.1:1026`)
  }
  return given.replace(/\/+$/, '').replace(/\/ngsi-ld(\/v1)?$/, '')
}

function summary(result: LoadResult, ms: number, { context, mode }: LoadArguments): string {
  const { refused, refusedPath, advice } = result
  const hosted =
    result.context !== undefined && result.context !== context
      ? `${context} is hosted by the broker now; next time: --context ${result.context}\n`
      : ''
  const why = refusedPath === undefined ? '' : `What was refused, and why: ${refusedPath}\n`
  const done = mode === 'history' ? historyDone(result) : entitiesDone(result)
  const counts = [...done, `${refused} refused`].join(', ')
  return `${hosted}${counts} in ${(ms / 1000).toFixed(1)} s\n${why}${advice === undefined ? '' : `${advice}\n`}`
}

function entitiesDone({ created, updated, stored }: LoadResult): readonly string[] {
  const unknown = stored > 0 ? [`${stored} created or updated`] : []
  return [`${created} created`, `${updated} updated`, ...unknown]
}

function historyDone({ created, instances }: LoadResult): readonly string[] {
  return [`${instances} instances stored`, `${created} histories begun`]
}
