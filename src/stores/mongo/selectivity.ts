import { LRUCache } from 'lru-cache'

/** How many entities conditions selected some seconds ago, by their shape: it decides how fast an answer is, never what it is. */
export type Selectivity = LRUCache<string, number>

/** Milliseconds. */
export const KNOWN_FOR_MS = 10_000

export function createSelectivity(): Selectivity {
  return new LRUCache({ max: 2_000, ttl: KNOWN_FOR_MS })
}
