/** Intervals of values by a value that lies in them: what does not contain it is not looked at, where few overlap. */

import { compareComparables } from '../query/comparable.ts'

interface Interval<S> {
  readonly least: number | string
  readonly most: number | string
  readonly subscription: S
}

export interface Intervals<S> {
  add(interval: Interval<S>): void
  /** Adds those that contain the value, both ends included. All values are of one kind. */
  collect(value: number | string, into: Set<S>): void
}

export function createIntervals<S>(): Intervals<S> {
  const items: Interval<S>[] = []
  /** The greatest end of an item and all before it. */
  let ends: (number | string)[] = []
  const sort = (): void => {
    items.sort((a, b) => compareComparables(a.least, b.least))
    ends = []
    for (const { most } of items) {
      const before = ends.at(-1)
      ends.push(before === undefined || compareComparables(before, most) < 0 ? most : before)
    }
  }
  return {
    add: (interval) => {
      items.push(interval)
      ends = []
    },
    collect: (value, into) => {
      // When it is asked for the first time after an addition.
      if (ends.length < items.length) sort()
      for (let i = lastBeginning(items, value); i >= 0; i--) {
        if (compareComparables(ends[i] ?? value, value) < 0) return
        const item = items[i]
        if (item !== undefined && compareComparables(item.most, value) >= 0) into.add(item.subscription)
      }
    },
  }
}

/** Index of the last that begins at the value or before it; -1 where none does. */
function lastBeginning(items: readonly Interval<unknown>[], value: number | string): number {
  let [from, to] = [0, items.length]
  while (from < to) {
    const middle = (from + to) >> 1
    if (compareComparables(items[middle]?.least ?? value, value) <= 0) from = middle + 1
    else to = middle
  }
  return from - 1
}
