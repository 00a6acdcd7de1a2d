/** The collections of a Tenant's database. */

import type { Collection, Db } from 'mongodb'
import type { Connection } from './connection.ts'
import type { Selectivity } from './selectivity.ts'
import type { CountDocument, CountingState, EntityDocument, SmallDocument } from './stored.ts'

export type Entities = Collection<EntityDocument>

export interface Collections {
  readonly entities: Entities
  readonly documents: Collection<SmallDocument>
  readonly counts: Collection<CountDocument>
  readonly state: Collection<CountingState>
}

/** What questions need of a database. */
export interface Queried extends Collections {
  readonly ask: Connection['ask']
  readonly selectivity: Selectivity
}

export function collectionsOf(db: Db): Collections {
  return {
    entities: db.collection('entity'),
    documents: db.collection('document'),
    counts: db.collection('count'),
    state: db.collection('state'),
  }
}
