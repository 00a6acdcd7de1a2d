/** `boya import` */

import type { Config } from '../config/config.ts'
import { openSource } from './load/source.ts'
import { isStoreThere, openedStore, orSayWhyNot, settings } from './opened-store.ts'
import { type ImportArguments, type ImportResult, runImport } from './run-import.ts'
import { NOT_RECORDED } from './transfer/not-recorded.ts'

/** Ends with 0 where all is stored, 1 where something was refused, 2 where it could not be done. */
export function importCommand(name: string, given: ImportArguments): Promise<void> {
  return orSayWhyNot('import', async () => {
    const config = settings()
    const isThere = await isStoreThere(config)
    const source = await openSource(name)
    const started = Date.now()
    // Before there is a store, a dry run is on an empty one.
    const { store, callIn } = await openedStore(given.dryRun && !isThere ? inMemory(config) : config, NOT_RECORDED)
    try {
      const around = { config, store, callIn, folder: process.cwd(), terminal: process.stderr }
      const result = await runImport(source, given, around)
      process.stdout.write(summary(result, Date.now() - started, given))
      if (result.stoppedBy !== undefined) throw result.stoppedBy
      process.exitCode = result.refused > 0 ? 1 : 0
    } finally {
      await store.close()
    }
  })
}

function inMemory(config: Config): Config {
  return { ...config, store: { kind: 'sqlite', directory: ':memory:', synchronous: 'normal' } }
}

function summary(result: ImportResult, ms: number, { dryRun }: ImportArguments): string {
  const {
    tenants,
    contexts,
    entities,
    evolutions,
    instances,
    summaries,
    retentions,
    subscriptions,
    refused,
    refusedPath,
    otherBroker,
  } = result
  const head = dryRun ? 'A dry run, nothing was written. There would be: ' : ''
  const counts = [
    `Tenants: ${tenants} made`,
    `@contexts: ${list(contexts)}`,
    `entities: ${list(entities)}`,
    ...some('evolutions', evolutions),
    ...some('instances', instances),
    ...some('summaries', summaries),
    ...some('rules of retention', retentions),
    `subscriptions: ${list(subscriptions)}`,
  ]
  const broker =
    otherBroker === undefined ? '' : `The broker on this store stays ${otherBroker}; the file has another's id.\n`
  const why = refusedPath === undefined ? '' : `What was refused, and why: ${refusedPath}\n`
  return `${head}${counts.join('; ')}; ${refused} refused, in ${(ms / 1000).toFixed(1)} s\n${broker}${why}`
}

/** Nothing where there are none. */
function some(name: string, numbers: Readonly<Record<string, number>>): readonly string[] {
  return Object.values(numbers).some((number) => number > 0) ? [`${name}: ${list(numbers)}`] : []
}

/** What was created always, the rest where it is not none; what differs is refused. */
function list(numbers: Readonly<Record<string, number>>): string {
  const some = Object.entries(numbers).filter(
    ([fate, number]) => (number > 0 && fate !== 'differs') || fate === 'created',
  )
  return some.map(([fate, number]) => `${number} ${fate}`).join(', ')
}
