/** A whole load: sources → elements → batches → a broker. Memory is bounded by the batches under way, not by the files. */

import { readFile } from 'node:fs/promises'
import { CommandError, reasonOf } from '../command-error.ts'
import { createProgress, type Terminal } from '../progress.ts'
import { createBrokerClient, type Target } from './broker-client.ts'
import { csvReader } from './csv/read-csv.ts'
import { checkTimes, readCsvMap } from './csv/read-csv-map.ts'
import { createLoader, type Loader } from './loader.ts'
import { type Reader, readJson } from './readers.ts'
import { createRefusalFile } from './refusals.ts'
import type { Counts, LoadMode } from './sinks.ts'
import { openSource, type Source } from './source.ts'

export interface LoadOptions {
  readonly url: string
  readonly tenant: string | undefined
  /** URL, or file that the broker is given to host. */
  readonly context: string | undefined
  /** Entities, or instances, in one request at most. */
  readonly batch: number | undefined
  readonly mode: LoadMode
  /** File that says what the columns of the sources mean; without it they are JSON. */
  readonly csvMap?: string | undefined
  /** Where the file of refusals goes. */
  readonly folder: string
  /** Where progress is shown. */
  readonly output: Terminal
}

export interface LoadResult extends Counts {
  readonly refused: number
  readonly refusedPath: string | undefined
  /** How what was refused is to be loaded, where it can be told. */
  readonly advice: string | undefined
  /** URL of the @context that was given to entities without one. */
  readonly context: string | undefined
  /** Why it ended before all was read. */
  readonly stoppedBy: CommandError | undefined
}

/** Throws CommandError where it could not begin; what stops it later is in the result. */
export async function runLoad(names: readonly string[], options: LoadOptions): Promise<LoadResult> {
  const reader = await readerFor(options)
  const sources = await Promise.all(names.map(openSource))
  const target: Target = { url: options.url, tenant: options.tenant }
  await createBrokerClient(target).check()
  const context = options.context === undefined ? undefined : await contextUrl(target, options.context)
  const client = createBrokerClient({ ...target, ...(context !== undefined && { context }) })
  const refusals = createRefusalFile(options.folder)
  const progress = await createProgress(totalOf(sources), options.output)
  const loader = createLoader(client, options, reader, refusals, progress)
  const stoppedBy = await loadAll(loader, sources)
  progress.stop()
  refusals.close()
  return { ...loader.loaded(), refused: refusals.count, refusedPath: refusals.path, context, stoppedBy }
}

async function readerFor({ csvMap, mode }: LoadOptions): Promise<Reader> {
  if (csvMap === undefined) return readJson
  const map = await readCsvMap(csvMap)
  if (mode === 'history') checkTimes(csvMap, map)
  return csvReader(map, mode === 'history')
}

/** What was read before something went wrong is stored nevertheless. */
async function loadAll(loader: Loader, sources: readonly Source[]): Promise<CommandError | undefined> {
  let stoppedBy: CommandError | undefined
  const attempt = (step: Promise<void>) =>
    step.catch((error) => {
      if (!(error instanceof CommandError)) throw error
      stoppedBy ??= error
    })
  for (const source of sources) if (stoppedBy === undefined) await attempt(loader.load(source))
  await attempt(loader.finish())
  return stoppedBy
}

async function contextUrl(target: Target, context: string): Promise<string> {
  if (/^https?:\/\//.test(context)) return context
  const document = await readFile(context, 'utf8').catch((error) => {
    throw new CommandError(`${context} cannot be read: ${reasonOf(error)}`, error)
  })
  return createBrokerClient(target).hostContext(document)
}

function totalOf(sources: readonly Source[]): number | undefined {
  const sizes = sources.map(({ size }) => size ?? Number.NaN)
  const total = sizes.reduce((sum, size) => sum + size, 0)
  return Number.isNaN(total) ? undefined : total
}
