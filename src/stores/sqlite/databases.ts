/** The databases of all Tenants, opened when they are first asked for. */

import { nonexistentTenant, type Problem } from '../../core/model/problems.ts'
import { tenantNameFault } from '../../core/model/tenant-name.ts'
import type { Log } from '../../ports/call.ts'
import type { Clock } from '../../ports/clock.ts'
import type { HistoryPolicy } from '../../ports/history.ts'
import type { TenantStore } from '../../ports/store.ts'
import { type Database, openDatabase, type Synchronous } from './database.ts'
import { versionElsewhere } from './known.ts'
import { createOpenTenants } from './open-tenants.ts'
import { createTenantCount } from './tenant-count.ts'
import type { TenantFiles } from './tenant-files.ts'

export interface Databases {
  /** To be used in the same turn of the event loop. Throws NonexistentTenant; an Error where the store is closed. */
  of(tenant: string): Promise<Database>
  /** What another connection opens; undefined where there can be none. */
  pathOf(tenant: string): string | undefined
  readonly tenants: TenantStore
  /** Another value when another process has written to the default Tenant's. Throws an Error where the store is closed. */
  elsewhere(): number
  close(): Promise<void>
}

interface DatabasesOptions {
  readonly files: TenantFiles
  readonly synchronous: Synchronous
  /** Characters of the longest name of a Tenant. */
  readonly tenantLength: number
  /** Tenants at most, without the default one. */
  readonly tenants: number
  /** Of the largest entity, as it is stored. */
  readonly entityBytes: number
  /** What of changes is kept; absent: all. */
  readonly history?: HistoryPolicy
  readonly clock: Clock
  readonly log: Log
}

/** What a connection keeps in memory: most deployments have one Tenant, some have thousands. */
const DEFAULT_TENANT = {
  cacheKib: 32_768,
  statementChars: 100_000,
  knownRids: 1_000_000,
  knownStates: 100_000,
  knownAnswers: 2 ** 25,
}
const OTHER_TENANT = {
  cacheKib: 2_048,
  statementChars: 20_000,
  knownRids: 20_000,
  knownStates: 2_000,
  knownAnswers: 2 ** 20,
}

/** Opens that of the default Tenant. Throws an Error that names the file and what is wrong with it. */
export async function openDatabases(options: DatabasesOptions): Promise<Databases> {
  const { files, synchronous, entityBytes, history, clock, log, ...limits } = options
  const open = async (tenant: string): Promise<Database> => {
    const path = files.pathOf(tenant)
    const room = tenant === '' ? DEFAULT_TENANT : OTHER_TENANT
    const database = await openDatabase(path, { synchronous, entityBytes, log, ...(history && { history }), ...room })
    log.debug({ tenant, path }, 'database opened')
    return database
  }
  const faultOf = (name: string): Problem | undefined => tenantNameFault(name, limits.tenantLength)
  const isThere = (tenant: string): boolean =>
    tenants.has(tenant) || (faultOf(tenant) === undefined && files.has(tenant))
  const main = await open('')
  const tenants = createOpenTenants(open, files.openAtMost, log)
  const list = (): readonly string[] => [...new Set([...tenants.names(), ...files.names()])].sort()
  const count = createTenantCount(list, limits.tenants, clock)
  let closed = false

  return {
    of: async (tenant) => {
      if (closed) throw new Error('the store is closed')
      if (tenant === '') return main
      if (!isThere(tenant)) throw nonexistentTenant(tenant)
      return tenants.get(tenant)
    },
    pathOf: (tenant) => (files.shared ? files.pathOf(tenant) : undefined),
    tenants: {
      exists: async (name) => name === '' || isThere(name),
      create: async (name) => {
        if (closed) throw new Error('the store is closed')
        const fault = faultOf(name)
        if (fault !== undefined) throw fault
        if (!isThere(name)) count.add()
        await tenants.get(name)
      },
      list: async () => list(),
    },
    elsewhere: () => {
      if (closed) throw new Error('the store is closed')
      return versionElsewhere(main.sql)
    },
    close: async () => {
      if (closed) return
      closed = true
      await Promise.all([main.close(), tenants.close()])
    },
  }
}
