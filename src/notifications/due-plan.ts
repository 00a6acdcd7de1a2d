/** What is to be done when: those that are not due cost nothing. */

export interface DuePlan<T> {
  add(items: readonly T[]): void
  /** Takes out those that are due, the earliest first. */
  takeDue(now: number): readonly T[]
  /** Takes out all but these. */
  keep(isKept: (item: T) => boolean): void
  readonly size: number
}

/** `at`: when one is due; it does not change while the item is in the plan. */
export function createDuePlan<T>(at: (item: T) => number): DuePlan<T> {
  /** The earliest at the end. */
  let items: T[] = []
  /** Where one belongs: behind all that are due later. */
  const placeOf = (due: number): number => {
    let [from, to] = [0, items.length]
    while (from < to) {
      const middle = (from + to) >> 1
      const item = items[middle]
      if (item !== undefined && at(item) > due) from = middle + 1
      else to = middle
    }
    return from
  }
  return {
    add: (more) => {
      const [only] = more
      if (only !== undefined && more.length === 1) items.splice(placeOf(at(only)), 0, only)
      else if (more.length > 1) items = [...items, ...more].sort((a, b) => at(b) - at(a))
    },
    takeDue: (now) => items.splice(placeOf(now)).reverse(),
    keep: (isKept) => {
      items = items.filter(isKept)
    },
    get size() {
      return items.length
    },
  }
}
