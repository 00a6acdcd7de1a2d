/**
 * Does to evolutions what changes have recorded, once they are committed. Each may be done any number of times, by several
 * instances at once, and be broken off anywhere: what has been done is known by the positions of changes.
 */

import type { AnyBulkWriteOperation, Document } from 'mongodb'
import type { Collections } from '../collections.ts'
import type { Connection } from '../connection.ts'
import { failedOf, isDuplicateKey, isMade } from '../driver-errors.ts'
import { inLockOrder } from '../lock-order.ts'
import { piecesOf } from '../pieces.ts'
import type { OwedChange } from '../stored.ts'
import { seriesKey } from './series-key.ts'
import type {
  AddedInstance,
  EvolutionDocument,
  InstanceDocument,
  Past,
  StoredInstance,
  StoredSeries,
} from './stored.ts'

export interface MovedPast extends Pick<Collections, 'evolutions' | 'instances' | 'summaries'> {
  readonly ask: Connection['ask']
}

/** Of an entity. */
interface Recorded {
  readonly _id: string
  readonly owed?: readonly OwedChange[]
}

interface Done<P extends Past = Past> {
  readonly entity: string
  readonly position: string
  readonly since: number
  readonly past: P
}

type Recording = Extract<Past, { kind: 'record' }>

export async function movePast(moved: MovedPast, found: readonly Recorded[]): Promise<void> {
  const plain: Done<Recording>[] = []
  for (const { _id: entity, owed = [] } of found) {
    const all = owed.flatMap(({ past, last, since }) =>
      past === undefined ? [] : [{ entity, position: last, since, past }],
    )
    if (all.every(isRecording)) plain.push(...all)
    else for (const each of all) await apply(moved, each)
  }
  if (plain.length > 0) await record(moved, plain)
}

function isRecording(done: Done): done is Done<Recording> {
  return done.past.kind === 'record'
}

async function apply(moved: MovedPast, done: Done): Promise<void> {
  const { past } = done
  switch (past.kind) {
    case 'record':
      return await record(moved, [{ ...done, past }])
    case 'add':
      return await add(moved, { ...done, past })
    case 'deleteEvolution':
      return await deleteEvolution(moved, done)
    case 'deleteSeries':
      return await deleteSeries(moved, done, past.series)
    case 'deleteInstance':
      return await deleteInstance(moved, done, past.instance)
    case 'replaceInstance':
      return await replaceInstance(moved, done, past.instance, past.row)
  }
}

async function record(moved: MovedPast, all: readonly Done<Recording>[]): Promise<void> {
  await insert(moved, all.flatMap(documentsOf))
  await putHeads(moved, merged(all))
}

function documentsOf({
  entity,
  position,
  past,
}: Done<Extract<Past, { kind: 'record' | 'add' }>>): readonly InstanceDocument[] {
  return past.instances.map(({ a, d, ...instance }, i) => ({
    ...{ _id: `${position}.${i}`, s: seriesKey(entity, a, d), p: position },
    ...instance,
  }))
}

/** Instances that are written together, and about the bytes of their values. */
const PIECE = { most: 1_000, bytes: 4_000_000 } as const

/** Those once that are there already. */
async function insert({ ask, instances }: MovedPast, all: readonly InstanceDocument[]): Promise<void> {
  const sizeOf = ({ v, r = '' }: InstanceDocument) => String(v).length + r.length
  for (const piece of piecesOf(
    inLockOrder(all, ({ _id }) => _id),
    sizeOf,
    PIECE,
  )) {
    await ask(() =>
      instances.insertMany([...piece], { ordered: false }).catch((error: unknown) => {
        if (!failedOf(error).failed.every(isDuplicateKey)) throw error
      }),
    )
  }
}

/** Of each entity one, in the order of its changes. */
function merged(all: readonly Done<Recording>[]): readonly Head[] {
  const heads = new Map<string, Head>()
  for (const { entity, position, since, past } of all) {
    const before = heads.get(entity)
    const types = new Set([...(before?.past.types ?? []), ...past.types])
    const instances = [...(before?.past.instances ?? []), ...past.instances]
    heads.set(entity, {
      ...{ entity, position, since: before?.since ?? since },
      past: { types: [...types], instances, deletedAt: past.deletedAt },
    })
  }
  return [...heads.values()]
}

