/** Prepared statements by their text. */

import type { DatabaseSyncInstance, StatementSyncInstance } from '@photostructure/sqlite'
import { LRUCache } from 'lru-cache'

/** The fixed ones are some 40; the rest are shapes of queries, as many as clients think of. */
const PREPARED = 256

/** The statement with this text, prepared the first time. */
export type Statements = (text: string) => StatementSyncInstance

export function createStatements(handle: DatabaseSyncInstance): Statements {
  const prepared = new LRUCache<string, StatementSyncInstance>({ max: PREPARED })
  return (text) => {
    const found = prepared.get(text)
    if (found !== undefined) return found
    const statement = handle.prepare(text)
    prepared.set(text, statement)
    return statement
  }
}
