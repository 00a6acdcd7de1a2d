/** Reading and writing one entity with all its rows. The writing functions run within a transaction. */

import type { Entity } from '../../core/model/entity.ts'
import { decode, type Encoded, type EntityRow, READ_COLUMNS } from './codec.ts'
import type { Database } from './database.ts'
import { differenceOf, type IndexRows, indexRows, NO_ROWS, type RowChanges } from './index-rows.ts'

const BY_ID = `SELECT ${READ_COLUMNS} FROM entity e WHERE e.id = ?`
const INSERT = `INSERT INTO entity (id, body, exact, expires_at, attribute_expires_at) VALUES (?, ?, ?, ?, ?)`
const UPDATE = `UPDATE entity SET body = ?, exact = ? WHERE rid = ?`
const UPDATE_EXPIRY = `UPDATE entity SET expires_at = ?, attribute_expires_at = ? WHERE rid = ?`
const DELETE = `DELETE FROM entity WHERE rid = ?`

/** An entity as it was stored, also where it has expired since. */
export interface StoredEntity {
  readonly row: EntityRow
  readonly entity: Entity
}

export function readRow({ sql }: Database, id: string): EntityRow | undefined {
  return sql(BY_ID).get(id)
}

export function readEntity(database: Database, id: string): StoredEntity | undefined {
  const row = readRow(database, id)
  return row === undefined ? undefined : { row, entity: decode(row) }
}

export function insertEntity(database: Database, entity: Entity, encoded: Encoded): void {
  const { body, exact, expiresAt, attributeExpiresAt } = encoded
  const { lastInsertRowid } = database.sql(INSERT).run(entity.id, body, exact, expiresAt, attributeExpiresAt)
  database.counts.add(1)
  moveRows(database, Number(lastInsertRowid), NO_ROWS, indexRows(entity))
}

export function updateEntity(
  database: Database,
  { row, entity: before }: StoredEntity,
  entity: Entity,
  encoded: Encoded,
): void {
  const { body, exact, expiresAt, attributeExpiresAt } = encoded
  database.sql(UPDATE).run(body, exact, row.rid)
  if (expiresAt !== row.expires_at || attributeExpiresAt !== row.attribute_expires_at) {
    database.sql(UPDATE_EXPIRY).run(expiresAt, attributeExpiresAt, row.rid)
  }
  moveRows(database, row.rid, indexRows(before), indexRows(entity))
}

export function deleteEntity(database: Database, { row, entity }: StoredEntity): void {
  database.sql(DELETE).run(row.rid)
  database.counts.add(-1)
  moveRows(database, row.rid, indexRows(entity), NO_ROWS)
}

function moveRows(database: Database, rid: number, before: IndexRows, after: IndexRows): void {
  const changes = differenceOf(before, after)
  moveTypes(database, rid, changes)
  moveAttributes(database, rid, changes)
}

function moveTypes({ sql, names, counts }: Database, rid: number, { typesRemoved, typesAdded }: RowChanges): void {
  for (const iri of typesRemoved) {
    const type = names.give(iri)
    sql('DELETE FROM entity_type WHERE type = ? AND rid = ?').run(type, rid)
    counts.add(-1, type)
  }
  for (const iri of typesAdded) {
    const type = names.give(iri)
    sql('INSERT INTO entity_type (type, rid) VALUES (?, ?)').run(type, rid)
    counts.add(1, type)
  }
}

const PUT_ATTRIBUTE = `INSERT INTO entity_attribute (attribute, rid, expires_at) VALUES (?, ?, ?)
  ON CONFLICT (attribute, rid) DO UPDATE SET expires_at = excluded.expires_at`

function moveAttributes({ sql, names }: Database, rid: number, changes: RowChanges): void {
  for (const iri of changes.attributesRemoved) {
    sql('DELETE FROM entity_attribute WHERE attribute = ? AND rid = ?').run(names.give(iri), rid)
  }
  for (const [iri, goneAt] of changes.attributesPut) sql(PUT_ATTRIBUTE).run(names.give(iri), rid, goneAt)
}
