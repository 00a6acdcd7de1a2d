/** What is kept in memory of the indexes, for as long as it is true. */

import { createPathKinds, type PathKinds } from './path-kinds.ts'
import { createRangeLists, type RangeLists } from './range-lists.ts'
import type { Statements } from './statements.ts'

export interface KnownIndexes {
  readonly kinds: PathKinds
  readonly lists: RangeLists
  /** To be called before it is asked: another connection may have written since. */
  refresh(): void
}

/** `rids`: as `createRangeLists` takes them. */
export function createKnownIndexes(sql: Statements, rids: number): KnownIndexes {
  const kinds = createPathKinds(sql)
  const lists = createRangeLists(rids)
  let version: number | undefined
  const refresh = (): void => {
    // Changes with what others commit, not with what this connection does.
    const [current]: readonly [number] = sql.arrays('PRAGMA data_version').get()
    if (current !== version) {
      kinds.clear()
      lists.clear()
    }
    version = current
  }
  return { kinds, lists, refresh }
}
