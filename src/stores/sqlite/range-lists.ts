/** Ranges of values as they were last read, while nothing at their path changes: apps ask the same again and again. */

import { LRUCache } from 'lru-cache'

/** A range of `entity_value`. */
export interface RangeName {
  /** A number of `name`. */
  readonly path: number
  /** The same for no other range of the path. */
  readonly range: string
}

export interface RangeLists {
  /** Who has a value in a range, where it is remembered. */
  get(name: RangeName): readonly number[] | undefined
  /** `rids`: of all that have one. */
  keep(name: RangeName, rids: readonly number[]): void
  /** Something at a path is about to change. */
  changed(path: number): void
  clear(): void
}

/** Paths come from clients. */
const PATHS = 10_000
/** As many `rid`s could be kept in the memory that a list takes besides. */
const LIST = 50

interface Remembered {
  readonly rids: readonly number[]
  readonly version: number
}

/** For one connection, which knows what it changes itself. `most`: entities in all lists together. */
export function createRangeLists(most: number): RangeLists {
  const lists = new LRUCache<string, Remembered>({
    maxSize: most,
    sizeCalculation: ({ rids }, key) => rids.length + Math.ceil(key.length / 4) + LIST,
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
      return known?.version === versions.get(path) ? known?.rids : undefined
    },
    keep: ({ path, range }, rids) => {
      if (versions.size >= PATHS) clear()
      const version = versions.get(path) ?? 0
      versions.set(path, version)
      lists.set(`${path} ${range}`, { rids, version })
    },
    changed: (path) => {
      const version = versions.get(path)
      if (version !== undefined) versions.set(path, version + 1)
    },
    clear,
  }
}
