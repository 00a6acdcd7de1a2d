/** Rows of evolutions taken away, in a transaction. */

import type { Database } from '../database.ts'
import { removeRows, roomOfStep } from './clearing.ts'

type Deleting = Pick<Database, 'sql' | 'names' | 'evolutions' | 'clearing'>

/** All of it; whether there was one. */
export function deleteEvolution(database: Deleting, id: string): boolean {
  const { sql, names, evolutions } = database
  const evolution = evolutions.find(id)
  if (evolution === undefined) return false
  const { hid, types } = evolution
  const series: readonly { sid: number }[] = sql('SELECT sid FROM series WHERE hid = ?').all(hid)
  deleteSeries(
    database,
    series.map(({ sid }) => sid),
  )
  for (const type of types) {
    sql('DELETE FROM evolution_type WHERE type = ? AND hid = ?').run(names.find(type) ?? 0, hid)
  }
  sql('DELETE FROM evolution WHERE hid = ?').run(hid)
  return true
}

/** With all their instances: of many most are removed later (clearing.ts). What is remembered of them is forgotten. */
export function deleteSeries({ sql, evolutions, clearing }: Omit<Deleting, 'names'>, all: readonly number[]): void {
  const room = roomOfStep()
  for (const sid of all) {
    if (!removeRows(sql, sid, room)) {
      sql('INSERT INTO gone_series (sid) VALUES (?)').run(sid)
      clearing.begin()
    }
    sql('DELETE FROM series WHERE sid = ?').run(sid)
  }
  evolutions.forget()
}

const IS_LEFT = `SELECT 1 FROM instance WHERE sid = ?1 UNION ALL SELECT 1 FROM summary WHERE sid = ?1 LIMIT 1`

/** Whether there is anything of a series, be it only what its instances were together. */
export function isAnyLeft({ sql }: Pick<Deleting, 'sql'>, sid: number): boolean {
  return sql(IS_LEFT).get(sid) !== undefined
}
