/** Attributes that an evolution needs to be selected, as far as it is soon told which evolutions have them. */

import type { OneOf } from '../../../core/history/required-attributes.ts'
import type { Queried } from '../database.ts'

/** One of some Attributes. */
export interface Needed {
  /** Their numbers. */
  readonly nids: readonly number[]
  /** Of their series, up to {@link FEW}. */
  readonly count: number
}

/** Series that are few: whatever else is said, to go along them is soon done. */
export const FEW = 1_000
/** Attributes of a list at most: their series are merged. */
const MERGED = 20
/** Of these each evolution is asked; the others say little more. */
const RAREST = 4

const COUNT = `SELECT count(*) FROM
  (SELECT 1 FROM series WHERE attribute IN (SELECT value FROM json_each(?)) LIMIT ${FEW})`

/** The rarest first, not all; undefined where there never was any of a list. */
export function neededOf({ names, sql }: Queried, lists: readonly OneOf[]): readonly Needed[] | undefined {
  const known = lists.map((list) => list.flatMap((name) => names.find(name) ?? []))
  if (known.some((nids) => nids.length === 0)) return undefined
  return known
    .filter((nids) => nids.length <= MERGED)
    .map((nids) => ({ nids, count: Number(sql.arrays(COUNT).get(JSON.stringify(nids))[0]) }))
    .toSorted((a, b) => a.count - b.count)
    .slice(0, RAREST)
}
