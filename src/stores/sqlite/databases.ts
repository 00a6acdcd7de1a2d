/** The databases of all Tenants, opened when they are first asked for. */

import { Problem } from '../../core/model/problems.ts'
import { tenantNameFault } from '../../core/model/tenant-name.ts'
import type { Log } from '../../ports/call.ts'
import type { TenantStore } from '../../ports/store.ts'
import { type Database, openDatabase, type Synchronous } from './database.ts'
import { createOpenTenants } from './open-tenants.ts'
import type { TenantFiles } from './tenant-files.ts'
import { fileNameFault } from './tenant-name.ts'

export interface Databases {
  /** Throws NonexistentTenant; an Error where the store is closed. */
  of(tenant: string): Database
  readonly tenants: TenantStore
  close(): Promise<void>
}

interface DatabasesOptions {
  readonly files: TenantFiles
  readonly synchronous: Synchronous
  /** Characters of the longest name of a Tenant. */
  readonly tenantLength: number
  /** Of the largest entity, as it is stored. */
  readonly entityBytes: number
  readonly log: Log
}

export function openDatabases({ files, synchronous, tenantLength, entityBytes, log }: DatabasesOptions): Databases {
  const open = (tenant: string): Database => {
    const path = files.pathOf(tenant)
    const database = openDatabase(path, synchronous, entityBytes)
    log.debug({ tenant, path }, 'database opened')
    return database
  }
  const faultOf = (name: string): Problem | undefined => tenantNameFault(name, tenantLength) ?? fileNameFault(name)
  const isThere = (tenant: string): boolean =>
    tenants.has(tenant) || (faultOf(tenant) === undefined && files.has(tenant))
  const main = open('')
  const tenants = createOpenTenants(open, files.openAtMost, log)
  let closed = false

  return {
    of: (tenant) => {
      if (closed) throw new Error('the store is closed')
      if (tenant === '') return main
      if (!isThere(tenant)) throw nonexistent(tenant)
      return tenants.get(tenant)
    },
    tenants: {
      exists: async (name) => name === '' || isThere(name),
      create: async (name) => {
        if (closed) throw new Error('the store is closed')
        const fault = faultOf(name)
        if (fault !== undefined) throw fault
        tenants.get(name)
      },
      list: async () => [...new Set([...tenants.names(), ...files.names()])].sort(),
    },
    close: async () => {
      if (closed) return
      closed = true
      await Promise.all([main.close(), tenants.close()])
    },
  }
}

function nonexistent(tenant: string): Problem {
  return new Problem(
    'NonexistentTenant',
    `There is no Tenant ${JSON.stringify(tenant)}. Creating an Entity in it makes it.`,
    'NGSILD-Tenant',
  )
}
