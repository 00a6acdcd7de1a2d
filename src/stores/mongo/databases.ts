/** The databases of all Tenants, and which Tenants there are. */

import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { Db, DbOptions, MongoClient } from 'mongodb'
import { nonexistentTenant, tooManyTenants } from '../../core/model/problems.ts'
import { encodeTenantName, tenantNameFault } from '../../core/model/tenant-name.ts'
import type { Log } from '../../ports/call.ts'
import type { Clock } from '../../ports/clock.ts'
import type { HistoryPolicy } from '../../ports/history.ts'
import type { NoticeSource } from '../../ports/notices.ts'
import type { TenantStore } from '../../ports/store.ts'
import { KEEP_ALL } from '../common/keep-all.ts'
import { type Collections, collectionsOf } from './collections.ts'
import type { Connection } from './connection.ts'
import { createDatabase, type Database } from './database.ts'
import { canAggregate } from './history/can-aggregate.ts'
import { claim } from './owner.ts'
import { migrate } from './schema.ts'
import type { TenantDocument } from './stored.ts'

export interface Databases {
  /** Throws NonexistentTenant. */
  of(tenant: string): Promise<Database>
  readonly tenants: TenantStore
  /** Finishes what is under way. */
  drained(): Promise<void>
}

interface DatabasesOptions {
  readonly driver: MongoClient
  /** Of the default Tenant. */
  readonly name: string
  readonly ask: Connection['ask']
  /** Characters of the longest name of a Tenant. */
  readonly tenantLength: number
  /** Tenants at most, without the default one. */
  readonly tenants: number
  readonly clock: Clock
  readonly log: Log
  readonly folded: NoticeSource['folded']
  /** What of changes is kept; absent: all. */
  readonly history?: HistoryPolicy
}

/**
 * Whatever the URI says: what was acknowledged is answered, and counts, revisions and leases are of use only if nobody
 * reads them as they were.
 */
export const FROM_PRIMARY: DbOptions = { readPreference: 'primary' }

/** Databases of which something is kept in memory. */
const MOST_OPEN = 2_000

export function openDatabases({
  driver,
  name: base,
  ask,
  clock,
  log,
  folded,
  history = KEEP_ALL,
  ...limits
}: DatabasesOptions): Databases {
  const dbOf = (tenant: string): Db => driver.db(databaseOf(base, tenant), FROM_PRIMARY)
  const registry = dbOf('').collection<TenantDocument>('tenant')
  const leaving = new Set<Promise<void>>()
  const opened = new LRUCache<string, Promise<Database>>({
    max: MOST_OPEN,
    dispose: (database, _, reason) => {
      if (reason !== 'evict') return
      const left = database.then((each) => each.drained()).finally(() => leaving.delete(left))
      leaving.add(left)
    },
  })
  /** Tenants are never taken away, so that who is there stays. */
  const known = new LRUCache<string, true>({ max: 50_000 })

  let aggregating: Promise<boolean> | undefined
  /** All databases are of one server. */
  const isAggregating = (collections: Collections): Promise<boolean> => {
    aggregating ??= canAggregate({ ...collections, ask }, log)
    aggregating.catch(() => {
      aggregating = undefined
    })
    return aggregating
  }
  const open = async (tenant: string): Promise<Database> => {
    const db = dbOf(tenant)
    await claim(db, { base, tenant }, ask)
    await migrate(db, ask)
    const collections = collectionsOf(db)
    const [last] = await ask(() =>
      collections.entities.find({}, { projection: { seq: 1 }, sort: { seq: -1 }, limit: 1 }).toArray(),
    )
    log.debug({ tenant, database: db.databaseName }, 'database opened')
    const around = { ask, clock, log, folded, history, canAggregate: await isAggregating(collections) }
    return createDatabase(collections, last?.seq, around)
  }
  const databaseFor = (tenant: string): Promise<Database> => {
    const found = opened.get(tenant)
    if (found !== undefined) return found
    const opening = open(tenant)
    opened.set(tenant, opening)
    // What could not be opened is opened anew by who comes next.
    opening.catch(() => opened.delete(tenant))
    return opening
  }
  const exists = async (name: string): Promise<boolean> => {
    if (name === '' || known.has(name)) return true
    if (tenantNameFault(name, limits.tenantLength) !== undefined) return false
    const found = await ask(() => registry.findOne({ _id: name }))
    if (found !== null) known.set(name, true)
    return found !== null
  }
  const register = async (name: string): Promise<void> => {
    if (await exists(name)) return
    const count = limits.tenants && (await ask(() => registry.countDocuments({}, { limit: limits.tenants })))
    if (count >= limits.tenants) throw tooManyTenants(limits.tenants)
    await claim(dbOf(name), { base, tenant: name }, ask)
    const fields = { $setOnInsert: { database: databaseOf(base, name) } }
    await ask(() => registry.updateOne({ _id: name }, fields, { upsert: true }))
    known.set(name, true)
  }
  let registering: Promise<void> = Promise.resolve()
  const tenants: TenantStore = {
    exists,
    create: async (name) => {
      const fault = tenantNameFault(name, limits.tenantLength)
      if (fault !== undefined) throw fault
      // One after the other, so that they are not more than there may be; other instances may make some at the same time.
      const registered = registering.then(() => register(name))
      registering = registered.catch(() => {})
      return registered
    },
    list: async () => {
      const found = await ask(() => registry.find({}, { projection: { _id: 1 }, batchSize: 10_000 }).toArray())
      return found.map(({ _id }) => _id).sort()
    },
  }
  return {
    of: async (tenant) => {
      if (!(await exists(tenant))) throw nonexistentTenant(tenant)
      return databaseFor(tenant)
    },
    tenants,
    drained: async () => {
      await Promise.all([...opened.values()].map((opening) => opening.then((each) => each.drained()).catch(() => {})))
      await Promise.all(leaving)
    },
  }
}

/** MongoDB takes names of 63 bytes, and ignores their case. */
const LONGEST = 63

/** Of a Tenant whose name is too long for that the database has a hash of it. */
function databaseOf(base: string, tenant: string): string {
  if (tenant === '') return base
  const name = `${base}-${encodeTenantName(tenant)}`
  if (name.length <= LONGEST) return name
  return `${base}-~${createHash('sha256').update(tenant).digest('hex').slice(0, 32)}`
}
