import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe } from 'vitest'
import { openSqliteStore } from '../../src/stores/sqlite/open.ts'
import { fileOf } from '../../src/stores/sqlite/tenant-name.ts'
import { LIMITS, quietLog } from '../contract/contract-store.ts'
import { agreementContract } from './agreement.ts'

describe('subscriptions, in two processes on one SQLite file', () =>
  agreementContract(async () => {
    const directory = await mkdtemp(join(tmpdir(), 'boya-agreement-'))
    const options = { ...LIMITS, directory, synchronous: 'normal', shared: true, clock: Date, log: quietLog } as const
    return {
      open: (notices) => openSqliteStore({ ...options, notices }),
      dropTenant: (tenant) => rm(join(directory, fileOf(tenant))),
      drop: () => rm(directory, { recursive: true }),
    }
  }, 0))
