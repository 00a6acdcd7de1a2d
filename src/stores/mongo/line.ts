/** A driver that is connected again where it does not do so by itself. */

import type { Db, MongoClient } from 'mongodb'
import { within } from './within.ts'

export interface Line {
  readonly driver: MongoClient
  /**
   * To be waited for before anything is asked; undefined where there has been a connection since the beginning, or since
   * the line was renewed.
   */
  connected(): Promise<unknown> | undefined
  /** Ends all connections; the next question makes others. Ends in time, whatever the database does. */
  renew(): Promise<void>
}

/** Milliseconds for taking leave of a database. */
const LEAVE_MS = 1_000

/**
 * The driver makes no other connection where its first one has failed. And its monitor of a server may wait for ever for a
 * connection that was cut in the moment in which it wrote (7.9): for that driver the server is gone then, also when it is
 * back.
 */
export function createLine(driver: MongoClient): Line {
  let isMade = false
  let making: Promise<unknown> | undefined
  const make = async (): Promise<void> => {
    try {
      await driver.connect()
      isMade = true
    } finally {
      making = undefined
    }
  }
  return {
    driver,
    connected: () => {
      if (isMade) return undefined
      making ??= make()
      return making
    },
    renew: async () => {
      isMade = false
      // What does not end in time ends by itself: there is nothing to be told of connections that are of no use.
      await within(LEAVE_MS, driver.close()).catch(() => {})
    },
  }
}

/** Reads something small, which may not be there. */
export async function readSomething({ connected }: Line, db: Db, signal: AbortSignal): Promise<void> {
  await connected()
  await db.collection('state').findOne({}, { projection: { _id: 1 }, signal })
}
