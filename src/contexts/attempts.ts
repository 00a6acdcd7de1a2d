/** When a download that failed is tried again: a flood of requests must be none for the host. */

import { LRUCache } from 'lru-cache'
import type { Instant } from '../core/model/entity.ts'
import type { Clock } from '../ports/clock.ts'

export interface Attempts {
  /** Throws what the first download failed with, where that is not long ago. */
  checkFirst(url: string): void
  firstFailed(url: string, error: unknown): void
  /** Whether there may be a refresh: none has failed, or that is long enough ago. */
  mayRefresh(url: string): boolean
  /** Returns for how many milliseconds there is none: for longer each time. */
  refreshFailed(url: string): number
  forget(url: string): void
}

const FIRST_RETRY_MS = 2_000
const REFRESH_RETRY_MS = 5_000
const LONGEST_RETRY_MS = 300_000
/** Of URLs, for each of the two. */
const MOST = 1_000

/** What is forgotten, because there are too many, is tried again sooner. */
export function createAttempts(clock: Clock): Attempts {
  const firsts = new LRUCache<string, { readonly until: Instant; readonly error: unknown }>({ max: MOST })
  const refreshes = new LRUCache<string, { readonly until: Instant; readonly waitMs: number }>({ max: MOST })
  return {
    checkFirst: (url) => {
      const failure = firsts.get(url)
      if (failure !== undefined && clock.now() < failure.until) throw failure.error
    },
    firstFailed: (url, error) => {
      firsts.set(url, { until: clock.now() + FIRST_RETRY_MS, error })
    },
    mayRefresh: (url) => clock.now() >= (refreshes.get(url)?.until ?? 0),
    refreshFailed: (url) => {
      const waitMs = Math.min((refreshes.get(url)?.waitMs ?? REFRESH_RETRY_MS / 2) * 2, LONGEST_RETRY_MS)
      refreshes.set(url, { until: clock.now() + waitMs, waitMs })
      return waitMs
    },
    forget: (url) => {
      firsts.delete(url)
      refreshes.delete(url)
    },
  }
}
