/** Connections of the reader thread: each to one database, for one query at a time. */

import { DatabaseSync } from '@photostructure/sqlite'
import { PATIENCE_MS } from './busy.ts'
import { MAPPED_BYTES, type Queried } from './database.ts'
import { createEntityCounts } from './entity-counts.ts'
import { createKnown } from './known.ts'
import { createNames } from './names.ts'
import { createStatements } from './statements.ts'

export interface Connection {
  readonly path: string
  readonly database: Queried
  /** From here on it sees the database as it is now. */
  begin(): void
  end(): void
  close(): void
}

interface Connections {
  /** One that nobody uses. */
  take(path: string): Connection
  /** It is used no more. Throws nothing: one that cannot end its transaction is closed, and never taken again. */
  give(connection: Connection): void
  /** Closes those that nobody uses. */
  close(): void
}

/** Connections that wait for a query; each has memory and file handles. */
const IDLE = 8
const CACHE_KIB = 8_192
const STATEMENT_CHARS = 20_000
const KNOWN = { knownRids: 20_000, knownStates: 1, knownAnswers: 1 }

export function createConnections(): Connections {
  /** In the order of their last use. */
  const idle: Connection[] = []
  return {
    take: (path) => {
      const at = idle.findLastIndex((connection) => connection.path === path)
      const [found] = at === -1 ? [] : idle.splice(at, 1)
      return found ?? connect(path)
    },
    give: (connection) => {
      if (hasEnded(connection)) idle.push(connection)
      else close(connection)
      const [idlest] = idle.length > IDLE ? idle.splice(0, 1) : []
      if (idlest !== undefined) close(idlest)
    },
    close: () => {
      for (const connection of idle.splice(0)) close(connection)
    },
  }
}

function hasEnded(connection: Connection): boolean {
  try {
    connection.end()
    return true
  } catch {
    // An open read transaction would keep the log of the database from ever being reset.
    return false
  }
}

function close(connection: Connection): void {
  try {
    connection.close()
  } catch {
    // It is of no use any more, and those that wait for an answer are not concerned.
  }
}

function connect(path: string): Connection {
  // SQLite's own waiting: only slow queries wait with it, and it is rare that a reader has to, as in busy.ts.
  const handle = new DatabaseSync(path, { readOnly: true, timeout: PATIENCE_MS })
  handle.exec(`PRAGMA cache_size = -${CACHE_KIB}; PRAGMA mmap_size = ${MAPPED_BYTES}; PRAGMA temp_store = MEMORY`)
  const sql = createStatements(handle, STATEMENT_CHARS)
  const known = createKnown(sql, KNOWN)
  const iterate: Queried['iterate'] = (text, values) => sql(text).iterate(...values)
  return {
    path,
    database: { sql, names: createNames(sql), counts: createEntityCounts(sql), known, iterate },
    begin: () => handle.exec('BEGIN'),
    end: () => {
      if (handle.isTransaction) handle.exec('COMMIT')
    },
    close: () => {
      handle.close()
      sql.clear()
    },
  }
}
