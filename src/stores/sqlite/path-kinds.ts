/** Which kinds of values there are at each path: most questions about them are of kinds that there are none of. */

import { LRUCache } from 'lru-cache'
import type { Statements } from './statements.ts'

/** Paths come from clients. */
const REMEMBERED = 5_000

export interface PathKinds {
  /** Whether there may be values of a kind (kindNumber) at a path (a number of `name`). */
  has(path: number, kind: number): boolean
  /** A value is added. Within a transaction; what is rolled back later does no harm. */
  add(path: number, kind: number): void
  clear(): void
}

const NEXT_KIND = 'SELECT min(kind) FROM entity_value WHERE path = ? AND kind > ?'

/** For one connection, which tells what it adds itself. */
export function createPathKinds(sql: Statements): PathKinds {
  const known = new LRUCache<number, number>({ max: REMEMBERED })
  const read = (path: number): number => {
    let kinds = 0
    for (let last = -1; ; ) {
      const [kind]: readonly [number | null] = sql.arrays(NEXT_KIND).get(path, last)
      if (kind === null) return kinds
      kinds |= 1 << kind
      last = kind
    }
  }
  return {
    has: (path, kind) => {
      const kinds = known.get(path) ?? read(path)
      known.set(path, kinds)
      return (kinds & (1 << kind)) !== 0
    },
    add: (path, kind) => {
      const kinds = known.get(path)
      if (kinds !== undefined) known.set(path, kinds | (1 << kind))
    },
    clear: () => known.clear(),
  }
}
