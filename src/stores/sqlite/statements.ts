/** Prepared statements by their text. */

import type { DatabaseSyncInstance, StatementSyncInstance } from '@photostructure/sqlite'
import { LRUCache } from 'lru-cache'

/** The fixed ones are some 40; the rest are shapes of queries, as many as clients think of. */
const PREPARED = 256

export interface Statements {
  /** The statement with this text, prepared the first time. */
  (text: string): StatementSyncInstance
  /** The connection's files stay open until its statements are garbage: forget them when it is closed. */
  clear(): void
}

export function createStatements(handle: DatabaseSyncInstance): Statements {
  const prepared = new LRUCache<string, StatementSyncInstance>({ max: PREPARED })
  const prepare = (text: string): StatementSyncInstance => {
    const found = prepared.get(text)
    if (found !== undefined) return found
    const statement = handle.prepare(text)
    prepared.set(text, statement)
    return statement
  }
  return Object.assign(prepare, { clear: () => prepared.clear() })
}
