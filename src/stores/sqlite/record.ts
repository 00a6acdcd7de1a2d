/**
 * The one place where the rows of entities are written: every change that is stored passes here, within a transaction,
 * with what it changed from and to. Whatever has to be one commit with a change is written by {@link record}.
 */

import { type Recording, recordingOf } from '../../core/history/recording.ts'
import type { EntityChange } from '../../core/model/change.ts'
import type { Owing } from '../common/owing.ts'
import { type Encoded, type EntityRow, encode } from './codec.ts'
import type { Database } from './database.ts'
import { deleteEvolution } from './history/delete-rows.ts'
import { writeRecording } from './history/write-instances.ts'
import { type RowChanges, rowChanges } from './index-rows.ts'
import { type PreparedNotice, prepareNotice, storeNotice } from './notice-rows.ts'

/** A change with what is to be stored of it. */
export interface Prepared {
  readonly change: EntityChange
  /** Of `change.after`. */
  readonly encoded: Encoded | undefined
  /** For the history. */
  readonly recording: Recording | undefined
  readonly owing: Pick<Owing, 'group' | 'folded'>
  readonly notices: readonly PreparedNotice[]
}

/** Writes nothing. Throws BadRequestData where a write makes an entity too large; what expires is never refused. */
export function prepare({ entityBytes, history }: Database, owing: Owing, change: EntityChange): Prepared {
  const { after, cause } = change
  const bytes = cause === 'write' ? entityBytes : Number.POSITIVE_INFINITY
  const encoded = after === undefined ? undefined : encode(after, bytes)
  const recording = recordingOf(change, history.isRecorded)
  return { change, encoded, recording, owing, notices: owing.noticesOf(change).map(prepareNotice) }
}

/** Where an entity stands: what of its row a change has to know. */
export type Place = Pick<EntityRow, 'rid' | 'expires_at' | 'attribute_expires_at'>

/** Stores a change of the entity at this place, undefined where there is none; returns where it stands afterwards. */
export function record(
  database: Database,
  place: Place | undefined,
  { change: { before, after, now }, encoded, recording, owing, notices }: Prepared,
): Place | undefined {
  const next = encoded && (place === undefined ? insert(database, encoded) : update(database, place, encoded))
  if (next === undefined && place !== undefined) remove(database, place)
  const rid = (next ?? place)?.rid
  if (rid !== undefined) {
    database.known.states.delete(rid)
    moveRows(database, rid, rowChanges(before, after))
  }
  database.attributeCounts.add(before, after)
  if (after === undefined && database.history.afterDeletion === 'delete') deleteEvolution(database, before?.id ?? '')
  else if (recording !== undefined) writeRecording(database, recording, now)
  for (const notice of notices) storeNotice(database.sql, owing, now, notice)
  return next
}

const INSERT = `INSERT INTO entity (id, version, exact, expires_at, attribute_expires_at, body) VALUES (?, 0, ?, ?, ?, ?)`
const UPDATE = `UPDATE entity SET body = ?, exact = ?, version = version + 1 WHERE rid = ?`
const UPDATE_EXPIRY = `UPDATE entity SET expires_at = ?, attribute_expires_at = ? WHERE rid = ?`
const DELETE = `DELETE FROM entity WHERE rid = ?`

function insert({ sql, counts }: Database, { id, body, exact, ...expiry }: Encoded): Place {
  const { expires_at, attribute_expires_at } = expiry
  const { lastInsertRowid } = sql(INSERT).run(id, exact, expires_at, attribute_expires_at, body)
  counts.add(1)
  return { rid: Number(lastInsertRowid), ...expiry }
}

function update({ sql }: Database, place: Place, { body, exact, expires_at, attribute_expires_at }: Encoded): Place {
  sql(UPDATE).run(body, exact, place.rid)
  // Apart, because of the indexes on them: most changes leave them as they are.
  if (expires_at !== place.expires_at || attribute_expires_at !== place.attribute_expires_at) {
    sql(UPDATE_EXPIRY).run(expires_at, attribute_expires_at, place.rid)
  }
  return { rid: place.rid, expires_at, attribute_expires_at }
}

function remove({ sql, counts }: Database, { rid }: Place): void {
  sql(DELETE).run(rid)
  counts.add(-1)
}

function moveRows(database: Database, rid: number, changes: RowChanges): void {
  moveTypes(database, rid, changes)
  moveAttributes(database, rid, changes)
  database.index.add(rid, changes)
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
