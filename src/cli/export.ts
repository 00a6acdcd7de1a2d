/** `boya export` */

import type { Call } from '../ports/call.ts'
import type { Store } from '../ports/store.ts'
import { CommandError } from './command-error.ts'
import { isStoreThere, openedStore, orSayWhyNot, settings, whereOf } from './opened-store.ts'
import { type Output, openOutput } from './output.ts'
import { createProgress, type Terminal } from './progress.ts'
import { type Exported, exportStore } from './transfer/export-store.ts'
import { type Counts, NONE } from './transfer/line.ts'
import { TransferError } from './transfer/transfer-error.ts'

export interface ExportArguments {
  /** All where it is absent. */
  readonly tenant?: string
  /** A file, or - for standard output. */
  readonly output: string
}

/** Ends with 0 where all is written, 2 where it could not be done. */
export function exportCommand(given: ExportArguments): Promise<void> {
  return orSayWhyNot('export', async () => {
    const config = settings()
    if (!(await isStoreThere(config)))
      throw new CommandError(`there is no store at ${whereOf(config)}; name the one that is meant with BOYA_STORE`)
    const started = Date.now()
    const { store, callIn } = await openedStore(config)
    try {
      const counts = await runExport(store, callIn, given, process.stderr)
      process.stderr.write(summary(counts, Date.now() - started))
    } finally {
      await store.close()
    }
  })
}

/** Throws CommandError or TransferError where it cannot be done; a file that was there before is still there then. */
export async function runExport(
  store: Store,
  callIn: (tenant: string) => Call,
  { tenant, output: name }: ExportArguments,
  terminal: Terminal,
): Promise<Counts> {
  const tenants = tenant === undefined ? ['', ...(await store.tenants.list()).toSorted()] : [tenant]
  if (tenant !== undefined && !(await store.tenants.exists(tenant)))
    throw new TransferError(`there is no Tenant ${JSON.stringify(tenant)} in ${store.description}`)
  const exported: Exported = { store, clock: Date, tenants, whole: tenant === undefined, callIn }
  const output = await openOutput(name)
  try {
    const counts = await writeAll(exported, output, terminal)
    await output.finish()
    return counts
  } catch (error) {
    await output.abandon()
    throw error
  }
}

async function writeAll(exported: Exported, output: Output, terminal: Terminal): Promise<Counts> {
  const progress = await createProgress(await totalOf(exported), terminal)
  let counts = NONE
  try {
    for await (const part of exportStore(exported)) {
      await output.write(part.text)
      counts = part.counts
      progress.show({ done: counts.entities, ...counts, instances: part.instances })
    }
  } finally {
    progress.stop()
  }
  return counts
}

/** Tenants whose entities are counted beforehand: each is a database to be opened. */
const COUNTED_TENANTS = 100

async function totalOf({ store, tenants, callIn }: Exported): Promise<number | undefined> {
  if (tenants.length > COUNTED_TENANTS) return undefined
  const counts = await Promise.all(tenants.map((tenant) => store.entities.count(callIn(tenant))))
  return counts.reduce((sum, count) => sum + count, 0)
}

function summary({ tenants, contexts, entities, evolutions, subscriptions }: Counts, ms: number): string {
  const counts = `Tenants: ${tenants}; @contexts: ${contexts}; entities: ${entities}; evolutions: ${evolutions}; subscriptions: ${subscriptions}`
  return `${counts}; exported in ${(ms / 1000).toFixed(1)} s\n`
}
