/** A step of a walk over all evolutions of a database, whole as they go to another store. */

import type { CarriedInstance, CarriedSeries, EvolutionPart } from '../../../core/history/carried.ts'
import type { EvolutionStep } from '../../../ports/history.ts'
import type { Database } from '../database.ts'
import { carriedEvolution } from './carried-head.ts'
import { pastInstance } from './codec.ts'
import { cutOf } from './heads.ts'
import { numberOf } from './instance-number.ts'
import { IS_THERE } from './instances.ts'
import { leavingOf } from './kept-summaries.ts'
import { seriesOf } from './selected.ts'
import { keysBetween } from './series-key.ts'
import type { EvolutionDocument, InstanceDocument, StoredSeries } from './stored.ts'
import { beingSummarized, disturbedOf, hold } from './undisturbed.ts'

/** What the cursor says: an evolution, where it is begun already the series to go on with, and the last document that was met of that. */
interface Place {
  readonly n: string
  readonly series?: Pick<StoredSeries, 's'> & { readonly i: number }
  readonly after?: string
}

/** Parts and instances of a step, and about the bytes of their values. */
interface Room {
  parts: number
  instances: number
  bytes: number
}

const BYTES = 4_000_000
/** Evolutions that are read together. */
const TOGETHER = 100

/** Attempts to read a step in which nothing is put into summaries. */
const ATTEMPTS = 10

/** Answers HistoryStore.walk for one Tenant: `limit` instances at most, and about four megabytes. */
export async function walk(database: Database, limit: number, cursor: string | undefined): Promise<EvolutionStep> {
  const { ask, evolutions } = database
  const place: Place = cursor === undefined ? { n: '' } : JSON.parse(cursor)
  const options = { sort: { n: 1 }, limit: TOGETHER } as const
  for (let i = 0; i < ATTEMPTS; i++) {
    const found = await ask(() => evolutions.find({ n: { $gte: place.n } }, options).toArray())
    const { walked, ...step } = await stepFrom(database, found, place, limit)
    const disturbed = await disturbedOf(database, walked)
    if (disturbed.length === 0) return step
    await hold(database, disturbed)
  }
  throw beingSummarized()
}

interface Walked extends EvolutionStep {
  readonly walked: readonly EvolutionDocument[]
}

async function stepFrom(
  database: Database,
  found: readonly EvolutionDocument[],
  place: Place,
  limit: number,
): Promise<Walked> {
  const parts: EvolutionPart[] = []
  const room: Room = { parts: limit, instances: limit, bytes: BYTES }
  for (const [i, head] of found.entries()) {
    const n = head.n ?? ''
    const next = (left: Place) => ({ parts, next: JSON.stringify(left), walked: found.slice(0, i + 1) })
    if (isFull(room)) return next({ n })
    // One that has vanished meanwhile is gone on behind.
    const begun = n === place.n && place.series !== undefined ? place : { n }
    const left = await walkEvolution(database, head, begun, parts, room)
    if (left !== undefined) return next(left)
  }
  // Nothing comes between two texts of which one is the other with a space.
  const last = found[TOGETHER - 1]?.n
  return { parts, walked: found, ...(last !== undefined && { next: JSON.stringify({ n: `${last} ` }) }) }
}

function isFull({ parts, instances, bytes }: Room): boolean {
  return parts <= 0 || instances <= 0 || bytes <= 0
}

/** Where to go on with it; undefined where all of it has been met. */
async function walkEvolution(
  database: Database,
  head: EvolutionDocument,
  { n, series: first, after }: Place,
  into: EvolutionPart[],
  room: Room,
): Promise<Place | undefined> {
  const evolution = carriedEvolution(head)
  const add = (series: readonly CarriedSeries[]): void => {
    into.push({ evolution, series })
    room.parts--
  }
  if (first === undefined) add([])
  const all = seriesOf(head)
  const begun = first === undefined ? 0 : beginOf(all, first)
  for (const [i, series] of all.entries()) {
    if (i < begun) continue
    const { s } = series
    if (isFull(room)) return { n, series: { s, i } }
    const isGoneOn = s === first?.s && after !== undefined
    const { summaries, leaving } = await summariesOf(database, head, s, isGoneOn)
    const { found, last } = await instancesOf(database, head, s, { after: isGoneOn ? after : undefined, leaving }, room)
    if (found.length > 0 || summaries.length > 0) add([carriedSeries(series, summaries, found)])
    if (last !== undefined) return { n, series: { s, i }, after: last }
  }
  return undefined
}

/** Of one that has vanished meanwhile the next has its place. */
function beginOf(all: readonly StoredSeries[], { s, i }: NonNullable<Place['series']>): number {
  const found = all.findIndex((each) => each.s === s)
  return found === -1 ? i : found
}

/** `last`: the last one, where there may be more. */
async function instancesOf(
  { ask, instances }: Database,
  head: EvolutionDocument,
  s: string,
  { after, leaving }: { readonly after: string | undefined; readonly leaving: readonly string[] },
  room: Room,
) {
  const { $gte, $lt } = keysBetween(s)
  const which = {
    _id: after === undefined ? { $gte, $lt } : { $gt: after, $lt },
    ...IS_THERE,
    p: { $gt: cutOf(head, s), $lte: head.done ?? '' },
    ...(leaving.length > 0 && { $nor: [{ _id: { $in: [...leaving] } }] }),
  }
  const options = { sort: { _id: 1 }, limit: room.instances, batchSize: BATCH } as const
  return await ask(async () => {
    const found: InstanceDocument[] = []
    for await (const each of instances.find(which, options)) {
      found.push(each)
      room.instances--
      room.bytes -= String(each.v).length + (each.r?.length ?? 0)
      if (isFull({ ...room, parts: 1 })) return { found, last: each._id }
    }
    return { found, last: undefined }
  })
}

/** So that large ones are not read all before they are counted. */
const BATCH = 1_000

/** Before the instances, so that what goes into one meanwhile is missing rather than there twice; `leaving`: what is in summaries already. */
async function summariesOf(database: Database, head: EvolutionDocument, s: string, isGoneOn: boolean) {
  const { ask, summaries } = database
  const leaving = await leavingOf(database, head, s)
  if (isGoneOn) return { summaries: [], leaving }
  const which = { s, p: { $gt: cutOf(head, s) } }
  const found = await ask(() => summaries.find(which, { sort: { begins: 1 } }).toArray())
  return {
    summaries: found.map(({ begins, ends, summaries: of }) => ({ begins, ends, summaries: of })),
    leaving: [...leaving, ...found.flatMap(({ of = [] }) => of)],
  }
}

function carriedSeries(
  { a, d, t }: StoredSeries,
  summaries: CarriedSeries['summaries'],
  found: readonly InstanceDocument[],
): CarriedSeries {
  const inOrder = found
    .map((each) => ({ at: each.at, instance: carriedInstance(each, d) }))
    .sort((x, y) => x.at - y.at || compare(x.instance, y.instance))
  return {
    attribute: a,
    ...(d !== '' && { datasetId: d }),
    isObserved: t === true,
    summaries,
    instances: inOrder.map(({ instance }) => instance),
  }
}

/** As the embedded store has those of one time: clocks of instances may differ. */
function compare(a: CarriedInstance, b: CarriedInstance): number {
  return a.createdAt - b.createdAt || a.number - b.number
}

function carriedInstance(document: InstanceDocument, dataset: string): CarriedInstance {
  const { instanceId: _, ...instance } = pastInstance(document, dataset)
  return { ...instance, number: numberOf(document) }
}
