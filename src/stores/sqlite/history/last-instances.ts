/** Which instances are the last of their Attribute, of all its datasets together (5.7.3.4). */

import { lastOf } from '../../common/last-of.ts'
import type { SeriesRow } from './heads.ts'
import type { Source } from './sources.ts'

/** Of each series how many of its last are among the last `n` of its Attribute; perhaps more than it has. */
export function countsOfLast(
  all: readonly { readonly series: SeriesRow; readonly source: Source }[],
  n: number,
): readonly number[] {
  const byAttribute = new Map<string, number[]>()
  for (const [i, { series }] of all.entries()) {
    const group = byAttribute.get(series.attribute)
    if (group === undefined) byAttribute.set(series.attribute, [i])
    else group.push(i)
  }
  const counts = all.map(() => n)
  for (const group of byAttribute.values()) {
    if (group.length === 1) continue
    const lists = group.map((i) => all[i]?.source.times({ limit: n, backwards: true }) ?? [])
    for (const [at, count] of lastOf(lists, n).entries()) counts[group[at] ?? 0] = count
  }
  return counts
}
