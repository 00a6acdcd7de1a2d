/** How many entities there are, and of each type: changed once a transaction, never counted. */

import type { Instant } from '../../core/model/entity.ts'
import type { Statements } from './statements.ts'

/** Stands in the place of a type for the number of all entities; numbers of names begin at 1. */
const ALL = 0

export interface EntityCounts {
  /** One entity more (`1`) or less (`-1`) of a type, or of all where none is given. Within a transaction. */
  add(difference: 1 | -1, type?: number): void
  /** Writes what was added. The last thing in a transaction. */
  flush(): void
  /** Forgets what was added: the transaction was rolled back. */
  revert(): void
  /** Entities at `now` with this type, or all. */
  read(now: Instant, type?: { readonly iri: string; readonly nid: number }): number
  readTypes(now: Instant): ReadonlyMap<string, number>
  /** Entities with this type, or all, also those that have expired: good enough to plan with. */
  kept(type?: number): number
}

export function createEntityCounts(sql: Statements): EntityCounts {
  const pending = new Map<number, number>()
  const kept = (type = ALL): number => {
    const row: { n: number } | undefined = sql(KEPT).get(type)
    return row?.n ?? 0
  }
  return {
    add: (difference, type = ALL) => {
      pending.set(type, (pending.get(type) ?? 0) + difference)
    },
    flush: () => {
      for (const [type, difference] of pending) if (difference !== 0) sql(ADD).run(type, difference)
      pending.clear()
    },
    revert: () => pending.clear(),
    kept,
    read: (now, type) => {
      const all = kept(type?.nid)
      if (all === 0) return 0
      return all - (type === undefined ? expired(sql, now) : (expiredByType(sql, now).get(type.iri) ?? 0))
    },
    readTypes: (now) => {
      const gone = expiredByType(sql, now)
      const rows: { iri: string; n: number }[] = sql(KEPT_BY_TYPE).all()
      return new Map(rows.map(({ iri, n }) => [iri, n - (gone.get(iri) ?? 0)] as const).filter(([, n]) => n > 0))
    },
  }
}

const ADD = `INSERT INTO entity_count (type, n) VALUES (?, ?) ON CONFLICT (type) DO UPDATE SET n = n + excluded.n`
const KEPT = 'SELECT n FROM entity_count WHERE type = ?'
const KEPT_BY_TYPE = 'SELECT name.iri, c.n FROM entity_count c JOIN name ON name.nid = c.type WHERE c.n > 0'

// What has expired is counted until it is purged; it is few, and found by its index.
const EXPIRED = 'SELECT count(*) AS n FROM entity WHERE expires_at <= ?'
const EXPIRED_BY_TYPE = `SELECT t.value AS iri, count(*) AS n FROM entity e, json_each(e.body, '$.types') t
  WHERE e.expires_at <= ? GROUP BY t.value`

function expired(sql: Statements, now: Instant): number {
  return sql(EXPIRED).get(now).n
}

function expiredByType(sql: Statements, now: Instant): ReadonlyMap<string, number> {
  const rows: { iri: string; n: number }[] = sql(EXPIRED_BY_TYPE).all(now)
  return new Map(rows.map(({ iri, n }) => [iri, n]))
}
