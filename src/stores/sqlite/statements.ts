/** Prepared statements by their text. */

import type { DatabaseSyncInstance, StatementSyncInstance } from '@photostructure/sqlite'
import { LRUCache } from 'lru-cache'

export interface Statements {
  /** The statement with this text, prepared the first time. */
  (text: string): StatementSyncInstance
  /** The same, whose rows are arrays: to make an object of each takes as long as to read it. */
  arrays(text: string): StatementSyncInstance
  /** The connection's files stay open until its statements are garbage: forget them when it is closed. */
  clear(): void
}

/**
 * Keeps statements of `chars` characters together, because what one takes in memory grows with its text. The fixed ones
 * have some 6,000; the rest are shapes of queries, as many as clients think of, and a wide one is not worth its place.
 */
export function createStatements(handle: DatabaseSyncInstance, chars: number): Statements {
  const prepared = new LRUCache<string, StatementSyncInstance>({
    maxSize: chars,
    maxEntrySize: chars / 4,
    sizeCalculation: (_, text) => text.length,
  })
  const remember = (key: string, text: string, arrays: boolean): StatementSyncInstance => {
    const found = prepared.get(key)
    if (found !== undefined) return found
    const statement = handle.prepare(text)
    if (arrays) statement.setReturnArrays(true)
    prepared.set(key, statement)
    return statement
  }
  return Object.assign((text: string) => remember(text, text, false), {
    arrays: (text: string) => remember(`arrays ${text}`, text, true),
    clear: () => prepared.clear(),
  })
}
