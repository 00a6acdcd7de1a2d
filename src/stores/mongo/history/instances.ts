/** Instances as they are kept, replaced and taken away: each any number of times, by several at once. */

import type { AnyBulkWriteOperation } from 'mongodb'
import { inLockOrder } from '../lock-order.ts'
import { piecesOf } from '../pieces.ts'
import { areThere, type Change, type MovedPast } from './heads.ts'
import { keysBetween } from './series-key.ts'
import type { GoneInstance, InstanceDocument, StoredInstance } from './stored.ts'

/** Instances that are written together, and about the bytes of their values. */
const PIECE = { most: 1_000, bytes: 4_000_000 } as const

/** Met by instances that are there: of those that are gone there is something for a while (stored.ts). */
export const IS_THERE = { k: { $gte: 0 } } as const

/** Those once that are there already; what has been taken away since does not come again. */
export async function insert(
  { ask, instances }: MovedPast,
  all: readonly (InstanceDocument | GoneInstance)[],
): Promise<void> {
  const sizeOf = ({ v = '', r = '' }: InstanceDocument | GoneInstance) => String(v).length + String(r).length
  for (const piece of piecesOf(
    inLockOrder(all, ({ _id }) => _id),
    sizeOf,
    PIECE,
  )) {
    const documents = [...piece] as InstanceDocument[]
    await ask(() => instances.insertMany(documents, { ordered: false }).then(() => 0, areThere))
  }
}

/** `id` of what is replaced, by position and row. */
export interface Replacement {
  readonly id: string
  readonly row: StoredInstance
}

/** Each becomes another row where it stands, unless a later change has replaced it already. */
export async function replace(
  { ask, instances }: MovedPast,
  { position }: Change,
  all: readonly Replacement[],
): Promise<void> {
  const sizeOf = ({ row: { v, r = '' } }: Replacement) => String(v).length + r.length
  for (const piece of piecesOf(
    inLockOrder(all, ({ id }) => id),
    sizeOf,
    PIECE,
  )) {
    const updates = piece.map((each) => replacing(each, position))
    await ask(() => instances.bulkWrite(updates, { ordered: true }))
  }
}

const OPTIONAL = ['x', 'r', 't'] as const

/** In its place in time. */
function replacing({ id, row }: Replacement, position: string): AnyBulkWriteOperation<InstanceDocument> {
  const { k, v, f, c, m = c } = row
  const $unset = Object.fromEntries(
    OPTIONAL.filter((name) => row[name] === undefined).map((name) => [name, '' as const]),
  )
  return {
    updateOne: {
      filter: {
        _id: id,
        ...IS_THERE,
        p: { $lt: position },
        $or: [{ q: { $exists: false } }, { q: { $lt: position } }],
      },
      update: { $set: { k, v, f, m, q: position, ...givenOf(row) }, ...(Object.keys($unset).length > 0 && { $unset }) },
    },
  }
}

/** The members that not every instance has. */
export function givenOf({ x, r, t }: StoredInstance): Pick<StoredInstance, 'x' | 'r' | 't'> {
  return { ...(x !== undefined && { x }), ...(r !== undefined && { r }), ...(t && { t }) }
}

/** `to`: where it stands now. */
export async function takeAway({ ask, instances }: MovedPast, _id: string, gone: number, to?: string): Promise<void> {
  const remains: GoneInstance = { _id, s: '', gone, ...(to !== undefined && { to }) }
  await ask(() => instances.replaceOne({ _id, ...IS_THERE }, remains as unknown as InstanceDocument))
}

/** All of a series that came with changes up to a position. */
export async function removeSeries(
  { ask, instances, summaries }: MovedPast,
  s: string,
  position: string,
): Promise<void> {
  await ask(() => instances.deleteMany({ _id: keysBetween(s), p: { $lte: position } }))
  await ask(() => summaries.deleteMany({ s, p: { $lte: position } }))
}

/** By the id that it came with, wherever it stands; undefined where it is gone. */
export async function present(
  { ask, instances }: Pick<MovedPast, 'ask' | 'instances'>,
  id: string,
): Promise<InstanceDocument | undefined> {
  for (let at: string | undefined = id; at !== undefined; ) {
    const _id: string = at
    const found: InstanceDocument | null = await ask(() => instances.findOne({ _id }))
    if (found?.k !== undefined) return found
    at = found?.to as string | undefined
  }
  return undefined
}
