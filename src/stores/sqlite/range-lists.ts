/** Ranges of values as they were last read, while nothing at their path changes: apps ask the same again and again. */

import { LRUCache } from 'lru-cache'
import type { Found } from './index-reading.ts'

/** A range of `entity_value`. */
export interface RangeName {
  /** A number of `name`. */
  readonly path: number
  /** The same for no other range of the path. */
  readonly range: string
}

export interface RangeLists {
  /** All that is in a range, where it is remembered. */
  get(name: RangeName): Found | undefined
  /** Nothing is remembered of a range that has not been read to its end. */
  keep(name: RangeName, found: Found): void
  /** Something at a path is about to change. */
  changed(path: number): void
  clear(): void
}

/** Paths come from clients. */
const PATHS = 10_000
/** As many `rid`s could be kept in the memory that a list takes besides. */
const LIST = 50

/** For one connection, which knows what it changes itself. `rids`: that are remembered together, in lists. */
export function createRangeLists(rids: number): RangeLists {
  const lists = new LRUCache<string, { readonly found: Found; readonly version: number }>({
    maxSize: rids,
    sizeCalculation: ({ found }) => (found.rids?.length ?? 0) + LIST,
  })
  /** How often something at a path has changed since something of it was remembered. */
  const versions = new Map<number, number>()
  const clear = (): void => {
    lists.clear()
    versions.clear()
  }
  return {
    get: ({ path, range }) => {
      const known = lists.get(`${path} ${range}`)
      return known?.version === versions.get(path) ? known?.found : undefined
    },
    keep: ({ path, range }, found) => {
      if (found.rids === undefined) return
      if (versions.size >= PATHS) clear()
      const version = versions.get(path) ?? 0
      versions.set(path, version)
      lists.set(`${path} ${range}`, { found, version })
    },
    changed: (path) => {
      const version = versions.get(path)
      if (version !== undefined) versions.set(path, version + 1)
    },
    clear,
  }
}
