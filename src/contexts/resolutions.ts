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
}

const MOST = 2_000
/** A bound on memory: a term is some 200 bytes. */
const MOST_TERMS = 500_000

export function createResolutions(): Resolutions {
  // Apart, so that no text in a request can pass for another Tenant's key.
  const shared = createCache()
  const tenants = createCache()
  let epoch = 0
  return {
    find: (tenant, key) => shared.get(key) ?? (tenant === '' ? undefined : tenants.get(`${tenant}\n${key}`)),
    keep: (tenant, key, resolution) => {
      if (tenant === '') shared.set(key, resolution)
      else tenants.set(`${tenant}\n${key}`, resolution)
    },
    drop: (localId) => {
      epoch++
      for (const cache of [shared, tenants]) {
        for (const [key, { documents }] of cache.entries()) if (documents.includes(localId)) cache.delete(key)
      }
    },
    clear: () => {
      epoch++
      shared.clear()
      tenants.clear()
    },
    epoch: () => epoch,
  }
}

function createCache(): LRUCache<string, Resolution> {
  return new LRUCache({ max: MOST, maxSize: MOST_TERMS, sizeCalculation: ({ terms }) => terms + 1 })
}
