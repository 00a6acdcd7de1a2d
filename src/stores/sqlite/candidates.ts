/** Candidates of a query: along an index, or known one by one. */

import type { IndexRange } from './source.ts'
import { type Sql, sql } from './sql.ts'

/** Gives the `rid` of every candidate, each once. */
export type Candidates = Sql | Listed

interface Listed {
  /** In the order of creation. Not all need be candidates. */
  readonly rids: readonly number[]
  /** Gives those of some of them that are. */
  among(rids: readonly number[]): Sql
}

/** `restrict`: what has to hold of them besides. */
export function listOf(rids: readonly number[], restrict: (range: IndexRange) => Sql): Listed {
  const among = (some: readonly number[]): Sql =>
    restrict({
      from: sql('(SELECT value AS rid FROM json_each(?))', `[${some.join(',')}]`),
      where: () => sql('true'),
    })
  return { rids, among }
}

export function selectAll(candidates: Candidates): Sql {
  return 'rids' in candidates ? candidates.among(candidates.rids) : candidates
}

/**
 * As {@link selectAll} in parts, one after the other in the order of creation, of which the first has at least `first`
 * candidates in it where all that are listed are: so a page need not look at more than a page.
 */
export function* selectParts(candidates: Candidates, first: number): Generator<Sql, void> {
  if (!('rids' in candidates)) yield candidates
  else {
    const { rids, among } = candidates
    for (let from = 0, size = Math.max(first, 1); from < rids.length; from += size, size *= GROWTH)
      yield among(rids.slice(from, from + size))
  }
}

const GROWTH = 4
