/** Compiled @contexts in memory: a known one costs a look-up until something that it was made of changes. */

import { LRUCache } from 'lru-cache'
import type { Instant } from '../core/model/entity.ts'
import type { ResolvedContext } from '../ports/contexts.ts'

export interface Resolution {
  readonly resolved: ResolvedContext
  /** Local identifiers of the documents that it was made of. */
  readonly documents: readonly string[]
  readonly freshUntil: Instant
  readonly terms: number
  /** Of the canonical JSON of all that it was made of. */
  readonly bytes: number
}

export interface Resolutions {
  /** Also one whose time is over. */
  find(tenant: string, key: string): Resolution | undefined
  /** `tenant`: the one that it is for; '' where it is for all. */
  keep(tenant: string, key: string, resolution: Resolution): void
  /** Drops those that were made of a document. */
  drop(localId: string): void
  clear(): void
  /** Moves on whenever something is dropped: what was begun before must not be kept. */
  epoch(): number
  /** An estimate of the memory that they take. */
  bytes(): number
}

const MOST_BYTES = 64 * 1024 * 1024
/** A table has the core's terms, too. */
const TABLE_BYTES = 20 * 1024
const TERM_BYTES = 220

/** Bounded by an estimate of their memory; those used longest ago go first. */
export function createResolutions(): Resolutions {
  const cache = new LRUCache<string, Resolution>({
    maxSize: MOST_BYTES,
    // The text is kept as it came, and once more as IRIs.
    sizeCalculation: ({ terms, bytes }) => TABLE_BYTES + TERM_BYTES * terms + 2 * bytes,
  })
  let epoch = 0
  return {
    find: (tenant, key) => cache.get(keyOf('', key)) ?? (tenant === '' ? undefined : cache.get(keyOf(tenant, key))),
    keep: (tenant, key, resolution) => cache.set(keyOf(tenant, key), resolution),
    drop: (localId) => {
      epoch++
      for (const [key, { documents }] of cache.entries()) if (documents.includes(localId)) cache.delete(key)
    },
    clear: () => {
      epoch++
      cache.clear()
    },
    epoch: () => epoch,
    bytes: () => cache.calculatedSize,
  }
}

/** With its length before the name, so that no URL in a request can pass for another Tenant's key. */
function keyOf(tenant: string, key: string): string {
  return `${tenant.length} ${tenant}${key}`
}
