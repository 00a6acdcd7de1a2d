/** The store that grows: a MongoDB database per Tenant, for any number of instances. */

import type { Store } from '../../ports/store.ts'
import { NOTHING_OWED } from '../common/nothing-owed.ts'
import type { StoreOptions } from '../common/store-options.ts'
import { createClient, createProbe } from './client.ts'
import { collectionsOf } from './collections.ts'
import { createConnection } from './connection.ts'
import { FROM_PRIMARY, openDatabases } from './databases.ts'
import { type Around, createDocumentStore } from './documents.ts'
import { createEntityStore } from './entities.ts'
import { createGate } from './gate.ts'
import { createHistoryStore } from './history/history.ts'
import { createLine, readSomething } from './line.ts'
import { createNoticeStore } from './notices.ts'
import { createRevisions } from './revisions.ts'
import { createWatches } from './watches.ts'

interface MongoOptions extends StoreOptions {
  /** A connection string, as MongoDB's driver takes it. */
  readonly uri: string
  /** Milliseconds for a request. */
  readonly requestMs: number
}

/** Throws StoreRefused, which says what is wrong with the URI. Whether the database answers is seen when it is asked. */
export function openMongoStore({ uri, requestMs, ...options }: MongoOptions): Store {
  const { driver, database: name, description } = createClient(uri, requestMs)
  const probe = createProbe(uri)
  const db = driver.db(name, FROM_PRIMARY)
  const collections = collectionsOf(db)
  const line = createLine(driver, options.log)
  const probing = createLine(probe, options.log)
  const endAll = async (): Promise<void> => {
    await Promise.all([line.end(), probing.end()])
  }
  const connection = createConnection({
    connected: line.connected,
    probe: (signal) => readSomething(probing, probe.db(name, FROM_PRIMARY), signal),
    serves: (signal) => readSomething(line, db, signal),
    renew: endAll,
    close: endAll,
    log: options.log,
  })
  const { notices = NOTHING_OWED } = options
  const databases = openDatabases({ ...options, folded: notices.folded, driver, name, ask: connection.ask })
  const revisions = createRevisions(db.collection('state'), connection.ask, options.log)
  const watches = createWatches({ revisions, documents: collections.documents, log: options.log })
  const around: Around = async (tenant, kind, change) => {
    if (tenant !== '') return change()
    const changed = await revisions.around(kind, change)
    watches.tell(kind)
    return changed
  }
  const gate = createGate()
  let closing: Promise<void> | undefined
  const close = async (): Promise<void> => {
    await gate.close()
    await watches.close()
    await databases.drained()
    await connection.close()
  }
  return {
    entities: gate.behind(createEntityStore(databases, options.clock, options)),
    documents: {
      ...gate.behind(createDocumentStore(databases, around)),
      watch: (kind, onChange) => {
        gate.check()
        return watches.open(kind, onChange)
      },
    },
    history: gate.behind(createHistoryStore(databases, options.clock, options)),
    notices: gate.behind(createNoticeStore(databases, notices, options.clock)),
    tenants: gate.behind(databases.tenants),
    description,
    check: async () => {
      await connection.check()
      await databases.of('')
    },
    close: () => {
      closing ??= close()
      return closing
    },
  }
}
