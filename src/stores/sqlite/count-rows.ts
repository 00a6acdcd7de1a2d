import type { Queried } from './database.ts'
import type { Sql } from './sql.ts'

/** How many rows of indexes may be counted to find out which of them is best. */
export interface Counting {
  /** Of one source. */
  readonly bound: number
  /** Of all sources together; what is counted is taken off. */
  left: number
}

/** As many rows could be counted in the time that a statement takes. */
const STATEMENT = 16

/** How many rows a SELECT has, at most `bound`. */
export function countRows({ sql: statements }: Pick<Queried, 'sql'>, { text, values }: Sql, bound: number): number {
  return statements(`SELECT count(*) AS n FROM (${text} LIMIT ?)`).get(...values, bound).n
}

/** As {@link countRows}; the bound where there are more rows than may be counted. `counted`: of the same source before. */
export function countWithin(database: Pick<Queried, 'sql'>, select: Sql, counting: Counting, counted = 0): number {
  const most = Math.min(counting.bound - counted, counting.left)
  if (most <= 0) return counting.bound
  const rows = countRows(database, select, most)
  counting.left -= rows + STATEMENT
  return rows < most ? rows : counting.bound
}
