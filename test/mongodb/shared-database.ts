import { MongoClient } from 'mongodb'
import { openMongoStore } from '../../src/stores/mongo/open.ts'
import { LIMITS, quietLog } from '../contract/contract-store.ts'
import type { SharedDatabase } from '../notifications/agreement.ts'
import { freshDatabase } from '../support/mongodb.ts'

/** A database that instances open one by one. */
export async function sharedDatabase(): Promise<SharedDatabase> {
  const { uri, name, drop } = freshDatabase()
  const dropTenant = async (tenant: string): Promise<void> => {
    const client = new MongoClient(uri)
    await client.db(`${name}-${tenant}`).dropDatabase()
    await client.close()
  }
  return {
    open: (notices) => openMongoStore({ ...LIMITS, uri, clock: Date, log: quietLog, notices }),
    dropTenant,
    drop,
  }
}
