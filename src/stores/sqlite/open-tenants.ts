/** The databases of Tenants that are open: the most lately used, so that many Tenants need no more than some do. */

import type { Log } from '../../ports/call.ts'
import type { Database } from './database.ts'

interface OpenTenants {
  has(name: string): boolean
  /** Opens it where it is not open. */
  get(name: string): Database
  names(): Iterable<string>
  close(): Promise<void>
}

export function createOpenTenants(open: (name: string) => Database, atMost: number, log: Log): OpenTenants {
  /** In the order of their last use. */
  const opened = new Map<string, Database>()
  const closing = new Set<Promise<void>>()

  const closeIdlest = (): void => {
    for (const [name, database] of opened) {
      if (opened.size < atMost) return
      opened.delete(name)
      // What it has been given to write is written first. Opened again meanwhile, the file has two connections, which
      // take turns.
      const done = database
        .close()
        .catch((error: unknown) => log.error({ tenant: name, error }, 'database not closed properly'))
        .finally(() => closing.delete(done))
      closing.add(done)
    }
  }
  return {
    has: (name) => opened.has(name),
    get: (name) => {
      const found = opened.get(name)
      if (found === undefined) closeIdlest()
      else opened.delete(name)
      const database = found ?? open(name)
      opened.set(name, database)
      return database
    },
    names: () => opened.keys(),
    close: async () => {
      await Promise.all([...opened.values()].map((database) => database.close()))
      await Promise.all(closing)
    },
  }
}
