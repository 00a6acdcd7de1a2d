/** What stands at some of the times of a series. */

import type { Filter } from 'mongodb'
import type { Micros } from '../../../core/history/time-property.ts'
import type { MovedPast } from './heads.ts'
import { IS_THERE } from './instances.ts'
import { keysBetween } from './series-key.ts'
import type { InstanceDocument } from './stored.ts'

/** Questions that are asked at once. */
const TOGETHER = 16

/**
 * Those that meet the condition, and maybe more between these times: along the whole time, where there are not many times as many in it; else
 * each by itself.
 */
export async function standingAt(
  { ask, instances }: Pick<MovedPast, 'ask' | 'instances'>,
  s: string,
  times: readonly Micros[],
  condition: Filter<InstanceDocument>,
): Promise<readonly InstanceDocument[]> {
  const find = (first: Micros, last: Micros, limit?: number) => {
    const which = { ...condition, _id: keysBetween(s, first, last + 1), ...IS_THERE }
    return ask(() => instances.find(which, { sort: { _id: 1 }, ...(limit !== undefined && { limit }) }).toArray())
  }
  const sorted = [...new Set(times)].sort((a, b) => a - b)
  const most = times.length * 4 + 50
  const some = await find(sorted[0] ?? 0, sorted.at(-1) ?? 0, most)
  if (some.length < most) return some
  const found: InstanceDocument[] = []
  for (let i = 0; i < sorted.length; i += TOGETHER) {
    found.push(...(await Promise.all(sorted.slice(i, i + TOGETHER).map((at) => find(at, at)))).flat())
  }
  return found
}
