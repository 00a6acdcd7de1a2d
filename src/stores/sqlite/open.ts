/** The embedded store: a SQLite database per Tenant in one directory. */

import type { Store } from '../../ports/store.ts'
import { NOTHING_OWED } from '../common/nothing-owed.ts'
import type { StoreOptions } from '../common/store-options.ts'
import type { Synchronous } from './database.ts'
import { openDatabases } from './databases.ts'
import { createDocumentStore } from './documents.ts'
import { createEntityStore } from './entities.ts'
import { createHistoryStore } from './history/history.ts'
import { removeLeftBehind } from './left-behind.ts'
import { createNoticeStore } from './notices.ts'
import { createReader } from './reader.ts'
import { filesIn, IN_MEMORY } from './tenant-files.ts'
import { createWatches } from './watches.ts'

interface SqliteOptions extends StoreOptions {
  /** Made where it is missing. `:memory:` keeps everything in memory, for as long as the store is open. */
  readonly directory: string
  /** `full`: an acknowledged write survives the loss of power; `normal`: it survives the end of the process only. */
  readonly synchronous: Synchronous
  /** Whether other processes of the same broker have the directory: what they write is then noticed at once. */
  readonly shared?: boolean
}

/**
 * Throws an Error that says what is wrong where the directory cannot be written, or a database is damaged or of a newer
 * Boya.
 */
export async function openSqliteStore({ directory, ...options }: SqliteOptions): Promise<Store> {
  const files = directory === ':memory:' ? IN_MEMORY : filesIn(directory)
  if (files.shared) await removeLeftBehind(files.pathOf(''), options.ofRunning ?? [])
  const databases = await openDatabases({ ...options, files })
  const reader = createReader(options.log)
  const watches = createWatches(databases, options.log, options.shared)
  return {
    entities: createEntityStore(databases, reader, options.clock, options),
    documents: createDocumentStore(databases, watches),
    history: createHistoryStore(databases, reader, options.clock),
    notices: createNoticeStore(databases, options.notices ?? NOTHING_OWED),
    tenants: databases.tenants,
    description: `sqlite:${directory}`,
    check: async () => {
      const { reads, sql } = await databases.of('')
      await reads.run(() => sql('SELECT 1 FROM entity_count').get())
    },
    close: async () => {
      watches.close()
      await reader.close()
      await databases.close()
    },
  }
}
