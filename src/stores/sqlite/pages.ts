/** The rows of a page, read with as few steps as there can be: most of what a page costs is reading it. */

import type { Entity } from '../../core/model/entity.ts'
import { pageTooLarge } from '../../core/model/problems.ts'
import type { KnownState } from '../../ports/store.ts'
import { type Candidates, inParts, isListed, type Listed, selectAll, selectListed } from './candidates.ts'
import type { EntityRow } from './codec.ts'
import type { Queried } from './database.ts'
import { readRow } from './entity-rows.ts'
import { type Sql, sql } from './sql.ts'

/** An entity of a page: its row, or that the caller knows its state. */
export type FoundRow =
  | {
      readonly row: EntityRow
      /** Where it has been decoded already. */
      readonly entity?: Entity
    }
  | { readonly state: string; readonly size: number }

export interface PageLimits {
  /** Of the entities of a page together. */
  readonly maxBytes: number
  readonly known?: KnownState
}

interface Page {
  readonly rows: FoundRow[]
  /** Throws TooManyResults. */
  add(found: FoundRow): void
}

export function createPage(maxBytes: number): Page {
  const rows: FoundRow[] = []
  let bytes = 0
  const add = (found: FoundRow): void => {
    bytes += 'row' in found ? Buffer.byteLength(found.row.body) : found.size
    if (bytes > maxBytes) throw pageTooLarge(maxBytes)
    rows.push(found)
  }
  return { rows, add }
}

/** What stands for the state of an entity; undefined where it changes without being written, because something expires. */
export function stateOf({ rid, version, attribute_expires_at }: EntityRow): string | undefined {
  return attribute_expires_at === null ? `${rid} ${version}` : undefined
}

/** As {@link stateOf}; of what has none, the `rid` alone. */
const STATE = `e.rid || iif(e.attribute_expires_at IS NULL, ' ' || e.version, '')`

/** What lies before the page is passed over in the index alone; only the entities of the page are read. */
export function pageOf(selected: string): string {
  return `SELECT group_concat(${STATE}) FROM (${selected} ORDER BY rid LIMIT ? OFFSET ?) p
    JOIN entity e ON e.rid = p.rid`
}

/** The page of candidates that are all wanted. Throws TooManyResults. */
export function readPage(
  database: Queried,
  candidates: Candidates,
  { limit, offset }: { readonly limit: number; readonly offset: number },
  limits: PageLimits,
): readonly FoundRow[] {
  if (offset === 0 && isListed(candidates)) return readStates(database, firstOf(database, candidates, limit), limits)
  const { text, values } = selectAll(candidates)
  return readStates(database, statesIn(database, sql(pageOf(text), ...values, limit, offset)), limits)
}

function firstOf(database: Queried, listed: Listed, limit: number): readonly string[] {
  const states: string[] = []
  for (const rids of inParts(listed.rids, limit)) {
    const select = selectListed(listed, rids, `group_concat(${STATE})`, 'CROSS JOIN entity e ON e.rid = c.rid')
    states.push(...statesIn(database, select))
    if (states.length >= limit) return states.slice(0, limit)
  }
  return states
}

function statesIn(database: Queried, { text, values }: Sql): readonly string[] {
  const [states]: readonly [string | null] = database.sql.arrays(text).get(...values)
  return states === null ? [] : inOrder(states.split(','))
}

/** They come in their order, as the page is read row by row; to have SQLite promise that costs as much as to read them. */
function inOrder(states: readonly string[]): readonly string[] {
  const isSorted = states.every(
    (state, i) => i === 0 || Number.parseInt(states[i - 1] ?? '', 10) < Number.parseInt(state, 10),
  )
  return isSorted ? states : states.toSorted((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10))
}

const STATES_BY_RID = `SELECT group_concat(${STATE} ORDER BY wanted.key) FROM json_each(?) wanted
  JOIN entity e ON e.rid = wanted.value`

/** In the order of the list. Throws TooManyResults. */
export function readByRid(database: Queried, rids: readonly number[], limits: PageLimits): readonly FoundRow[] {
  const [states]: readonly [string | null] = database.sql.arrays(STATES_BY_RID).get(JSON.stringify(rids))
  return readStates(database, states === null ? [] : states.split(','), limits)
}

/** In the order of the list, those that are there. Throws TooManyResults. */
export function readById(database: Queried, ids: readonly string[], maxBytes: number): readonly FoundRow[] {
  const page = createPage(maxBytes)
  for (const id of ids) {
    const row = readRow(database, id)
    if (row !== undefined) page.add({ row })
  }
  return page.rows
}

type Columns = readonly [
  rid: number,
  version: number,
  exact: number,
  expires: number | null,
  attributeExpires: number | null,
  body: string,
]

const ROWS = `SELECT e.rid, e.version, e.exact, e.expires_at, e.attribute_expires_at, e.body FROM json_each(?) wanted
  JOIN entity e ON e.rid = wanted.value ORDER BY wanted.key`

function readStates({ sql: statements }: Queried, states: readonly string[], { maxBytes, known }: PageLimits): readonly FoundRow[] {
  const sizes = states.map((state) => known?.(state))
  const unknown = states.filter((_, i) => sizes[i] === undefined)
  const page = createPage(maxBytes)
  const rows = unknown.length === 0 ? [] : statements.arrays(ROWS).iterate(`[${unknown.map(ridOf).join(',')}]`)
  const next = (rows as Iterable<Columns>)[Symbol.iterator]()
  try {
    for (const [i, state] of states.entries()) {
      const size = sizes[i]
      page.add(size === undefined ? { row: rowOf(next.next().value) } : { state, size })
    }
    return page.rows
  } finally {
    // The statement is free for others only when it has been read to its end, or left.
    next.return?.()
  }
}

function ridOf(state: string): string {
  const end = state.indexOf(' ')
  return end === -1 ? state : state.slice(0, end)
}

function rowOf([rid, version, exact, expires_at, attribute_expires_at, body]: Columns): EntityRow {
  return { rid, version, exact, expires_at, attribute_expires_at, body }
}
