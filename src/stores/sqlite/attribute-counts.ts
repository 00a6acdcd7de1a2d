/** How many instances of each attribute there are, by types: changed once a transaction, never counted. */

import { type AttributeTallies, type AttributeTally, eachTally, tallyChange } from '../../core/model/attribute-tally.ts'
import type { AttributeType, Entity, Instant } from '../../core/model/entity.ts'
import { decode, type EntityRow, present, READ_COLUMNS } from './codec.ts'
import type { Names } from './names.ts'
import type { Statements } from './statements.ts'

/** Stands in the place of a type for all entities; numbers of names begin at 1. */
const ALL = 0

/** What is asked for: of a type, of an attribute, or all. IRIs. */
export interface AttributeSelection {
  readonly type?: string
  readonly attribute?: string
}

export interface AttributeCounts {
  /** Within a transaction. */
  add(before: Entity | undefined, after: Entity | undefined): void
  /** Writes what was added. */
  flush(): void
  /** Forgets what was added: the transaction was rolled back. */
  revert(): void
  /** At `now`; none of them 0. */
  read(now: Instant, selection: AttributeSelection): readonly AttributeTally[]
}

const ADD = `INSERT INTO entity_attribute_count (type, attribute, kind, n) VALUES (?, ?, ?, ?)
  ON CONFLICT (type, attribute, kind) DO UPDATE SET n = n + excluded.n`
const READ = `SELECT t.iri AS type, a.iri AS attribute, c.kind, c.n FROM entity_attribute_count c
  JOIN name a ON a.nid = c.attribute LEFT JOIN name t ON t.nid = c.type WHERE c.n > 0`
const FORGET = 'DELETE FROM entity_attribute_count WHERE type = ? AND attribute = ? AND kind = ? AND n = 0'
/**
 * Of which something has gone, and is counted until it is purged; few, and found by their indexes. Two that exclude each
 * other: for a UNION of both SQLite reads all entities.
 */
export const WITH_EXPIRED = `SELECT ${READ_COLUMNS} FROM entity e WHERE e.expires_at <= ?1
  UNION ALL SELECT ${READ_COLUMNS} FROM entity e
    WHERE e.attribute_expires_at <= ?1 AND (e.expires_at IS NULL OR e.expires_at > ?1)`

interface CountRow {
  readonly type: string | null
  readonly attribute: string
  readonly kind: AttributeType
  readonly n: number
}

export function createAttributeCounts(sql: Statements, names: Names): AttributeCounts {
  const pending: AttributeTallies = new Map()
  const write = ({ type, attribute, attributeType, instances }: AttributeTally): void => {
    const key = [type === undefined ? ALL : names.give(type), names.give(attribute), attributeType] as const
    sql(ADD).run(...key, instances)
    if (instances < 0) sql(FORGET).run(...key)
  }
  return {
    add: (before, after) => tallyChange(pending, before, after),
    flush: () => {
      for (const tally of eachTally(pending)) write(tally)
      pending.clear()
    },
    revert: () => pending.clear(),
    read: (now, selection) => withoutExpired(kept(sql, names, selection), expired(sql, now)),
  }
}

function kept(sql: Statements, names: Names, { type, attribute }: AttributeSelection): readonly AttributeTally[] {
  const conditions = [
    ...(type === undefined ? [] : ['c.type = ?']),
    ...(attribute === undefined ? [] : ['c.attribute = ?']),
  ]
  const numbers = [type, attribute].flatMap((iri) => (iri === undefined ? [] : [names.find(iri) ?? -1]))
  const rows: CountRow[] = sql([READ, ...conditions].join(' AND ')).all(...numbers)
  return rows.map((row) => ({
    type: row.type ?? undefined,
    attribute: row.attribute,
    attributeType: row.kind,
    instances: row.n,
  }))
}

function expired(sql: Statements, now: Instant): AttributeTallies {
  const gone: AttributeTallies = new Map()
  for (const row of sql(WITH_EXPIRED).iterate(now) as Iterable<EntityRow>) {
    const stored = decode(row)
    tallyChange(gone, present(row, stored, now), stored)
  }
  return gone
}

function withoutExpired(all: readonly AttributeTally[], gone: AttributeTallies): readonly AttributeTally[] {
  if (gone.size === 0) return all
  return all.flatMap((tally) => {
    const instances = tally.instances - (gone.get(tally.type)?.get(tally.attribute)?.get(tally.attributeType) ?? 0)
    return instances > 0 ? [{ ...tally, instances }] : []
  })
}
