import type { Micros } from '../../core/history/time-property.ts'

/** Of lists of times, the latest first, how many of each are among the last `n` of all. */
export function lastOf(lists: readonly (readonly Micros[])[], n: number): readonly number[] {
  const taken = lists.map(() => 0)
  for (let left = n; left > 0; left--) {
    let best = -1
    for (const [i, list] of lists.entries()) {
      const time = list[taken[i] ?? 0]
      if (time !== undefined && (best === -1 || time > (lists[best]?.[taken[best] ?? 0] ?? time))) best = i
    }
    if (best === -1) break
    taken[best] = (taken[best] ?? 0) + 1
  }
  return taken
}
