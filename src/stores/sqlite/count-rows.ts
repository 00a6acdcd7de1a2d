import type { Queried } from './database.ts'
import type { Sql } from './sql.ts'

/** How many rows a SELECT has, at most `bound`. */
export function countRows({ sql: statements }: Pick<Queried, 'sql'>, { text, values }: Sql, bound: number): number {
  return statements(`SELECT count(*) AS n FROM (${text} LIMIT ?)`).get(...values, bound).n
}
