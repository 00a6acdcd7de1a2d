/** What a connection keeps in memory of a database, for as long as it is true. */

import { createPathKinds, type PathKinds } from './path-kinds.ts'
import { createRangeLists, type RangeLists } from './range-lists.ts'
import type { Statements } from './statements.ts'

/** States of entities (pages.ts) by their `rid`. Who writes an entity deletes its state. */
export type EntityStates = Pick<Map<number, string>, 'get' | 'delete'> & {
  set(rid: number, state: string): void
}

export interface Known {
  readonly kinds: PathKinds
  readonly lists: RangeLists
  readonly states: EntityStates
  /** To be called before it is asked: another connection may have written since. */
  refresh(): void
}

/** How much is kept. */
export interface KnownLimits {
  /** Each a place of 8 bytes. */
  readonly knownRids: number
  /** Of entities, each some 100 bytes. */
  readonly knownStates: number
}

export function createKnown(sql: Statements, { knownRids, knownStates }: KnownLimits): Known {
  const kinds = createPathKinds(sql)
  const lists = createRangeLists(knownRids)
  const states = createStates(knownStates)
  let version: number | undefined
  const refresh = (): void => {
    // Changes with what others commit, not with what this connection does.
    const [current]: readonly [number] = sql.arrays('PRAGMA data_version').get()
    if (current !== version) for (const each of [kinds, lists, states]) each.clear()
    version = current
  }
  return { kinds, lists, states, refresh }
}

/** All are forgotten when there are too many: to know which was used last costs as much as to look one up. */
function createStates(most: number): EntityStates & { clear(): void } {
  const states = new Map<number, string>()
  return {
    get: (rid) => states.get(rid),
    set: (rid, state) => {
      if (states.size >= most) states.clear()
      states.set(rid, state)
    },
    delete: (rid) => states.delete(rid),
    clear: () => states.clear(),
  }
}
