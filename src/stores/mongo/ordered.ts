/** Entities in an order that is asked for (4.23). */

import type { Ordering } from '../../core/query/ast.ts'
import { type CompiledOrdering, createOrdering, type SortKey } from '../../core/query/compare-entities.ts'
import { batchesOf } from './batches.ts'
import { hasCome } from './codec.ts'
import type { Match } from './matches.ts'
import { createPage, type PageRow } from './pages.ts'
import { batchesById, readByIds } from './reads.ts'
import { everyMatch, type FoundRow, find, type Run } from './run.ts'
import { createKeyedOrdering, type KeyedOrdering } from './sort-keys.ts'

interface Ranked {
  readonly id: string
  readonly seq: string
  readonly keys: readonly SortKey[]
}

/** Entities that are kept beside those of the page, before the last of them are forgotten. */
const SPARE = 1_000

/** The page of a query with an ordering, and how many match. Of equals the one that was created first comes first. */
export async function orderedPage(run: Run, ordering: Ordering): Promise<{ rows: readonly PageRow[]; total?: number }> {
  const { limit, offset, count } = run.query
  const { compare } = createOrdering(ordering)
  const kept: Ranked[] = []
  const sort = (): void => {
    kept.sort((a, b) => compare(a.keys, b.keys) || (a.seq < b.seq ? -1 : 1))
  }
  let total = 0
  for await (const ranked of everyRanked(run, ordering)) {
    total++
    kept.push(ranked)
    if (kept.length < 2 * (offset + limit) + SPARE) continue
    sort()
    kept.length = offset + limit
  }
  sort()
  const rows = await rowsOf(run, kept.slice(offset, offset + limit))
  return { rows, ...(count && { total }) }
}

/** All that match, with their keys. */
async function* everyRanked(run: Run, ordering: Ordering): AsyncGenerator<Ranked> {
  const { doubt } = run.plan
  const keyed = doubt === 'all' ? undefined : createKeyedOrdering(ordering, doubt)
  if (keyed !== undefined) return yield* rankedByKeys(run, ordering, keyed)
  const { keyOf } = createOrdering(ordering)
  for await (const match of everyMatch(run)) yield rankedOf(match, keyOf)
}

/** What their index keys tell is not read. */
async function* rankedByKeys(run: Run, ordering: Ordering, keyed: KeyedOrdering): AsyncGenerator<Ranked> {
  const { keyOf } = createOrdering(ordering)
  const projection = { seq: 1, attributeExpiresAt: 1, values: keyed.needed }
  for await (const rows of batchesOf(run.database, find(run, { batchSize: 5_000, projection }))) {
    const unclear: string[] = []
    for (const { _id: id, seq = '', values = [], attributeExpiresAt } of rows as readonly FoundRow[]) {
      const keys = hasCome(attributeExpiresAt, run.asking.now) ? undefined : keyed.keysOf(values)
      if (keys === undefined) unclear.push(id)
      else yield { id, seq, keys }
    }
    for await (const read of batchesById(run.database, unclear)) {
      for (const match of await run.matcher.select(read)) yield rankedOf(match, keyOf)
    }
  }
}

function rankedOf({ row, entity }: Match, keyOf: CompiledOrdering['keyOf']): Ranked {
  return { id: row._id, seq: row.seq ?? '', keys: keyOf(entity) }
}

/** In the order of the list; what has gone since is left out. */
async function rowsOf({ database, asking }: Run, ranked: readonly Ranked[]): Promise<readonly PageRow[]> {
  const found = await readByIds(
    database,
    ranked.map(({ id }) => id),
    asking.maxBytes,
  )
  const rows = new Map(found.map((row) => [row._id, row]))
  const page = createPage(asking.maxBytes)
  for (const { id } of ranked) {
    const row = rows.get(id)
    if (row !== undefined) page.add({ row })
  }
  return page.rows
}
