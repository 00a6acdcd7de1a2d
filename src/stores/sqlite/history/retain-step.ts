/** A step of keeping the history of a database bounded. */

import { mergeSummaries } from '../../../core/history/merge-summaries.ts'
import { SCOPE } from '../../../core/history/past-instance.ts'
import type { Horizons } from '../../../core/history/retention.ts'
import { createSummarizing, type Summary } from '../../../core/history/summary.ts'
import type { Micros } from '../../../core/history/time-property.ts'
import { aggregatedOf } from '../../../core/history/value-class.ts'
import type { Retained } from '../../../ports/history.ts'
import { decodeInstance } from '../../common/instance-row.ts'
import type { Database } from '../database.ts'
import type { Step } from '../write-queue.ts'
import { isAnyGone } from './clearing.ts'
import { deleteEvolution, deleteSeries, isAnyLeft } from './delete-rows.ts'
import { BARE, isEntity, removeBareStep } from './remove-bare-step.ts'
import { COLUMNS, type StoredRow } from './rows.ts'
import { keptSummaries, putSummary } from './summaries.ts'

/** Series that are looked at in one step, whether or not something of them goes. */
const SERIES = 200

interface SeriesOfEvolution {
  readonly sid: number
  readonly hid: number
  readonly attribute: string
  readonly dataset: string
  readonly id: string
  readonly types: string
}

const NEXT = `SELECT s.sid, s.hid, n.iri AS attribute, s.dataset, e.id, e.types
  FROM series s JOIN name n ON n.nid = s.attribute JOIN evolution e ON e.hid = s.hid WHERE s.sid >= ? ORDER BY s.sid LIMIT ? + 0`

/**
 * The cursor is the series to go on with, or, where all have been looked at, the evolution. What is left of series that are gone is
 * removed beside it.
 */
export function retainStep(
  database: Database,
  horizonsOf: (types: readonly string[]) => Horizons | undefined,
  limit: number,
  cursor = '0',
): Step<Retained> {
  if (cursor.startsWith(BARE)) return removeBareStep(database, horizonsOf, limit, Number(cursor.slice(BARE.length)))
  return retainSeriesStep(database, horizonsOf, limit, cursor)
}

function retainSeriesStep(
  database: Database,
  horizonsOf: (types: readonly string[]) => Horizons | undefined,
  limit: number,
  cursor: string,
): Step<Retained> {
  return () => {
    if (isAnyGone(database.sql)) database.clearing.begin()
    const total = { removed: 0, summarized: 0 }
    const all = database.sql(NEXT).all(Number(cursor), SERIES + 1) as readonly SeriesOfEvolution[]
    for (const series of all.slice(0, SERIES)) {
      if (total.removed >= limit) return { ok: true, value: { ...total, next: String(series.sid) } }
      const horizons = horizonsOf(JSON.parse(series.types))
      if (horizons === undefined) continue
      const isDone = retainSeries(database, series, horizons, limit, total)
      if (!isDone) return { ok: true, value: { ...total, next: String(series.sid) } }
    }
    const next = all[SERIES]?.sid
    return { ok: true, value: { ...total, next: next === undefined ? `${BARE}0` : String(next) } }
  }
}

interface Total {
  removed: number
  summarized: number
}

/** Whether nothing more of it is to go. */
function retainSeries(
  database: Database,
  series: SeriesOfEvolution,
  horizons: Horizons,
  limit: number,
  total: Total,
): boolean {
  const { sid, attribute, id } = series
  database.evolutions.changed(id)
  const { rawBefore, everyMicros } = horizons
  while (total.removed < limit) {
    if (attribute === SCOPE) {
      total.removed += removeScopes(database, sid, rawBefore)
      break
    }
    const removed =
      everyMicros === undefined
        ? removeOldest(database, sid, rawBefore, limit - total.removed)
        : summarizeNext(database, sid, rawBefore, everyMicros)
    if (removed === 0) break
    total.removed += removed
    if (everyMicros !== undefined) total.summarized += removed
  }
  if (total.removed >= limit) return false
  if (horizons.summariesBefore !== undefined) {
    database.sql(OLD_SUMMARIES).run(sid, horizons.summariesBefore)
  }
  removeEmpty(database, series)
  return true
}

/** What ends before has begun before: so it is found by the key. */
export const OLD_SUMMARIES = 'DELETE FROM summary WHERE sid = ?1 AND begins < ?2 AND ends <= ?2'

const OLDEST = `DELETE FROM instance WHERE sid = ?1 AND (at, created_at, n) IN
  (SELECT at, created_at, n FROM instance WHERE sid = ?1 AND at < ?2 ORDER BY at LIMIT ?3 + 0)`

function removeOldest({ sql }: Database, sid: number, before: Micros, limit: number): number {
  return Number(sql(OLDEST).run(sid, before, limit).changes)
}

/** The last one before is still valid after it. */
const SCOPES = `DELETE FROM instance WHERE sid = ?1 AND at <
  (SELECT at FROM instance WHERE sid = ?1 AND at < ?2 ORDER BY at DESC LIMIT 1)`

function removeScopes({ sql }: Database, sid: number, before: Micros): number {
  return Number(sql(SCOPES).run(sid, before).changes)
}

/**
 * Instances of a period that are summarized in one step: of a period with more the different values of each such part are counted by
 * themselves.
 */
const MOST_OF_PERIOD = 5_000

const OF_PERIOD = `SELECT ${COLUMNS} FROM instance WHERE sid = ? AND at >= ? AND at < ?
  ORDER BY at, created_at, n LIMIT ${MOST_OF_PERIOD}`
const SUMMARIZED = 'DELETE FROM instance WHERE sid = ? AND at >= ? AND (at, created_at, n) <= (?, ?, ?)'

/** The first period of which there are instances before a time, or the first of its instances; how many there were. */
function summarizeNext({ sql }: Database, sid: number, before: Micros, every: number): number {
  const first: { at: Micros } | undefined = sql(
    'SELECT at FROM instance WHERE sid = ? AND at < ? ORDER BY at LIMIT 1',
  ).get(sid, before)
  if (first === undefined) return 0
  const begins = Math.floor(first.at / every) * every
  const ends = begins + every
  const rows = sql(OF_PERIOD).all(sid, begins, ends) as readonly StoredRow[]
  const [kept] = keptSummaries(sql, sid, { from: begins, until: ends })
  const summaries = mergeSummaries([summariesOf(rows), kept?.summaries ?? []])
  if (summaries.length > 0) putSummary(sql, sid, { begins, ends, summaries })
  const last = rows.at(-1)
  if (last !== undefined) sql(SUMMARIZED).run(sid, begins, last.at, last.created_at, last.n)
  return rows.length
}

function summariesOf(rows: readonly StoredRow[]): readonly Summary[] {
  const summarizing = createSummarizing()
  for (const row of rows) for (const value of aggregatedOf(decodeInstance(row, '', ''))) summarizing.add(value)
  return summarizing.summaries()
}

const IS_SERIES_LEFT = 'SELECT 1 FROM series s JOIN evolution e ON e.hid = s.hid WHERE e.id = ? LIMIT 1'

function removeEmpty(database: Database, series: SeriesOfEvolution): void {
  const { sql } = database
  const { id, hid } = series
  if (isAnyLeft(database, series.sid)) return
  deleteSeries(database, hid, [series])
  if (!isEntity(database, id) && sql(IS_SERIES_LEFT).get(id) === undefined) deleteEvolution(database, id)
}
