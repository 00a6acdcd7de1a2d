/** A step of a walk over all evolutions of a database, whole as they go to another store. */

import type { CarriedInstance, CarriedSeries, EvolutionPart } from '../../../core/history/carried.ts'
import type { EvolutionStep } from '../../../ports/history.ts'
import { decodeInstance } from '../../common/instance-row.ts'
import type { Queried } from '../database.ts'
import { HEAD_COLUMNS, type Head, type HeadRow, headOf, type SeriesRow, seriesOf } from './heads.ts'
import { COLUMNS, type StoredRow } from './rows.ts'
import { keptSummaries } from './summaries.ts'

/** What the cursor says: an evolution, where it is begun already the series to go on with, and the last row that was met of that. */
interface Place {
  readonly hid: number
  readonly sid?: number
  readonly after?: readonly [at: number, created: number, n: number]
}

const FROM = `SELECT ${HEAD_COLUMNS} FROM evolution e WHERE e.hid >= ? ORDER BY e.hid LIMIT 1`

/** Parts and instances of a step, and about the bytes of their values. */
interface Room {
  parts: number
  instances: number
  bytes: number
}

const BYTES = 4_000_000

/** Answers HistoryStore.walk for one database: `limit` instances at most, and about four megabytes. */
export function walkStep(database: Queried, limit: number, cursor: string | undefined): EvolutionStep {
  const parts: EvolutionPart[] = []
  const room: Room = { parts: limit, instances: limit, bytes: BYTES }
  let place: Place = cursor === undefined ? { hid: 0 } : JSON.parse(cursor)
  for (;;) {
    const row: HeadRow | undefined = database.sql.arrays(FROM).get(place.hid)
    if (row === undefined) return { parts }
    // One that has vanished meanwhile is gone on behind.
    const head = headOf(row)
    const left = walkEvolution(database, head, head.hid === place.hid ? place : { hid: head.hid }, parts, room)
    place = left ?? { hid: head.hid + 1 }
    if (left !== undefined || isFull(room)) return { parts, next: JSON.stringify(place) }
  }
}

function isFull({ parts, instances, bytes }: Room): boolean {
  return parts <= 0 || instances <= 0 || bytes <= 0
}

/** Where to go on with it; undefined where all of it has been met. */
function walkEvolution(
  database: Queried,
  { id, hid, types, createdAt, deletedAt }: Head,
  { sid: first, after }: Place,
  into: EvolutionPart[],
  room: Room,
): Place | undefined {
  const evolution = { id, types, createdAt, ...(deletedAt !== null && { deletedAt }) }
  const add = (series: readonly CarriedSeries[]): void => {
    into.push({ evolution, series })
    room.parts--
  }
  if (first === undefined) add([])
  for (const series of seriesOf(database, hid)) {
    const { sid } = series
    if (sid < (first ?? 0)) continue
    if (isFull(room)) return { hid, sid }
    const rows = rowsOf(database, sid, sid === first ? after : undefined, room)
    const carried = carriedSeries(database, series, rows.found, sid === first && after !== undefined)
    if (carried.instances.length > 0 || carried.summaries.length > 0) add([carried])
    if (rows.last !== undefined) return { hid, sid, after: rows.last }
  }
  return undefined
}

const ROWS = `SELECT ${COLUMNS} FROM instance
  WHERE sid = ? AND (at, created_at, n) > (?, ?, ?) ORDER BY at, created_at, n LIMIT ? + 0`
const BEFORE_ALL = [Number.MIN_SAFE_INTEGER, 0, 0] as const

/** `last`: the last one, where there may be more. */
function rowsOf(database: Queried, sid: number, after: Place['after'], room: Room) {
  const found: StoredRow[] = []
  const values = [sid, ...(after ?? BEFORE_ALL), room.instances]
  for (const row of database.iterate(ROWS, values) as Iterable<StoredRow>) {
    found.push(row)
    room.instances--
    room.bytes -= String(row.value).length + (row.rest?.length ?? 0)
    if (isFull({ ...room, parts: 1 })) return { found, last: [row.at, row.created_at, row.n] as const }
  }
  return { found, last: undefined }
}

function carriedSeries(
  { sql }: Queried,
  { sid, attribute, dataset, isTimed }: SeriesRow,
  rows: readonly StoredRow[],
  isGoneOn: boolean,
): CarriedSeries {
  return {
    attribute,
    ...(dataset !== '' && { datasetId: dataset }),
    isObserved: isTimed,
    summaries: isGoneOn ? [] : keptSummaries(sql, sid, {}),
    instances: rows.map((row) => carriedInstance(row, dataset)),
  }
}

function carriedInstance(row: StoredRow, dataset: string): CarriedInstance {
  const { instanceId: _, ...instance } = decodeInstance(row, '', dataset)
  return { ...instance, number: row.n }
}
