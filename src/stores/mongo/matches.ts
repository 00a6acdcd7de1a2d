/** Candidates of a plan, looked at by the evaluator. */

import type { Entity, Instant } from '../../core/model/entity.ts'
import type { EntityFilter } from '../../core/query/ast.ts'
import { matches } from '../../core/query/evaluate.ts'
import { matcherOf } from '../../core/query/pattern.ts'
import { decode, type EntityRow, present } from './codec.ts'
import type { Queried } from './collections.ts'
import { readByIds } from './reads.ts'

/** A candidate that matches. */
export interface Match {
  readonly row: EntityRow
  /** As it is now. */
  readonly entity: Entity
}

export interface Matcher {
  /** Those that match, in the order of the rows. */
  select(rows: readonly EntityRow[]): Promise<readonly Match[]>
  /** Candidates that were looked at. */
  readonly evaluated: () => number
  /** How long that has taken, without waiting for the database. */
  readonly milliseconds: () => number
}

/** Entities that Relationships lead to, that are remembered. */
const REMEMBERED = 1_000

export function createMatcher(database: Queried, filter: EntityFilter, now: Instant): Matcher {
  const isNamed = filter.idPattern === undefined ? undefined : matcherOf(filter.idPattern)
  const linked = new Map<string, Entity | undefined>()
  const spent = { evaluated: 0, milliseconds: 0 }

  /** Gives the ids that have to be known first, where there are such. */
  const decide = (candidates: readonly Candidate[]): ReadonlySet<string> => {
    const begun = performance.now()
    const missing = new Set<string>()
    for (const candidate of candidates) if (candidate.verdict === undefined) judge(candidate, filter, linked, missing)
    spent.milliseconds += performance.now() - begun
    return missing
  }
  const learn = async (ids: readonly string[]): Promise<void> => {
    const rows = await readByIds(database, ids)
    for (const id of ids) linked.set(id, undefined)
    for (const row of rows) linked.set(row._id, present(row, decode(row), now))
  }
  return {
    select: async (rows) => {
      // Before they are decoded, which costs more.
      const named = isNamed === undefined ? rows : rows.filter(({ _id }) => isNamed(_id))
      spent.evaluated += rows.length
      const candidates = named.flatMap((row) => candidateOf(row, now) ?? [])
      for (let missing = decide(candidates); missing.size > 0; missing = decide(candidates)) await learn([...missing])
      if (linked.size > REMEMBERED) linked.clear()
      return candidates.filter(({ verdict }) => verdict === true)
    },
    evaluated: () => spent.evaluated,
    milliseconds: () => spent.milliseconds,
  }
}

interface Candidate extends Match {
  /** Absent as long as it depends on what has not been read. */
  verdict?: boolean
}

function candidateOf(row: EntityRow, now: Instant): Candidate | undefined {
  const entity = row.body === undefined ? undefined : present(row, decode(row), now)
  return entity && { row, entity }
}

function judge(
  candidate: Candidate,
  filter: EntityFilter,
  linked: ReadonlyMap<string, Entity | undefined>,
  missing: Set<string>,
): void {
  let isCertain = true
  const verdict = matches(candidate.entity, filter, (id) => {
    if (linked.has(id)) return linked.get(id)
    isCertain = false
    missing.add(id)
    return undefined
  })
  if (isCertain) candidate.verdict = verdict
}
