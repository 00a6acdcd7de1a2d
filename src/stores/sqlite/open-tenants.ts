/** The databases of Tenants that are open: the most lately used, so that many Tenants need no more than some do. */

import type { Log } from '../../ports/call.ts'
import type { Database } from './database.ts'

interface OpenTenants {
  has(name: string): boolean
  /** Opens it where it is not open. It is to be used in the same turn of the event loop. */
  get(name: string): Promise<Database>
  names(): Iterable<string>
  close(): Promise<void>
}

export function createOpenTenants(open: (name: string) => Promise<Database>, atMost: number, log: Log): OpenTenants {
  /** In the order of their last use. */
  const opened = new Map<string, Promise<Database>>()
  const closing = new Set<Promise<void>>()

  const closeIdlest = (): void => {
    for (const [name, database] of opened) {
      if (opened.size < atMost) return
      opened.delete(name)
      // What it has been given to write is written first. Opened again meanwhile, the file has two connections, which
      // take turns.
      const done = closeOpened(database)
        .catch((error: unknown) => log.error({ tenant: name, error }, 'database not closed properly'))
        .finally(() => closing.delete(done))
      closing.add(done)
    }
  }
  const begin = (name: string): Promise<Database> => {
    closeIdlest()
    const database = open(name)
    // Whoever asks next tries again.
    database.catch(() => opened.get(name) === database && opened.delete(name))
    return database
  }
  return {
    has: (name) => opened.has(name),
    get: (name) => {
      const database = opened.get(name) ?? begin(name)
      opened.delete(name)
      opened.set(name, database)
      return database
    },
    names: () => opened.keys(),
    close: async () => {
      await Promise.all([...opened.values()].map(closeOpened))
      await Promise.all(closing)
    },
  }
}

/** What could not be opened has been told to those who asked for it. */
async function closeOpened(opening: Promise<Database>): Promise<void> {
  const database = await opening.catch(() => undefined)
  await database?.close()
}
