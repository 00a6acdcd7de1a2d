/**
 * Changes of `entity_value` and `entity_position`, collected during a transaction and written at its end in the order of
 * their keys: a batch then finds the page of one change in memory for the next. Nothing in a transaction reads them.
 */

import type { PositionRow, RowChanges, StoredValue, ValueRow } from './index-rows.ts'
import type { Known } from './known.ts'
import type { Names } from './names.ts'
import type { Statements } from './statements.ts'

export interface IndexChanges {
  /** Of the entity with this `rid`. Within a transaction. */
  add(rid: number, changes: RowChanges): void
  /** Writes what was added. */
  flush(): void
  /** Forgets what was added: the transaction was rolled back. */
  revert(): void
}

type Key = readonly StoredValue[]

interface Pending {
  readonly key: Key
  /** 1: to be added, -1: to be removed, 0: it was the one and then the other. */
  change: number
}

const ADD_VALUE = 'INSERT INTO entity_value (path, kind, value, rid) VALUES (?, ?, ?, ?)'
const REMOVE_VALUE = 'DELETE FROM entity_value WHERE path = ? AND kind = ? AND value = ? AND rid = ?'
const ADD_POSITION = `INSERT INTO entity_position (property, level, cell, rid, longitude, latitude)
  VALUES (?, ?, ?, ?, ?, ?)`
const REMOVE_POSITION = `DELETE FROM entity_position WHERE property = ? AND level = ? AND cell = ? AND rid = ?
  AND longitude = ? AND latitude = ?`

/** For the connection that writes. */
export function createIndexChanges(sql: Statements, names: Names, { kinds, lists }: Known): IndexChanges {
  const values = new Map<string, Pending>()
  const positions = new Map<string, Pending>()
  const valueKey = (rid: number, { path, kind, value }: ValueRow): Key => [names.give(path), kind, value, rid]
  const positionKey = (rid: number, { property, level, cell, longitude, latitude }: PositionRow): Key => [
    names.give(property),
    level,
    cell,
    rid,
    longitude,
    latitude,
  ]
  const write = (pending: Map<string, Pending>, add: string, remove: string): void => {
    if (pending.size === 0) return
    const sorted = [...pending.values()].sort((a, b) => compareKeys(a.key, b.key))
    for (const { key, change } of sorted) {
      if (change !== 0) sql(change > 0 ? add : remove).run(...key)
    }
    pending.clear()
  }
  return {
    add: (rid, { valuesRemoved, valuesAdded, positionsRemoved, positionsAdded }) => {
      for (const row of valuesRemoved) note(values, valueKey(rid, row), -1)
      for (const row of valuesAdded) {
        note(values, valueKey(rid, row), 1)
        kinds.add(names.give(row.path), row.kind)
      }
      for (const row of positionsRemoved) note(positions, positionKey(rid, row), -1)
      for (const row of positionsAdded) note(positions, positionKey(rid, row), 1)
    },
    flush: () => {
      for (const { key } of values.values()) lists.changed(Number(key[0]))
      write(values, ADD_VALUE, REMOVE_VALUE)
      write(positions, ADD_POSITION, REMOVE_POSITION)
    },
    revert: () => {
      values.clear()
      positions.clear()
    },
  }
}

function note(pending: Map<string, Pending>, key: Key, change: 1 | -1): void {
  const text = key.join(' ')
  const known = pending.get(text)
  if (known === undefined) pending.set(text, { key, change })
  else known.change += change
}

/** As SQLite sorts the rows, near enough: what matters is that neighbours come together. */
function compareKeys(a: Key, b: Key): number {
  for (let i = 0; i < a.length; i++) {
    const x = a[i] ?? 0
    const y = b[i] ?? 0
    if (x !== y) return x < y ? -1 : 1
  }
  return 0
}
