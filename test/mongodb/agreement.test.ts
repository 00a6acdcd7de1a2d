import { MongoClient } from 'mongodb'
import { describe } from 'vitest'
import { openMongoStore } from '../../src/stores/mongo/open.ts'
import { LIMITS, quietLog } from '../contract/contract-store.ts'
import { agreementContract } from '../notifications/agreement.ts'
import { freshDatabase } from '../support/mongodb.ts'

describe('subscriptions, in two instances on one MongoDB', () =>
  agreementContract(async () => {
    const { uri, name, drop } = freshDatabase()
    const dropTenant = async (tenant: string): Promise<void> => {
      const client = new MongoClient(uri)
      await client.db(`${name}-${tenant}`).dropDatabase()
      await client.close()
    }
    const open = (notices: Parameters<typeof openMongoStore>[0]['notices']) =>
      openMongoStore({ ...LIMITS, uri, clock: Date, log: quietLog, ...(notices && { notices }) })
    return { open, dropTenant, drop }
  }, 1_000))
