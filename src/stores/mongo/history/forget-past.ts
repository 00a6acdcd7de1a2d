/** What is remembered for a while of what has been taken from evolutions, so that nobody moves it a second time. */

import { inLockOrder } from '../lock-order.ts'
import { textOf } from '../sequence.ts'
import type { MovedPast } from './heads.ts'
import { removeSeries } from './instances.ts'

/** Removes at most `limit` of what is older than `before`; returns how many. */
export async function forgetPast(moved: MovedPast, before: number, limit: number): Promise<number> {
  const gone = await forgetInstances(moved, before, limit)
  return gone + (await forgetEvolutions(moved, before, limit - gone))
}

async function forgetInstances({ ask, instances }: MovedPast, before: number, limit: number): Promise<number> {
  // To MongoDB a limit of 0 is none.
  if (limit <= 0) return 0
  const gone = { gone: { $lt: before } }
  const found = await ask(() => instances.find<Found>(gone, { projection: { _id: 1 }, limit }).toArray())
  if (found.length === 0) return 0
  const _id = { $in: found.map((each) => each._id) }
  return (await ask(() => instances.deleteMany({ _id, ...gone }))).deletedCount
}

async function forgetEvolutions(moved: MovedPast, before: number, limit: number): Promise<number> {
  const { ask, evolutions } = moved
  if (limit <= 0) return 0
  const projection = { cut: 1, dying: 1 } as const
  const found = await ask(() => evolutions.find({ cut: { $lt: textOf(before) } }, { projection, limit }).toArray())
  for (const { _id, cut = '', dying = [] } of inLockOrder(found, (each) => each._id)) {
    for (const s of dying) await removeSeries(moved, s, cut)
    // Where it has begun again, it is as any other.
    await ask(() => evolutions.deleteOne({ _id, cut, n: { $exists: false } }))
    await ask(() => evolutions.updateOne({ _id, cut }, { $unset: { cut: '', dying: '' } }))
  }
  return found.length
}

interface Found {
  readonly _id: string
}
