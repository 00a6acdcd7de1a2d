/** How many instances of each attribute there are, by types: changed once a transaction, never counted. */

import { type AttributeTally, tallyChange } from '../../core/model/attribute-tally.ts'
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
/** Of which something has gone, and is counted until it is purged; few, and found by their indexes. */
const EXPIRED = `SELECT ${READ_COLUMNS} FROM entity e WHERE e.expires_at <= ?1
  UNION SELECT ${READ_COLUMNS} FROM entity e WHERE e.attribute_expires_at <= ?1`

interface CountRow {
  readonly type: string | null
  readonly attribute: string
  readonly kind: AttributeType
  readonly n: number
}

export function createAttributeCounts(sql: Statements, names: Names): AttributeCounts {
  const pending = new Map<string, AttributeTally>()
  return {
    add: (before, after) => {
      for (const tally of tallyChange(before, after)) {
        const key = keyOf(tally)
        pending.set(key, { ...tally, instances: tally.instances + (pending.get(key)?.instances ?? 0) })
      }
    },
    flush: () => {
      for (const { type, attribute, attributeType, instances } of pending.values()) {
        const number = type === undefined ? ALL : names.give(type)
        if (instances !== 0) sql(ADD).run(number, names.give(attribute), attributeType, instances)
      }
      pending.clear()
    },
    revert: () => pending.clear(),
    read: (now, selection) => withoutExpired(kept(sql, names, selection), expired(sql, now)),
  }
}

function keyOf({ type, attribute, attributeType }: AttributeTally): string {
  return `${type ?? ''}\n${attribute}\n${attributeType}`
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

function expired(sql: Statements, now: Instant): ReadonlyMap<string, number> {
  const gone = new Map<string, number>()
  for (const row of sql(EXPIRED).iterate(now) as Iterable<EntityRow>) {
    const stored = decode(row)
    for (const tally of tallyChange(present(row, stored, now), stored)) {
      gone.set(keyOf(tally), (gone.get(keyOf(tally)) ?? 0) + tally.instances)
    }
  }
  return gone
}

function withoutExpired(all: readonly AttributeTally[], gone: ReadonlyMap<string, number>): readonly AttributeTally[] {
  if (gone.size === 0) return all
  return all
    .map((tally) => ({ ...tally, instances: tally.instances - (gone.get(keyOf(tally)) ?? 0) }))
    .filter(({ instances }) => instances > 0)
}
