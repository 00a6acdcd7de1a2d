/** Candidates of a query: along an index, or known one by one. */

import { type Sql, sql, where } from './sql.ts'

/** What gives the `rid` of every candidate, each once. */
export type CandidateRows = Sql | Listed

export interface Listed {
  /** In the order of creation, each once. Candidates are those of them that meet the conditions. */
  readonly rids: readonly number[]
  /** Of a row `c` that has a `rid`. */
  readonly conditions: readonly Sql[]
}

/** Each candidate once. */
export function selectAll(candidates: CandidateRows): Sql {
  return isListed(candidates) ? selectListed(candidates, candidates.rids) : candidates
}

/** Whether the candidates are known one by one. */
export function isListed(candidates: CandidateRows): candidates is Listed {
  return 'rids' in candidates
}

/** As {@link selectAll}, of a part of what is listed. `columns`: of the row `c`. */
export function selectListed({ conditions }: Listed, rids: readonly number[], columns = 'c.rid'): Sql {
  const select = `SELECT ${columns} FROM (SELECT value AS rid FROM json_each(?)) c WHERE true`
  return where(sql(select, `[${rids.join(',')}]`), ...conditions)
}

/** As {@link selectAll}, of a list in parts: so a page need not look at more than a page. */
export function* selectParts(candidates: CandidateRows, first: number): Generator<Sql, void> {
  if (!isListed(candidates)) yield candidates
  else for (const rids of inParts(candidates.rids, first)) yield selectListed(candidates, rids)
}

/** In the order of the list; ever more, as they are needed where few of them are candidates. */
export function* inParts(rids: readonly number[], first: number): Generator<readonly number[], void> {
  for (let from = 0, size = Math.max(first, 1); from < rids.length; from += size, size *= GROWTH)
    yield rids.slice(from, from + size)
}

const GROWTH = 4
