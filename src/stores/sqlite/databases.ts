/** The databases of all Tenants, opened when they are first asked for. */

import { Problem } from '../../core/model/problems.ts'
import type { Log } from '../../ports/call.ts'
import type { TenantStore } from '../../ports/store.ts'
import { type Database, openDatabase, type Synchronous } from './database.ts'
import type { TenantFiles } from './tenant-files.ts'
import { checkTenantName, isTenantName } from './tenant-name.ts'

export interface Databases {
  /** Throws NonexistentTenant; an Error where the store is closed. */
  of(tenant: string): Database
  readonly tenants: TenantStore
  close(): Promise<void>
}

export interface DatabasesOptions {
  readonly files: TenantFiles
  readonly synchronous: Synchronous
  /** Characters of the longest name of a Tenant. */
  readonly tenantLength: number
  readonly log: Log
}

export function openDatabases({ files, synchronous, tenantLength, log }: DatabasesOptions): Databases {
  const opened = new Map<string, Database>()
  let closed = false

  const open = (tenant: string): Database => {
    if (closed) throw new Error('the store is closed')
    const path = files.pathOf(tenant)
    const database = openDatabase(path, synchronous)
    opened.set(tenant, database)
    log.debug({ tenant, path }, 'database opened')
    return database
  }
  const isThere = (tenant: string): boolean =>
    opened.has(tenant) || (isTenantName(tenant, tenantLength) && files.has(tenant))

  open('')
  return {
    of: (tenant) => {
      const found = closed ? undefined : opened.get(tenant)
      if (found !== undefined) return found
      if (!closed && !isThere(tenant)) throw nonexistent(tenant)
      return open(tenant)
    },
    tenants: {
      exists: async (name) => isThere(name),
      create: async (name) => {
        if (opened.has(name)) return
        checkTenantName(name, tenantLength)
        open(name)
      },
      list: async () => {
        const names = new Set([...opened.keys(), ...files.names()])
        names.delete('')
        return [...names].sort()
      },
    },
    close: async () => {
      if (closed) return
      closed = true
      for (const database of opened.values()) await database.close()
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
