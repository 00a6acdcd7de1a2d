/** The store that grows: a MongoDB database per Tenant, for any number of instances. */

import type { MongoClient } from 'mongodb'
import type { Log } from '../../ports/call.ts'
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
import { createLine, readSomething } from './line.ts'
import { createNoticeStore } from './notices.ts'
import { createRevisions } from './revisions.ts'
import { createWatches } from './watches.ts'
import { within } from './within.ts'

interface MongoOptions extends StoreOptions {
  /** A connection string, as MongoDB's driver takes it. */
  readonly uri: string
  /** Milliseconds for a request. */
  readonly requestMs: number
}

/** Milliseconds for taking leave of the database: one that does not answer keeps nobody from ending. */
const LEAVE_MS = 2_000

/** Throws StoreRefused, which says what is wrong with the URI. Whether the database answers is seen when it is asked. */
export function openMongoStore({ uri, requestMs, ...options }: MongoOptions): Store {
  const { driver, database: name, description } = createClient(uri, requestMs)
  const probe = createProbe(uri)
  const db = driver.db(name, FROM_PRIMARY)
  const collections = collectionsOf(db)
  const [line, probing] = [createLine(driver), createLine(probe)]
  const connection = createConnection({
    connected: line.connected,
    probe: (signal) => readSomething(probing, probe.db(name, FROM_PRIMARY), signal),
    serves: (signal) => readSomething(line, db, signal),
    renew: async () => {
      await Promise.all([line.renew(), probing.renew()])
    },
    close: async () => {
      await Promise.all([driver, probe].map((each) => leave(each, options.log)))
    },
    log: options.log,
  })
  const databases = openDatabases({ ...options, driver, name, ask: connection.ask })
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
    notices: gate.behind(createNoticeStore(databases, options.notices ?? NOTHING_OWED, options.clock)),
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

async function leave(driver: MongoClient, log: Log): Promise<void> {
  await within(LEAVE_MS, driver.close()).catch((error: unknown) => {
    log.debug({ error }, 'the database did not hear that it is left')
  })
}
