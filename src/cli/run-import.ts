/** A whole import: a file → lines → a store, or a rehearsal of it. */

import type { Config } from '../config/config.ts'
import type { JsonLimits } from '../core/model/json-text.ts'
import type { Call } from '../ports/call.ts'
import type { Store } from '../ports/store.ts'
import { CommandError } from './command-error.ts'
import { elementsIn } from './load/elements.ts'
import { createRefusalFile } from './load/refusals.ts'
import type { Source } from './load/source.ts'
import { createProgress, type Progress, type Terminal } from './progress.ts'
import { createHistoryRules } from './transfer/history-rules.ts'
import { createImporter, type Importer } from './transfer/importer.ts'
import { createRehearsal } from './transfer/rehearsal.ts'
import { createEntityCheck, type EntityCheck } from './transfer/restore-entity.ts'
import { createCarriedCheck } from './transfer/restore-subscription.ts'
import { type Tally, through } from './transfer/tally.ts'
import { createStoreTarget, type Target } from './transfer/target.ts'
import type { ImportRules } from './transfer/tenant-import.ts'
import { TransferError } from './transfer/transfer-error.ts'

export interface ImportArguments {
  /** Nothing is changed; what would be is told. */
  readonly dryRun?: boolean
  /** Into this Tenant, whatever the file says. */
  readonly tenant?: string
  /** Of the file this Tenant alone. */
  readonly only?: string
  /** What exists and differs becomes what it is in the file. */
  readonly replace?: boolean
}

interface Surroundings {
  readonly config: Config
  readonly store: Store
  callIn(tenant: string): Call
  /** Where the file of refusals goes. */
  readonly folder: string
  /** Where progress is shown. */
  readonly terminal: Terminal
}

export interface ImportResult extends Tally {
  readonly refusedPath: string | undefined
  /** Why it ended before all was read. */
  readonly stoppedBy: CommandError | TransferError | undefined
}

/** What stops it is in the result: what was taken before that is stored. */
export async function runImport(source: Source, given: ImportArguments, around: Surroundings): Promise<ImportResult> {
  const refusals = createRefusalFile(around.folder)
  const progress = await createProgress(source.size, around.terminal)
  const importer = createImporter({
    target: await targetOf(given, around),
    rules: await rulesOf(around.config),
    ...(given.only !== undefined && { only: given.only }),
    ...(given.tenant !== undefined && { into: given.tenant }),
    callIn: around.callIn,
    refused: (line, text, { kind, message }) =>
      refusals.add({ entity: { source: source.name, line, text }, problem: { title: kind, detail: message } }),
  })
  const stoppedBy = await takeAll(importer, source, progress)
  progress.stop()
  refusals.close()
  return { ...importer.tally(), refusedPath: refusals.path, stoppedBy }
}

async function targetOf({ dryRun = false, replace = false }: ImportArguments, around: Surroundings): Promise<Target> {
  const { config, store, callIn } = around
  const [check, checkSubscription] = await Promise.all([checkOf(config), createCarriedCheck(config.limits)])
  const options = {
    store,
    clock: Date,
    check,
    checkSubscription,
    replace,
    maxContexts: config.contexts.maxStored,
    callIn,
  }
  if (!dryRun) return createStoreTarget(options)
  return createRehearsal({ ...options, limits: config.limits })
}

/** Entities are judged as those that clients send. */
function checkOf({ limits }: Config): Promise<EntityCheck> {
  return createEntityCheck(decodeLimits(limits), limits.entityBytes)
}

function decodeLimits(limits: Config['limits']) {
  const { attributes, geometryVertices: vertices, idLength } = limits
  return { attributes, vertices, idLength, json: jsonOf(limits) }
}

/** So are @contexts, and what happened to entities. */
async function rulesOf({ limits, contexts, history }: Config): Promise<ImportRules> {
  return {
    contexts: { ...contexts, maxDepth: limits.jsonDepth, maxUrlLength: limits.idLength },
    json: jsonOf(limits),
    history: await createHistoryRules(decodeLimits(limits), history.rules),
  }
}

function jsonOf({ jsonDepth: depth, numberDigits: digits }: Config['limits']): JsonLimits {
  return { depth, digits }
}

/** What was taken before something went wrong is stored nevertheless. */
async function takeAll(importer: Importer, source: Source, progress: Progress): Promise<ImportResult['stoppedBy']> {
  let stoppedBy: ImportResult['stoppedBy']
  const attempt = (step: Promise<void>): Promise<void> =>
    step.catch((error) => {
      if (!(error instanceof CommandError || error instanceof TransferError)) throw error
      stoppedBy ??=
        error instanceof TransferError ? new TransferError(`${source.name}: ${error.message}`, error) : error
    })
  await attempt(takeLines(importer, source, progress))
  await attempt(importer.drain())
  return stoppedBy
}

async function takeLines(importer: Importer, source: Source, progress: Progress): Promise<void> {
  let done = 0
  const read = (bytes: number): void => {
    done += bytes
  }
  for await (const lines of elementsIn(source, read)) {
    for (const line of lines) await importer.take(line)
    progress.show({ done, ...through(importer.tally()) })
  }
  await importer.drain()
  importer.finish()
}
