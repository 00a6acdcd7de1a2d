import { vi } from 'vitest'
import { openMongoStore } from '../../src/stores/mongo/open.ts'
import { LIMITS, quietLog } from '../contract/contract-store.ts'
import { storeContract } from '../contract/store-contract.ts'
import { freshDatabase } from '../support/mongodb.ts'

// A question there and back takes a millisecond or more, and some tests ask thousands.
vi.setConfig({ testTimeout: 120_000 })

const options = { log: quietLog, ...LIMITS } as const

storeContract('MongoDB', async (clock, notices) => {
  const { uri, drop } = freshDatabase()
  const another = async () => openMongoStore({ ...options, uri, clock, ...(notices && { notices }) })
  const store = await another()
  const close = async (): Promise<void> => {
    await store.close()
    await drop()
  }
  return { store, close, another }
})
