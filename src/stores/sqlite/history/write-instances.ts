/** Instances written, in the transaction of whatever they come with. */

import type { Addition } from '../../../core/history/past-instance.ts'
import type { Recording } from '../../../core/history/recording.ts'
import type { Instant } from '../../../core/model/entity.ts'
import type { Log } from '../../../ports/call.ts'
import { encodeInstance, type InstanceRow } from '../../common/instance-row.ts'
import { tellLeftOut } from '../../common/left-out.ts'
import type { Statements } from '../statements.ts'
import type { Evolutions, Series } from './evolutions.ts'
import { COLUMNS, IS_TIMED, isTimed, type StoredRow } from './rows.ts'

/** Where in which series an instance stands. */
export interface InstanceKey {
  readonly sid: number
  readonly created_at: Instant
  readonly n: number
}

interface Written {
  readonly sql: Statements
  readonly evolutions: Evolutions
  /** Absent where there is nobody to tell. */
  readonly log?: Log | undefined
}

/** What a change of an entity records. */
export function writeRecording(written: Written, { id, types, deletedAt, additions }: Recording, now: Instant): void {
  const { evolutions } = written
  const isThere = additions.length > 0 || evolutions.find(id) !== undefined
  if (!isThere) return
  const { hid } = evolutions.put(id, types, deletedAt ?? null, now)
  const leftOut = writeAdditions(written, hid, additions)
  if (leftOut > 0) tellLeftOut(written.log, id, leftOut)
}

/** What came late: each takes the place of what was observed at the same time. */
export function writeLate(written: Written, { id, types, additions }: Recording, now: Instant): void {
  const { hid } = written.evolutions.put(id, types, null, now)
  const leftOut = writeReplacing(written, hid, additions, now)
  if (leftOut > 0) tellLeftOut(written.log, id, leftOut)
}

/** Each stands where its time says, beside whatever stands there. Returns for how many there is no room. */
function writeAdditions({ sql, evolutions }: Written, hid: number, additions: readonly Addition[]): number {
  let leftOut = 0
  for (const { attribute, instance } of additions) {
    const series = evolutions.series(hid, attribute, instance.datasetId ?? '')
    if (series === undefined) leftOut++
    else insert(sql, series, encodeInstance(instance))
  }
  return leftOut
}

/** Each takes the place of what was observed at the same time. Returns for how many there is no room. */
export function writeReplacing(
  { sql, evolutions }: Written,
  hid: number,
  additions: readonly Addition[],
  now: Instant,
): number {
  let leftOut = 0
  for (const { attribute, instance } of additions) {
    const series = evolutions.series(hid, attribute, instance.datasetId ?? '')
    if (series === undefined) {
      leftOut++
      continue
    }
    const row = encodeInstance(instance)
    const before: StoredRow | undefined =
      instance.observedAt === undefined ? undefined : sql(AT).get(series.sid, row.at)
    if (before === undefined) insert(sql, series, row)
    else if (!isSame(before, row)) replaceRow(sql, { sid: series.sid, ...before }, { ...row, modified_at: now })
  }
  return leftOut
}

/** A statement: the last of those of a series that were observed at a time. */
export const AT = `SELECT ${COLUMNS} FROM instance WHERE sid = ? AND at = ? AND ${IS_TIMED} ORDER BY created_at DESC, n DESC LIMIT 1`

function isSame(a: StoredRow, b: InstanceRow): boolean {
  return a.kind === b.kind && a.value === b.value && a.rest === b.rest && a.deleted_at === b.deleted_at
}

const DELETE = 'DELETE FROM instance WHERE sid = ? AND created_at = ? AND n = ?'

/** What stands by this key becomes another, perhaps at another time. */
export function replaceRow(sql: Statements, { sid, created_at, n }: InstanceKey, row: InstanceRow): void {
  sql(DELETE).run(sid, created_at, n)
  put(sql, sid, n, { ...row, created_at })
  if (isTimed(row)) observe(sql, sid)
}

function insert(sql: Statements, series: Series, row: InstanceRow): void {
  const { sid, next } = series
  const { created_at } = row
  // Others may have written in this millisecond, or one of many has come back to it.
  const guess = next.createdAt === created_at ? next.n : 0
  const n = put(sql, sid, guess, row) ? guess : afterLast(sql, sid, created_at)
  if (n !== guess) put(sql, sid, n, row)
  next.createdAt = created_at
  next.n = n + 1
  if (series.isTimed || !isTimed(row)) return
  observe(sql, sid)
  series.isTimed = true
}

const INSERT = `INSERT INTO instance (sid, at, created_at, n, kind, value, modified_at, deleted_at, rest)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`

/** Whether the number was free. */
export function put(sql: Statements, sid: number, n: number, row: InstanceRow): boolean {
  const { at, created_at, kind, value, modified_at, deleted_at, rest } = row
  return Number(sql(INSERT).run(sid, at, created_at, n, kind, value, modified_at, deleted_at, rest).changes) > 0
}

/** A statement: the greatest number of a series in a millisecond. */
export const LAST_NUMBER =
  'SELECT n FROM instance INDEXED BY instance_created WHERE sid = ? AND created_at = ? ORDER BY n DESC LIMIT 1'

function afterLast(sql: Statements, sid: number, created_at: Instant): number {
  const row: { n: number } | undefined = sql(LAST_NUMBER).get(sid, created_at)
  return (row?.n ?? -1) + 1
}

const OBSERVED = 'UPDATE series SET timed = 1 WHERE sid = ? AND timed = 0'

/** Takes note that an instance of the series was observed. */
export function observe(sql: Statements, sid: number): void {
  sql(OBSERVED).run(sid)
}
