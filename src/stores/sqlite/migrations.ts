/** The tables of one Tenant's database, as steps from an empty file to the present ones. A step is never changed later. */

import type { DatabaseSyncInstance } from '@photostructure/sqlite'

/**
 * `entity.body` is the Entity as JSON text, complete, so that reading one is a single JSON.parse; the columns beside it
 * and the tables around it are what selections look up. `entity.rid` grows with creation and is never given twice: the
 * order of every answer. `attribute_expires_at` is when the first attribute or sub-attribute goes.
 * `entity_attribute.expires_at` is when the last instance of that attribute has gone. `entity_value` has the values of
 * core/query/index-values.ts, `entity_position` the places of GeoProperties (cells.ts). `version` counts the changes
 * of an entity. `entity_count` counts by type, `entity_attribute_count` the instances of an attribute by its kind and by
 * the type of the entity; type 0 stands for all.
 * `notice` has what is owed to subscribers (`state` NULL) and what was; `position` is never given twice.
 * `evolution` has the history of an entity, also of one that is gone, `series` an Attribute and dataset of it (`timed`:
 * whether any instance of it was ever observed), and `instance` what these were: in the order of `at`, so that what is asked
 * for stands together (stores/common/instance-row.ts). `summary` has what instances were together that are not kept any more.
 * `gone_series` has series of which instances are still to be removed.
 */
