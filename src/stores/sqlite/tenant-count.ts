/** How many Tenants there are, known without listing thousands of files each time one is made. */

import { tooManyTenants } from '../../core/model/problems.ts'
import type { Clock } from '../../ports/clock.ts'

/** Milliseconds after which what other processes made, and what an operator took away, is seen. */
const REFRESH_MS = 1_000
/** With room for fewer all are listed each time: more than other processes can make before that. */
const CLOSE = 1_000

interface TenantCount {
  /** One is about to be made. Throws Conflict where there are as many as there can be. */
  add(): void
}

/** `list` gives all Tenants. */
export function createTenantCount(list: () => readonly string[], most: number, clock: Clock): TenantCount {
  let count = 0
  let listedAt = Number.NEGATIVE_INFINITY
  return {
    add: () => {
      const now = clock.now()
      if (now - listedAt >= REFRESH_MS || most - count < CLOSE) {
        count = list().length
        listedAt = now
      }
      if (count >= most) throw tooManyTenants(most)
      count++
    },
  }
}
