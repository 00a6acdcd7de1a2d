/** The driver as Boya uses it: what the URI says, and what it leaves open. */

import { MongoClient, type MongoClientOptions } from 'mongodb'

/** Milliseconds to find a server that can be asked: a request is told within two seconds that there is none. */
const SELECTION_MS = 1_200
/** Milliseconds for a connection to be made. */
const CONNECT_MS = 1_200

/** Letters, digits, `_` and `-` are safe on all systems that MongoDB runs on. */
const DATABASE_NAME = /^[\w-]{1,29}$/

export interface Client {
  readonly driver: MongoClient
  /** Of the default Tenant; what the others' begin with. */
  readonly database: string
  /** Hosts and database, without anything secret. */
  readonly description: string
}

/** Connects to nothing yet. Throws an Error that says what is wrong with the URI, without its password. */
export function createClient(uri: string): Client {
  const driver = new MongoClient(uri, openOptions(uri))
  const { hosts, srvHost, dbName } = driver.options
  const database = databaseIn(uri) ?? 'boya'
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

/** What stands in the URI is the operator's decision. */
function openOptions(uri: string): MongoClientOptions {
  const given = new Set(
    [...new URLSearchParams(uri.slice(uri.indexOf('?') + 1)).keys()].map((name) => name.toLowerCase()),
  )
  const says = (...names: readonly string[]) => uri.includes('?') && names.some((name) => given.has(name))
  return {
    ...(!says('w', 'journal', 'wtimeoutms') && { writeConcern: { w: 'majority', journal: true } }),
    ...(!says('serverselectiontimeoutms') && { serverSelectionTimeoutMS: SELECTION_MS }),
    ...(!says('connecttimeoutms') && { connectTimeoutMS: CONNECT_MS }),
    ...(!says('appname') && { appName: 'boya' }),
    ignoreUndefined: true,
  }
}
