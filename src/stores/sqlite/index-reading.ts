/** What indexes have for a question: read where it is little, counted where it is more. */

import type { Queried } from './database.ts'
import type { Sql } from './sql.ts'

/** How many rows of indexes may be read to find out which of them is best. */
export interface Reading {
  /** Of one source. */
  readonly bound: number
  /** Of all sources together; what is read is taken off. */
  left: number
}

/** The rows of an index that are asked for. */
export interface Found {
  /** How many there are; the bound where there are more than may be read. */
  readonly rows: number
  /** In the order of creation, each once; undefined where there are too many. */
  readonly rids: readonly number[] | undefined
}

/** As many rows could be read in the time that a statement takes. */
const STATEMENT = 16
/** Of more rows it is enough to know how many they are. */
const MOST_RIDS = 16_384

/** How many rows a SELECT has, at most `bound`. */
export function countRows({ sql: statements }: Pick<Queried, 'sql'>, { text, values }: Sql, bound: number): number {
  return statements(`SELECT count(*) AS n FROM (${text} LIMIT ? + 0)`).get(...values, bound).n
}

/** What a SELECT of a `rid` gives. `before`: rows of the same source that were read already. */
export function readRids(database: Pick<Queried, 'sql'>, select: Sql, reading: Reading, before = 0): Found {
  const most = Math.min(reading.bound - before, reading.left)
  if (most <= 0) return { rows: reading.bound, rids: undefined }
  const { rows, rids } = most > MOST_RIDS ? counted(database, select, most) : listed(database, select, most)
  reading.left -= rows + STATEMENT
  return rows < most ? { rows, rids } : { rows: reading.bound, rids: undefined }
}

function counted(database: Pick<Queried, 'sql'>, select: Sql, most: number): Found {
  return { rows: countRows(database, select, most), rids: undefined }
}

function listed(database: Pick<Queried, 'sql'>, { text, values }: Sql, most: number): Found {
  const all = listIn(database, {
    text: `SELECT group_concat(rid) FROM (${text} LIMIT ? + 0)`,
    values: [...values, most],
  })
  // An entity has a row for each of its values.
  return { rows: all.length, rids: inOrder(all) }
}

/** What a SELECT of a `group_concat(rid)` gives, in the order of creation, each once. */
export function ridsIn(database: Pick<Queried, 'sql'>, select: Sql): readonly number[] {
  return inOrder(listIn(database, select))
}

/** One text of all takes a quarter of the time that their rows take, one by one. */
function listIn({ sql: statements }: Pick<Queried, 'sql'>, { text, values }: Sql): readonly number[] {
  const [list]: readonly [string | null] = statements.arrays(text).get(...values)
  return JSON.parse(`[${list ?? ''}]`)
}

/** In the order of creation, each once. */
export function inOrder(rids: readonly number[]): readonly number[] {
  if (rids.every((rid, i) => i === 0 || (rids[i - 1] ?? rid) < rid)) return rids
  // Their own method compares numbers as texts, or asks a function each time.
  const sorted = Float64Array.from(rids).sort()
  return Array.from(sorted.filter((rid, i) => rid !== sorted[i - 1]))
}
