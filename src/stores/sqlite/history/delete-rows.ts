/** Rows of evolutions taken away, in a transaction. */

import type { Database } from '../database.ts'

type Deleting = Pick<Database, 'sql' | 'names' | 'evolutions'>

/** All of it; whether there was one. */
export function deleteEvolution({ sql, names, evolutions }: Deleting, id: string): boolean {
  const evolution = evolutions.find(id)
  if (evolution === undefined) return false
  const { hid, types } = evolution
  const series: readonly { sid: number }[] = sql('SELECT sid FROM series WHERE hid = ?').all(hid)
  for (const { sid } of series) deleteSeries({ sql, evolutions }, sid)
  for (const type of types) {
    sql('DELETE FROM evolution_type WHERE type = ? AND hid = ?').run(names.find(type) ?? 0, hid)
  }
  sql('DELETE FROM evolution WHERE hid = ?').run(hid)
  evolutions.forget()
  return true
}

/** With all its instances. What is remembered of it is forgotten. */
export function deleteSeries({ sql, evolutions }: Omit<Deleting, 'names'>, sid: number): void {
  sql('DELETE FROM instance WHERE sid = ?').run(sid)
  sql('DELETE FROM summary WHERE sid = ?').run(sid)
  sql('DELETE FROM series WHERE sid = ?').run(sid)
  evolutions.forget()
}

const IS_LEFT = `SELECT 1 FROM instance WHERE sid = ?1 UNION ALL SELECT 1 FROM summary WHERE sid = ?1 LIMIT 1`

/** Whether there is anything of a series, be it only what its instances were together. */
export function isAnyLeft({ sql }: Pick<Deleting, 'sql'>, sid: number): boolean {
  return sql(IS_LEFT).get(sid) !== undefined
}
