/** Settings → the store that they name: the only file that knows which adapters there are. */

import type { Config } from './config/config.ts'
import { recordedBy } from './core/history/recording-rules.ts'
import type { Log } from './ports/call.ts'
import type { Clock } from './ports/clock.ts'
import type { HistoryPolicy } from './ports/history.ts'
import type { NoticeSource } from './ports/notices.ts'
import type { Store } from './ports/store.ts'

/** What the adapters have to be told besides the settings. */
interface Surroundings {
  readonly clock: Clock
  readonly log: Log
  /** What changes owe to subscribers; absent where nobody is to be told. */
  readonly notices?: NoticeSource
  /** What of changes is kept, in the place of what the settings say. */
  readonly history?: HistoryPolicy
  /** Kinds of documents that are left behind where those that are running are killed. */
  readonly ofRunning?: readonly string[]
}

/**
 * Opens the store that the settings name. Adapters are loaded when they are asked for, so that a start with one does not
 * wait for the other's driver. Throws an Error that says what is wrong where the store cannot be opened.
 */
export async function openStore(
  { store, limits, history, workers }: Config,
  surroundings: Surroundings,
): Promise<Store> {
  const { tenantLength, tenants, entityBytes, pageBytes } = limits
  const kept = { isRecorded: recordedBy(history.rules), afterDeletion: history.afterDeletion }
  const options = { tenantLength, tenants, entityBytes, pageBytes, history: kept, ...surroundings }
  if (store.kind === 'mongo') {
    const { openMongoStore } = await import('./stores/mongo/open.ts')
    return openMongoStore({ ...options, uri: store.uri, requestMs: limits.requestMs })
  }
  const { openSqliteStore } = await import('./stores/sqlite/open.ts')
  const { directory, synchronous } = store
  return openSqliteStore({ ...options, directory, synchronous, shared: workers > 1 })
}

/** What can be told of a store without opening it, which may make it. */
export interface StoreSite {
  readonly exists: boolean
  /** Whether it outlives the process. */
  readonly lasts: boolean
}

/** Looks where the settings lead to, and changes nothing there. Throws an Error that says why nothing can be told. */
export async function lookAtStore({ store }: Pick<Config, 'store'>): Promise<StoreSite> {
  if (store.kind === 'mongo') {
    const { lookAtMongo } = await import('./stores/mongo/site.ts')
    return lookAtMongo(store.uri)
  }
  const { lookAtSqlite } = await import('./stores/sqlite/site.ts')
  return lookAtSqlite(store.directory)
}
