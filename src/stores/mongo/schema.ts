/** The collections of a Tenant's database, as steps from nothing to the present ones. A step is never changed later. */

import type { Db, IndexDescription } from 'mongodb'
import { collectionsOf } from './collections.ts'
import type { Connection } from './connection.ts'
import { COUNTING } from './counting.ts'
import { isMade } from './driver-errors.ts'
import { REVISIONS } from './revisions.ts'
import type { RevisionsDocument } from './stored.ts'

/**
 * Each can be taken any number of times, and by several instances at once: whoever comes to what another has begun ends it
 * in the same way. It says when it is done, not when it is begun.
 */
const MIGRATIONS: readonly ((db: Db) => Promise<void>)[] = [
  async (db) => {
    const { entities, documents, counts, state } = collectionsOf(db)
    await entities.createIndexes([...ENTITY_INDEXES])
    await documents.createIndexes([{ key: { kind: 1, id: 1 } }])
    await counts.createIndexes([
      { key: { type: 1 }, sparse: true },
      { key: { attribute: 1 }, sparse: true },
    ])
    await isMade(state.updateOne({ _id: COUNTING }, { $setOnInsert: { n: 0 } }, { upsert: true }))
    await isMade(
      db
        .collection<RevisionsDocument>('state')
        .updateOne({ _id: REVISIONS }, { $setOnInsert: { kinds: {} } }, { upsert: true }),
    )
  },
  async (db) => {
    const { entities, notices } = collectionsOf(db)
    await entities.createIndexes([{ key: { owing: 1 }, sparse: true }])
    await notices.createIndexes([
      { key: { state: 1, queue: 1, position: 1 } },
      { key: { subscription: 1, state: 1, entity: 1, position: 1, since: 1 } },
      { key: { subscription: 1, state: 1, settledAt: 1, since: 1, position: 1 } },
      { key: { state: 1, settledAt: 1 } },
    ])
  },
  async (db) => {
    await collectionsOf(db).notices.createIndexes([{ key: { subscription: 1, state: 1, queue: 1, position: 1 } }])
  },
  async (db) => {
    const { evolutions, instances, summaries } = collectionsOf(db)
    await evolutions.createIndexes([{ key: { n: 1 } }, { key: { types: 1, n: 1 } }, { key: { cut: 1 }, sparse: true }])
    await instances.createIndexes([
      { key: { s: 1, c: 1 } },
      { key: { s: 1, m: 1 }, sparse: true },
      { key: { s: 1, x: 1 }, sparse: true },
      { key: { gone: 1 }, sparse: true },
    ])
    await summaries.createIndexes([{ key: { s: 1, begins: 1 } }])
  },
  async (db) => {
    await collectionsOf(db).evolutions.createIndexes([{ key: { 'series.a': 1, n: 1 } }])
  },
]

/** Their names are those that MongoDB gives them (compile-filter.ts). Sparse, not partial: that all servers find with. */
const ENTITY_INDEXES: readonly IndexDescription[] = [
  { key: { seq: 1 } },
  { key: { types: 1, seq: 1 } },
  { key: { attributes: 1, seq: 1 } },
  { key: { values: 1, seq: 1 } },
  { key: { 'places.at': '2dsphere' } },
  { key: { expiresAt: 1 }, sparse: true },
  { key: { attributeExpiresAt: 1 }, sparse: true },
  { key: { uncounted: 1 }, sparse: true },
]

/** The document that says which of the steps have been taken. */
export const SCHEMA = 'schema'

interface SchemaState {
  readonly _id: string
  readonly version: number
}

/**
 * Brings a database to the present collections. Throws where it was written by a newer Boya, and StoreUnavailable.
 */
export async function migrate(db: Db, ask: Connection['ask']): Promise<void> {
  const state = db.collection<SchemaState>('state')
  const version = async () => (await ask(() => state.findOne({ _id: SCHEMA })))?.version ?? 0
  for (let at = await version(); at !== MIGRATIONS.length; at = await version()) {
    const step = MIGRATIONS[at]
    if (step === undefined) throw newerSchema(db.databaseName, at)
    await ask(() => step(db))
    await ask(() => isMade(state.updateOne({ _id: SCHEMA }, { $max: { version: at + 1 } }, { upsert: true })))
  }
}

function newerSchema(database: string, version: number): Error {
  return new Error(
    `the database ${database} was written by a newer Boya: it has schema version ${version}, this one knows versions up to ` +
      `${MIGRATIONS.length}. Start the newer Boya, or give this one another database.`,
  )
}