/** What a change says of the evolution beside its instances. */
type Head = Pick<Done, 'entity' | 'position' | 'since'> & {
  readonly past: Pick<Recording, 'types' | 'instances'> & { readonly deletedAt?: number | null }
}

/** Most say nothing new: these are not written. */
async function putHeads(moved: MovedPast, all: readonly Head[]): Promise<void> {
  const { ask, evolutions } = moved
  const ids = all.map(({ entity }) => entity)
  const found = await ask(() => evolutions.find({ _id: { $in: ids } }, { projection: { dying: 0, cuts: 0 } }).toArray())
  const there = new Map(found.map((each) => [each._id, each]))
  const changed = inLockOrder(all, ({ entity }) => entity).filter((head) => isNews(head, there.get(head.entity)))
  // Who has not recorded anything yet begins with nothing that was deleted.
  await begin(
    moved,
    changed.filter(({ entity, past }) => there.get(entity)?.n === undefined && past.instances.length > 0),
  )
  if (changed.length > 0) await ask(() => evolutions.bulkWrite(changed.map(headUpdate), { ordered: true }))
}

function isNews({ entity, past }: Head, known: EvolutionDocument | undefined): boolean {
  if (known?.n === undefined) return true
  const { types = [], series = [], state = '' } = known
  const { deletedAt } = past
  return (
    past.types.some((type) => !types.includes(type)) ||
    seriesIn(entity, past.instances).some(({ s }) => !series.some((each) => each.s === s)) ||
    (deletedAt !== undefined && state.slice(state.indexOf(' ') + 1) !== String(deletedAt ?? ''))
  )
}

/** Not after a deletion that came later. */
function livesAt(position: string) {
  return { $or: [{ cut: { $exists: false } }, { cut: { $lt: position } }] }
}

function headUpdate({ entity, position, past }: Head): AnyBulkWriteOperation<EvolutionDocument> {
  const { types, instances, deletedAt } = past
  return {
    updateOne: {
      filter: { _id: entity, n: { $exists: true }, ...livesAt(position) },
      update: {
        $addToSet: { types: { $each: [...types] }, series: { $each: seriesIn(entity, instances) } },
        ...(deletedAt !== undefined && { $max: { state: `${position} ${deletedAt ?? ''}` } }),
      },
    },
  }
}

function seriesIn(entity: string, instances: readonly AddedInstance[]): StoredSeries[] {
  const series = instances.map(({ a, d }): [string, StoredSeries] => {
    const s = seriesKey(entity, a, d)
    return [s, { s, a, d }]
  })
  return [...new Map(series).values()]
}

async function begin({ ask, evolutions }: MovedPast, heads: readonly Head[]): Promise<void> {
  if (heads.length === 0) return
  const operations = heads.map(({ entity, position, since }) => ({
    updateOne: {
      filter: { _id: entity, n: { $exists: false }, ...livesAt(position) },
      update: { $set: { n: position, createdAt: since, types: [], series: [] } },
      upsert: true,
    },
  }))
  await ask(() =>
    evolutions.bulkWrite(operations, { ordered: false }).catch((error: unknown) => {
      if (!failedOf(error).failed.every(isDuplicateKey)) throw error
    }),
  )
}

/** 5.6.11: what was observed at the same time gives its place to it. */
async function add(moved: MovedPast, done: Done<Extract<Past, { kind: 'add' }>>): Promise<void> {
  const { ask, instances } = moved
  await begin(moved, [done])
  await putHeads(moved, [done])
  const all = [...new Map(documentsOf(done).map((each) => [each.t ? `${each.s} ${each.at}` : each._id, each])).values()]
  const there = await sameTimes(moved, done.entity, all)
  await insert(
    moved,
    all.filter((each) => !there.has(placeOf(each))),
  )
  const replaced = all.flatMap((each) => {
    const before = there.get(placeOf(each))
    return before === undefined || before._id === each._id || isSame(before, each)
      ? []
      : [replacing(before._id, done.position, { ...each, c: before.c, m: done.since })]
  })
  for (const piece of piecesOf(replaced, () => 1, PIECE))
    await ask(() => instances.bulkWrite([...piece], { ordered: true }))
}

function placeOf({ s, at, t }: InstanceDocument): string {
  return t ? `${s} ${at}` : ''
}

function isSame(a: StoredInstance, b: StoredInstance): boolean {
  return a.k === b.k && a.v === b.v && a.r === b.r && a.x === b.x
}

