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

/** One text may be asked for in both ways. */
interface Prepared {
  rows?: StatementSyncInstance
  arrays?: StatementSyncInstance
}

/**
 * Keeps statements of `chars` characters together, because what one takes in memory grows with its text. The fixed ones
 * have some 6,000; the rest are shapes of queries, as many as clients think of, and a wide one is not worth its place.
 */
export function createStatements(handle: DatabaseSyncInstance, chars: number): Statements {
  const prepared = new LRUCache<string, Prepared>({
    maxSize: chars,
    maxEntrySize: chars / 4,
    sizeCalculation: (_, text) => text.length,
  })
  const of = (text: string): Prepared => {
    const found = prepared.get(text)
    if (found !== undefined) return found
    const made = {}
    prepared.set(text, made)
    return made
  }
  const rows = (text: string): StatementSyncInstance => {
    const kept = of(text)
    kept.rows ??= handle.prepare(text)
    return kept.rows
  }
  const arrays = (text: string): StatementSyncInstance => {
    const kept = of(text)
    if (kept.arrays !== undefined) return kept.arrays
    kept.arrays = handle.prepare(text)
    kept.arrays.setReturnArrays(true)
    return kept.arrays
  }
  return Object.assign(rows, {
    arrays,
    clear: () => prepared.clear(),
  })
}