const MIGRATIONS: readonly string[] = [
  `
  CREATE TABLE entity (
    rid INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    version INTEGER NOT NULL,
    exact INTEGER NOT NULL,
    expires_at INTEGER,
    attribute_expires_at INTEGER,
    body TEXT NOT NULL
  ) STRICT;
  CREATE INDEX entity_expiry ON entity (expires_at) WHERE expires_at IS NOT NULL;
  CREATE INDEX entity_attribute_expiry ON entity (attribute_expires_at) WHERE attribute_expires_at IS NOT NULL;

  CREATE TABLE name (nid INTEGER PRIMARY KEY, iri TEXT NOT NULL UNIQUE) STRICT;

  CREATE TABLE entity_type (
    type INTEGER NOT NULL, rid INTEGER NOT NULL,
    PRIMARY KEY (type, rid)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE entity_attribute (
    attribute INTEGER NOT NULL, rid INTEGER NOT NULL, expires_at INTEGER,
    PRIMARY KEY (attribute, rid)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE entity_value (
    path INTEGER NOT NULL, kind INTEGER NOT NULL, value ANY NOT NULL, rid INTEGER NOT NULL,
    PRIMARY KEY (path, kind, value, rid)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE entity_position (
    property INTEGER NOT NULL, level INTEGER NOT NULL, cell INTEGER NOT NULL, rid INTEGER NOT NULL,
    longitude REAL NOT NULL, latitude REAL NOT NULL,
    PRIMARY KEY (property, level, cell, rid, longitude, latitude)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE entity_attribute_count (
    type INTEGER NOT NULL, attribute INTEGER NOT NULL, kind TEXT NOT NULL, n INTEGER NOT NULL,
    PRIMARY KEY (type, attribute, kind)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX attribute_count_attribute ON entity_attribute_count (attribute, type);
  CREATE TABLE entity_count (type INTEGER PRIMARY KEY, n INTEGER NOT NULL) STRICT;

  CREATE TABLE document (
    kind TEXT NOT NULL, id TEXT NOT NULL, body TEXT NOT NULL, exact INTEGER NOT NULL,
    PRIMARY KEY (kind, id)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE document_count (kind TEXT PRIMARY KEY, n INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TRIGGER document_added AFTER INSERT ON document BEGIN
    INSERT INTO document_count (kind, n) VALUES (NEW.kind, 1) ON CONFLICT (kind) DO UPDATE SET n = n + 1;
  END;
  CREATE TRIGGER document_removed AFTER DELETE ON document BEGIN
    UPDATE document_count SET n = n - 1 WHERE kind = OLD.kind;
  END;
  `,
  `
  CREATE TABLE notice (
    position INTEGER PRIMARY KEY AUTOINCREMENT,
    notice_group TEXT NOT NULL,
    subscription TEXT NOT NULL,
    queue TEXT NOT NULL,
    entity TEXT NOT NULL,
    since INTEGER NOT NULL,
    latest_only INTEGER NOT NULL,
    state TEXT,
    settled_at INTEGER,
    reason TEXT,
    exact INTEGER NOT NULL,
    content TEXT NOT NULL
  ) STRICT;
  CREATE INDEX notice_queue ON notice (queue, state) WHERE state IS NULL;
  CREATE INDEX notice_owed ON notice (subscription, state, entity, since) WHERE state IS NULL;
  CREATE INDEX notice_ended ON notice (subscription, state, settled_at, since) WHERE state IS NOT NULL;
  CREATE INDEX notice_age ON notice (state, settled_at) WHERE state IS NOT NULL;
  `,
  `
  CREATE INDEX notice_since ON notice (subscription, state, since) WHERE state IS NOT NULL;
  CREATE INDEX notice_waiting ON notice (subscription, state, queue) WHERE state IS NULL;
  `,
  `
  CREATE TABLE evolution (
    hid INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    types TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    deleted_at INTEGER
  ) STRICT;
  CREATE TABLE evolution_type (
    type INTEGER NOT NULL, hid INTEGER NOT NULL,
    PRIMARY KEY (type, hid)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE series (
    sid INTEGER PRIMARY KEY AUTOINCREMENT,
    hid INTEGER NOT NULL, attribute INTEGER NOT NULL, dataset TEXT NOT NULL, timed INTEGER NOT NULL,
    UNIQUE (hid, attribute, dataset)
  ) STRICT;
  CREATE TABLE instance (
    sid INTEGER NOT NULL, at INTEGER NOT NULL, created_at INTEGER NOT NULL, n INTEGER NOT NULL,
    kind INTEGER NOT NULL, value ANY NOT NULL,
    modified_at INTEGER, deleted_at INTEGER, rest TEXT,
    PRIMARY KEY (sid, at, created_at, n)
  ) STRICT, WITHOUT ROWID;
  CREATE UNIQUE INDEX instance_created ON instance (sid, created_at, n);
  CREATE INDEX instance_modified ON instance (sid, modified_at) WHERE modified_at IS NOT NULL;
  CREATE INDEX instance_deleted ON instance (sid, deleted_at) WHERE deleted_at IS NOT NULL;
  CREATE TABLE summary (
    sid INTEGER NOT NULL, begins INTEGER NOT NULL, ends INTEGER NOT NULL, summaries TEXT NOT NULL,
    PRIMARY KEY (sid, begins)
  ) STRICT, WITHOUT ROWID;
  `,
  `
  CREATE INDEX series_attribute ON series (attribute, hid);
  `,
  `
  CREATE TABLE gone_series (sid INTEGER PRIMARY KEY) STRICT;
  `,
]

/** Brings a database to the present tables. Throws where it was written by a newer Boya. */
export function migrate(handle: DatabaseSyncInstance, path: string): void {
  while (versionOf(handle) !== MIGRATIONS.length) takeStep(handle, path)
}

function takeStep(handle: DatabaseSyncInstance, path: string): void {
  handle.exec('BEGIN IMMEDIATE')
  try {
    // Read again under the lock: another process may have taken the step meanwhile.
    const version = versionOf(handle)
    if (version > MIGRATIONS.length) throw newerSchema(path, version)
    const step = MIGRATIONS[version]
    if (step !== undefined) handle.exec(`${step}; PRAGMA user_version = ${version + 1}`)
    handle.exec('COMMIT')
  } catch (error) {
    if (handle.isTransaction) handle.exec('ROLLBACK')
    throw error
  }
}

function versionOf(handle: DatabaseSyncInstance): number {
  return handle.prepare('PRAGMA user_version').get().user_version
}

function newerSchema(path: string, version: number): Error {
  return new Error(
    `${path} was written by a newer Boya: it has schema version ${version}, this one knows versions up to ` +
      `${MIGRATIONS.length}. Start the newer Boya, or give this one another data directory.`,
  )
}
