/** Reading many entities. */

import type { Entity, Instant } from '../../core/model/entity.ts'
import { pageTooLarge } from '../../core/model/problems.ts'
import type { EntityFilter, EntityQuery } from '../../core/query/ast.ts'
import type { Cursor, EntityPage, WalkStep } from '../../ports/store.ts'
import { decode, type EntityRow, present, READ_COLUMNS } from './codec.ts'
import { compileFilter, type Scope, type Sql } from './compile-filter.ts'
import type { Database } from './database.ts'

/** Throws TooManyResults where the entities of the page have more than `maxBytes` together. */
export function queryPage(database: Database, query: EntityQuery, now: Instant, maxBytes: number): EntityPage {
  const selected = compileFilter(query.filter, database.names.find, scopeAt(database, now))
  const entities = selected === undefined || query.limit === 0 ? [] : readPage(database, selected, query, now, maxBytes)
  return query.count ? { entities, total: countSelected(database, query.filter, selected, now) } : { entities }
}

function readPage(
  { sql }: Database,
  { text, values }: Sql,
  { limit, offset }: EntityQuery,
  now: Instant,
  maxBytes: number,
): readonly Entity[] {
  const entities: Entity[] = []
  let bytes = 0
  for (const row of sql(pageOf(text)).iterate(...values, limit, offset) as Iterable<EntityRow>) {
    bytes += Buffer.byteLength(row.body)
    if (bytes > maxBytes) throw pageTooLarge(maxBytes)
    const entity = present(row, decode(row), now)
    // Rows that have expired were not selected.
    if (entity !== undefined) entities.push(entity)
  }
  return entities
}

/** What lies before the page is passed over in the index alone; only the entities of the page are read. */
export function pageOf(selected: string): string {
  return `SELECT ${READ_COLUMNS} FROM (${selected} ORDER BY rid LIMIT ? OFFSET ?) p
    JOIN entity e ON e.rid = p.rid ORDER BY p.rid`
}

function countSelected(
  { sql, counts, names }: Database,
  { types, ids, attributes }: EntityFilter,
  selected: Sql | undefined,
  now: Instant,
): number {
  if (selected === undefined) return 0
  if (ids === undefined && attributes === undefined) {
    if (types === undefined) return counts.read(now)
    const [iri, ...others] = types.length === 1 ? (types[0] ?? []) : []
    const nid = iri === undefined || others.length > 0 ? undefined : names.find(iri)
    if (iri !== undefined && nid !== undefined) return counts.read(now, { iri, nid })
  }
  return sql(`SELECT count(*) AS n FROM (${selected.text})`).get(...selected.values).n
}

/** The cursor of a walk is the `rid` of the last entity it met, which is never given to another. */
export function walkStep(
  database: Database,
  filter: EntityFilter,
  limit: number,
  cursor: Cursor | undefined,
  now: Instant,
): WalkStep {
  const scope = scopeAt(database, now)
  const after = cursor === undefined ? scope : { ...scope, after: Number(cursor) }
  const selected = compileFilter(filter, database.names.find, after)
  if (selected === undefined) return { ids: [] }
  // One more than asked for says whether there are more.
  const rows: { rid: number; id: string }[] = database.sql(idsOf(selected.text)).all(...selected.values, limit + 1)
  const met = rows.slice(0, limit)
  const last = met.at(-1)
  const ids = met.map(({ id }) => id)
  return last === undefined || rows.length <= limit ? { ids } : { ids, next: String(last.rid) }
}

export function idsOf(selected: string): string {
  return `SELECT e.rid, e.id FROM (${selected} ORDER BY rid LIMIT ?) p JOIN entity e ON e.rid = p.rid ORDER BY p.rid`
}

function scopeAt({ sql }: Database, now: Instant): Scope {
  return { now, expired: sql('SELECT 1 FROM entity WHERE expires_at <= ? LIMIT 1').get(now) !== undefined }
}

export const EXPIRED = `SELECT id FROM entity WHERE expires_at <= ? ORDER BY expires_at LIMIT ?`
export const WITH_EXPIRED = `SELECT id FROM entity WHERE attribute_expires_at <= ?1
  AND (expires_at IS NULL OR expires_at > ?1) ORDER BY attribute_expires_at LIMIT ?2`

/** Ids of entities of which something has expired by `now`, the longest expired first, at most `limit`. */
export function expiredIds({ sql }: Database, now: Instant, limit: number): readonly string[] {
  const gone: { id: string }[] = sql(EXPIRED).all(now, limit)
  const partly: { id: string }[] = sql(WITH_EXPIRED).all(now, limit - gone.length)
  return [...gone, ...partly].map(({ id }) => id)
}
