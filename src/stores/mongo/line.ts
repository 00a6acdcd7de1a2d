/** The connections of a driver, which are made again where it does not do so by itself. */

import type { Db, MongoClient } from 'mongodb'
import type { Log } from '../../ports/call.ts'
import { within } from './within.ts'

export interface Line {
  /** To be waited for before anything is asked; undefined where there are connections. */
  connected(): Promise<void> | undefined
  /** Ends all connections; the next question makes others. Resolves in time, whatever the database does. */
  end(): Promise<void>
}

/** Milliseconds for taking leave of a database: one that does not answer keeps nobody waiting. */
const LEAVE_MS = 1_000

/**
 * The driver makes no other connection where its first one has failed. And its monitor of a server may wait for ever for a
 * connection that was cut in the moment in which it wrote (7.9): for that driver the server is gone then, also when it is
 * back. Who ends all connections can have others.
 */
export function createLine(driver: MongoClient, log: Log): Line {
  let isMade = false
  let making: Promise<void> | undefined
  let ending: Promise<void> | undefined
  driver.on('topologyClosed', () => {
    isMade = false
  })
  const make = async (): Promise<void> => {
    try {
      // What ends late ends what was made meanwhile as well.
      await ending
      await driver.connect()
      isMade = true
    } finally {
      making = undefined
    }
  }
  const close = async (): Promise<void> => {
    try {
      await driver.close()
    } finally {
      ending = undefined
    }
  }
  return {
    connected: () => {
      if (isMade) return undefined
      making ??= make()
      return making
    },
    end: async () => {
      isMade = false
      ending ??= close()
      await within(LEAVE_MS, ending).catch((error: unknown) => {
        log.debug({ error }, 'the database did not hear that it is left')
      })
    },
  }
}

/** Reads something small, which may not be there. */
export async function readSomething({ connected }: Line, db: Db, signal: AbortSignal): Promise<void> {
  await connected()
  await db.collection('state').findOne({}, { projection: { _id: 1 }, signal })
}
