/**
 * Notices that a receiver did not want, as it said, or that could not be built: they are tried again later and later, and
 * keep no others from being told meanwhile.
 */

import { delayAfter, type RetryPolicy } from './retry.ts'

export interface Rests {
  failed(ids: readonly string[], reason: string, isNotices: boolean): void
  /** Milliseconds; 0 where it may be told. */
  restMs(id: string): number
  /** Whether it has never failed: such ones are tried first where an endpoint fails, for it may be the others' fault. */
  isFresh(id: string): boolean
  lastError(id: string): string | undefined
  forget(ids: readonly string[]): void
}

interface Rest {
  readonly failures: number
  readonly until: number
  readonly reason: string
}

/** Of how many is known what they failed of. */
const MOST = 10_000

export function createRests(now: () => number, random: () => number, retry: RetryPolicy): Rests {
  const rests = new Map<string, Rest>()
  return {
    failed: (ids, reason, isNotices) => {
      for (const id of ids) {
        const failures = (rests.get(id)?.failures ?? 0) + 1
        const ms = isNotices ? delayAfter(failures, random(), retry) : 0
        rests.delete(id)
        rests.set(id, { failures, until: now() + ms, reason })
      }
      for (const id of rests.keys()) {
        if (rests.size <= MOST) break
        rests.delete(id)
      }
    },
    restMs: (id) => Math.max(0, (rests.get(id)?.until ?? 0) - now()),
    isFresh: (id) => !rests.has(id),
    lastError: (id) => rests.get(id)?.reason,
    forget: (ids) => {
      for (const id of ids) rests.delete(id)
    },
  }
}
