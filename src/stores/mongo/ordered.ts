/** Entities in an order that is asked for (4.23). */

import type { Ordering } from '../../core/query/ast.ts'
import { createOrdering, type SortKey } from '../../core/query/compare-entities.ts'
import { createPage, type PageRow } from './pages.ts'
import { readByIds } from './reads.ts'
import { everyMatch, type Run } from './run.ts'

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
  const { keyOf, compare } = createOrdering(ordering)
  const kept: Ranked[] = []
  const sort = (): void => {
    kept.sort((a, b) => compare(a.keys, b.keys) || (a.seq < b.seq ? -1 : 1))
  }
  let total = 0
  for await (const { row, entity } of everyMatch(run)) {
    total++
    kept.push({ id: row._id, seq: row.seq ?? '', keys: keyOf(entity) })
    if (kept.length < 2 * (offset + limit) + SPARE) continue
    sort()
    kept.length = offset + limit
  }
  sort()
  const rows = await rowsOf(run, kept.slice(offset, offset + limit))
  return { rows, ...(count && { total }) }
}

/** In the order of the list; what has gone since is left out. */
async function rowsOf({ database, asking }: Run, ranked: readonly Ranked[]): Promise<readonly PageRow[]> {
  const found = await readByIds(
    database,
    ranked.map(({ id }) => id),
  )
  const rows = new Map(found.map((row) => [row._id, row]))
  const page = createPage(asking.maxBytes)
  for (const { id } of ranked) {
    const row = rows.get(id)
    if (row !== undefined) page.add({ row })
  }
  return page.rows
}
