/** The rows of a page, read with as few steps as there can be: most of what a page costs is reading it. */

import type { Entity } from '../../core/model/entity.ts'
import { pageTooLarge } from '../../core/model/problems.ts'
import type { KnownState } from '../../ports/store.ts'
import { type CandidateRows, inParts, isListed, type Listed, selectAll, selectListed } from './candidate-rows.ts'
import type { EntityRow } from './codec.ts'
import type { Queried } from './database.ts'
import { readRow } from './entity-rows.ts'
import type { EntityStates } from './entity-states.ts'
import { ridsIn } from './index-reading.ts'
import { sql } from './sql.ts'

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

/** An empty page for entities of `maxBytes` together. */
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

/** What lies before the page is passed over in the index alone. */
export function pageOf(selected: string): string {
  return `SELECT group_concat(rid) FROM (${selected} ORDER BY rid LIMIT ? + 0 OFFSET ?)`
}

/** The page of candidates that are all wanted. Throws TooManyResults. */
export function readPage(
  database: Queried,
  candidates: CandidateRows,
  { limit, offset }: { readonly limit: number; readonly offset: number },
  limits: PageLimits,
): readonly FoundRow[] {
  if (offset === 0 && isListed(candidates)) return readByRid(database, firstOf(database, candidates, limit), limits)
  const { text, values } = selectAll(candidates)
  return readByRid(database, ridsIn(database, sql(pageOf(text), ...values, limit, offset)), limits)
}

function firstOf(database: Queried, listed: Listed, limit: number): readonly number[] {
  if (listed.conditions.length === 0) return listed.rids.slice(0, limit)
  const found: number[] = []
  for (const rids of inParts(listed.rids, limit)) {
    for (const rid of ridsIn(database, selectListed(listed, rids, 'group_concat(c.rid)'))) found.push(rid)
    if (found.length >= limit) return found.slice(0, limit)
  }
  return found
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

/** In the order of the list. Throws TooManyResults. */
export function readByRid(
  { sql: statements, known: { states } }: Queried,
  rids: readonly number[],
  { maxBytes, known }: PageLimits,
): readonly FoundRow[] {
  const page = createPage(maxBytes)
  const remembered: (FoundRow | undefined)[] = []
  const unknown: number[] = []
  for (const rid of rids) {
    const found = rememberedState(states.get(rid), known)
    if (found === undefined) unknown.push(rid)
    remembered.push(found)
  }
  const rows = unknown.length === 0 ? [] : statements.arrays(ROWS).iterate(`[${unknown.join(',')}]`)
  const next = (rows as Iterable<Columns>)[Symbol.iterator]()
  try {
    for (const found of remembered) page.add(found ?? foundRow(rowOf(next.next().value), states, known))
    return page.rows
  } finally {
    // The statement is free for others only when it has been read to its end, or left.
    next.return?.()
  }
}

function rememberedState(state: string | undefined, known: KnownState | undefined): FoundRow | undefined {
  const size = state === undefined ? undefined : known?.(state)
  return state === undefined || size === undefined ? undefined : { state, size }
}

function foundRow(row: EntityRow, states: EntityStates, known: KnownState | undefined): FoundRow {
  const state = stateOf(row)
  if (state !== undefined) states.set(row.rid, state)
  return rememberedState(state, known) ?? { row }
}

function rowOf([rid, version, exact, expires_at, attribute_expires_at, body]: Columns): EntityRow {
  return { rid, version, exact, expires_at, attribute_expires_at, body }
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
