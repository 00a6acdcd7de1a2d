/** The driver as Boya uses it: what the URI says, and what it leaves open. */

import { MongoClient, type MongoClientOptions } from 'mongodb'
import { StoreRefused } from '../../ports/unavailable.ts'

/** Milliseconds to find a server that can be asked: a request is told within two seconds that there is none. */
const SELECTION_MS = 1_200
/** Milliseconds for a connection to be made. */
const CONNECT_MS = 1_200
/**
 * Milliseconds for a majority to have what was written. Without an end a replica set that has lost its majority would keep
 * every write for ever; shorter than a mark of a change may stand (revisions.ts).
 */
const MAJORITY_MS = 5_000

/** Letters, digits, `_` and `-` are safe on all systems that MongoDB runs on. */
const DATABASE_NAME = /^[\w-]{1,29}$/

export interface Client {
  readonly driver: MongoClient
  /** Of the default Tenant; what the others' begin with. */
  readonly database: string
  /** Hosts and database, without anything secret. */
  readonly description: string
}

/**
 * Connects to nothing yet. Throws StoreRefused, which says what is wrong with the URI, without its password.
 * @param requestMs milliseconds for which anything may wait for one of the connections, where the URI does not say it
 */
export function createClient(uri: string, requestMs?: number): Client {
  try {
    return clientOf(uri, requestMs)
  } catch (error) {
    throw new StoreRefused(error)
  }
}

function clientOf(uri: string, requestMs: number | undefined): Client {
  const driver = new MongoClient(uri, openOptions(uri, requestMs))
  const { hosts, srvHost, dbName } = driver.options
  const database = databaseIn(uri) ?? 'boya'
  if (driver.options.writeConcern?.w === 0) {
    throw new Error(
      'with w=0 nobody knows what was written, and Boya acknowledges nothing that may be lost; leave it out',
    )
  }
  if (!DATABASE_NAME.test(database)) {
    throw new Error(
      `"${dbName}" cannot be the name of the database: Boya takes up to 29 letters, digits, "_" and "-", because the names of the Tenants' databases begin with it`,
    )
  }
  const where = srvHost ?? hosts.map(String).join(',')
  return { driver, database, description: `mongodb${srvHost === undefined ? '' : '+srv'}://${where}/${database}` }
}

/** The driver calls it "test" where there is none. */
function databaseIn(uri: string): string | undefined {
  const path = /^mongodb(?:\+srv)?:\/\/[^/?]*\/([^?]*)/.exec(uri)?.[1]
  return path === undefined || path === '' ? undefined : decodeURIComponent(path)
}

/** What asks whether the database answers: one connection, which waits for nobody. Connects to nothing yet. */
export function createProbe(uri: string): MongoClient {
  const one = { maxPoolSize: 1, minPoolSize: 0, serverMonitoringMode: 'poll' } as const
  return new MongoClient(uri, { ...openOptions(uri), ...one })
}

/** What stands in the URI is the operator's decision, each option by itself. */
function openOptions(uri: string, requestMs?: number): MongoClientOptions {
  const given = new Map(
    [...new URLSearchParams(/\?(.*)$/s.exec(uri)?.[1])].map(([name, value]) => [name.toLowerCase(), value]),
  )
  const says = (...names: readonly string[]) => names.some((name) => given.has(name))
  return {
    ...(!says('w') && { w: 'majority' }),
    ...(!says('journal', 'j', 'fsync') && { journal: true }),
    ...(!says('wtimeoutms', 'wtimeout') && { wtimeoutMS: MAJORITY_MS }),
    ...(!says('serverselectiontimeoutms') && { serverSelectionTimeoutMS: SELECTION_MS }),
    ...(!says('connecttimeoutms') && { connectTimeoutMS: CONNECT_MS }),
    ...(!says('waitqueuetimeoutms') && requestMs !== undefined && { waitQueueTimeoutMS: requestMs }),
    ...(!says('appname') && { appName: 'boya' }),
    ignoreUndefined: true,
  }
}
