/** Rows of evolutions taken away, in a transaction. */

import type { Database } from '../database.ts'
import { removeRows, roomOfStep } from './clearing.ts'
import type { SeriesRow } from './heads.ts'

type Deleting = Pick<Database, 'sql' | 'names' | 'evolutions' | 'clearing'>

/** All of it; whether there was one. */
export function deleteEvolution(database: Deleting, id: string): boolean {
  const { sql, names, evolutions } = database
  const evolution = evolutions.find(id)
  if (evolution === undefined) return false
  const { hid, types } = evolution
  const series: readonly { sid: number }[] = sql('SELECT sid FROM series WHERE hid = ?').all(hid)
  removeSeries(database, series)
  for (const type of types) {
    sql('DELETE FROM evolution_type WHERE type = ? AND hid = ?').run(names.find(type) ?? 0, hid)
  }
  sql('DELETE FROM evolution WHERE hid = ?').run(hid)
  evolutions.forgetEvolution(id)
  return true
}

/** Some of an evolution, with all their instances. `hid`: its number. */
export function deleteSeries(
  database: Omit<Deleting, 'names'>,
  hid: number,
  all: readonly Pick<SeriesRow, 'sid' | 'attribute' | 'dataset'>[],
): void {
  removeSeries(database, all)
  for (const { attribute, dataset } of all) database.evolutions.forgetSeries(hid, attribute, dataset)
}

/** Of many instances most are removed later (clearing.ts). */
function removeSeries({ sql, clearing }: Pick<Deleting, 'sql' | 'clearing'>, all: readonly { sid: number }[]): void {
  const room = roomOfStep()
  for (const { sid } of all) {
    if (!removeRows(sql, sid, room)) {
      sql('INSERT INTO gone_series (sid) VALUES (?)').run(sid)
      clearing.begin()
    }
    sql('DELETE FROM series WHERE sid = ?').run(sid)
  }
}

const IS_LEFT = `SELECT 1 FROM instance WHERE sid = ?1 UNION ALL SELECT 1 FROM summary WHERE sid = ?1 LIMIT 1`

/** Whether there is anything of a series, be it only what its instances were together. */
export function isAnyLeft({ sql }: Pick<Deleting, 'sql'>, sid: number): boolean {
  return sql(IS_LEFT).get(sid) !== undefined
}
