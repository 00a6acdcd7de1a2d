/** A database of its own for a contract. */

import { openMongoStore } from '../../src/stores/mongo/open.ts'
import { LIMITS, type OpenStore, quietLog } from '../contract/contract-store.ts'
import { freshDatabase } from '../support/mongodb.ts'

const options = { log: quietLog, ...LIMITS } as const

export const openContract: OpenStore = async (clock, notices) => {
  const { uri, drop } = freshDatabase()
  const another = async () => openMongoStore({ ...options, uri, clock, ...(notices && { notices }) })
  const store = await another()
  const close = async (): Promise<void> => {
    await store.close()
    await drop()
  }
  return { store, close, another }
}

/** Milliseconds: a question there and back takes one or more, and some tests ask thousands. */
export const PATIENT = 120_000
