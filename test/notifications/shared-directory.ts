import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openSqliteStore } from '../../src/stores/sqlite/open.ts'
import { fileOf } from '../../src/stores/sqlite/tenant-name.ts'
import { LIMITS, quietLog } from '../contract/contract-store.ts'
import type { SharedDatabase } from './agreement.ts'

/** SQLite files that are opened as several processes of one broker open them. */
export async function sharedDirectory(): Promise<SharedDatabase> {
  const directory = await mkdtemp(join(tmpdir(), 'boya-shared-'))
  const options = { ...LIMITS, directory, synchronous: 'normal', shared: true, clock: Date, log: quietLog } as const
  return {
    open: (notices) => openSqliteStore({ ...options, notices }),
    dropTenant: (tenant) => rm(join(directory, fileOf(tenant))),
    drop: () => rm(directory, { recursive: true }),
  }
}
