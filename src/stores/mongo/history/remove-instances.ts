/** Instances that are not kept any more, as they go. */

import type { Filter } from 'mongodb'
import type { Database } from '../database.ts'
import { IS_THERE } from './instances.ts'
import { keysBetween } from './series-key.ts'
import type { InstanceDocument } from './stored.ts'

/** What a step needs to know beside. */
export interface Retaining extends Database {
  /** What came with a change since this position may be moved once more, by somebody who has read it before. */
  readonly recent: string
  readonly now: number
}

export interface SeriesOf {
  /** Its evolution. */
  readonly entity: string
  readonly s: string
  /** What came with a change up to this position is deleted already. */
  readonly cut: string
  readonly isScope: boolean
}

export function those({ s, cut }: SeriesOf, from: number | undefined, until: number | undefined) {
  return { _id: keysBetween(s, from, until), ...IS_THERE, p: { $gt: cut } }
}

export function remove(database: Retaining, ids: readonly string[]): Promise<number> {
  return removeThose(database, { _id: { $in: [...ids] } })
}

const NOTHING_OF_IT = Object.fromEntries(
  ['at', 'c', 'k', 'v', 'm', 'x', 'r', 't', 'f', 'p', 'q', 'id'].map((name) => [name, '' as const]),
)

/** Of what may come once more something is left for a while (stored.ts), so that it does not. */
export async function removeThose(
  { ask, instances, recent, now }: Retaining,
  which: Filter<InstanceDocument>,
): Promise<number> {
  const { deletedCount } = await ask(() => instances.deleteMany({ $and: [which, { ...IS_THERE, p: { $lt: recent } }] }))
  const gone = { $set: { s: '', gone: now }, $unset: NOTHING_OF_IT }
  const { matchedCount } = await ask(() => instances.updateMany({ $and: [which, IS_THERE] }, gone))
  return deletedCount + matchedCount
}