async function sameTimes({ ask, instances, evolutions }: MovedPast, entity: string, all: readonly InstanceDocument[]) {
  const there = new Map<string, InstanceDocument>()
  const timed = all.filter(({ t }) => t)
  if (timed.length === 0) return there
  const head = await ask(() => evolutions.findOne({ _id: entity }, { projection: { cut: 1, cuts: 1 } }))
  for (const piece of piecesOf(timed, () => 1, PIECE)) {
    const s = { $in: [...new Set(piece.map((each) => each.s))] }
    const at = { $in: [...new Set(piece.map((each) => each.at))] }
    const found = await ask(() => instances.find({ s, at, t: true }, { sort: { c: 1, _id: 1 } }).toArray())
    for (const each of found) if (each.p > cutOf(head, each.s)) there.set(placeOf(each), each)
  }
  return there
}

/** Up to which position instances of a series have been deleted. */
export function cutOf(head: Pick<EvolutionDocument, 'cut' | 'cuts'> | null, s: string): string {
  const [all = '', own = ''] = [head?.cut, head?.cuts?.[s]]
  if (all > own) return all
  return own
}

const OPTIONAL = ['x', 'r', 't'] as const

function replacing(id: string, position: string, row: StoredInstance): AnyBulkWriteOperation<InstanceDocument> {
  const { at, c, k, v, f, m = c, x, r, t } = row
  const some = { ...(x !== undefined && { x }), ...(r !== undefined && { r }), ...(t && { t }) }
  const $unset = Object.fromEntries(OPTIONAL.filter((name) => !(name in some)).map((name) => [name, '' as const]))
  const isEarlier = { $or: [{ q: { $exists: false } }, { q: { $lt: position } }] }
  return {
    updateOne: {
      filter: { _id: id, s: { $gt: '' }, ...isEarlier },
      update: { $set: { at, k, v, f, m, q: position, ...some }, ...(Object.keys($unset).length > 0 && { $unset }) },
    },
  }
}

async function replaceInstance(
  { ask, instances }: MovedPast,
  { position }: Done,
  id: string,
  row: StoredInstance,
): Promise<void> {
  await ask(() => instances.bulkWrite([replacing(id, position, row)]))
}

/** It is remembered for a while, so that it is not moved again. */
async function deleteInstance({ ask, instances }: MovedPast, { since }: Done, id: string): Promise<void> {
  const update = { $set: { s: '', gone: since }, $unset: { v: '' as const, r: '' as const } }
  await ask(() => instances.updateOne({ _id: id, s: { $gt: '' } }, update))
}

async function deleteSeries(
  { ask, evolutions, instances, summaries }: MovedPast,
  done: Done,
  series: readonly string[],
): Promise<void> {
  const { entity, position } = done
  for (const s of series) {
    const isEarlier = { $or: [{ [`cuts.${s}`]: { $exists: false } }, { [`cuts.${s}`]: { $lt: position } }] }
    const update: Document = { $set: { [`cuts.${s}`]: position }, $pull: { series: { s } } }
    const filter = { _id: entity, ...isEarlier }
    await ask(() => evolutions.bulkWrite([{ updateOne: { filter, update } }]))
    await ask(() => instances.deleteMany({ s, p: { $lte: position } }))
    await ask(() => summaries.deleteMany({ s }))
  }
}

/** At once for who reads; its instances are removed after that. */
async function deleteEvolution(
  { ask, evolutions, instances, summaries }: MovedPast,
  { entity, position }: Done,
): Promise<void> {
  const head = await ask(() => evolutions.findOne({ _id: entity }))
  const isDone = head?.cut !== undefined && head.cut >= position
  const dying = isDone ? (head.dying ?? []) : (head?.series ?? []).map(({ s }) => s)
  if (!isDone) {
    const $unset = {
      n: '' as const,
      createdAt: '' as const,
      types: '' as const,
      series: '' as const,
      state: '' as const,
      cuts: '' as const,
    }
    const update = { $set: { cut: position, dying }, $unset }
    await isMade(ask(() => evolutions.updateOne({ _id: entity, ...livesAt(position) }, update, { upsert: true })))
  }
  for (const s of dying) {
    await ask(() => instances.deleteMany({ s, p: { $lte: position } }))
    await ask(() => summaries.deleteMany({ s }))
  }
  await ask(() => evolutions.updateOne({ _id: entity, cut: position }, { $unset: { dying: '' as const } }))
}
