/** The collections of a Tenant's database. */

import type { LRUCache } from 'lru-cache'
import type { Collection, Db } from 'mongodb'
import type { Log } from '../../ports/call.ts'
import type { Connection } from './connection.ts'
import type { EvolutionDocument, InstanceDocument, SummaryDocument } from './history/stored.ts'
import type { Selectivity } from './selectivity.ts'
import type { CountDocument, CountingState, EntityDocument, NoticeDocument, SmallDocument } from './stored.ts'

export type Entities = Collection<EntityDocument>

export interface Collections {
  readonly entities: Entities
  readonly documents: Collection<SmallDocument>
  readonly notices: Collection<NoticeDocument>
  readonly evolutions: Collection<EvolutionDocument>
  readonly instances: Collection<InstanceDocument>
  readonly summaries: Collection<SummaryDocument>
  readonly counts: Collection<CountDocument>
  readonly state: Collection<CountingState>
}

/** What questions need of a database. */
export interface Queried extends Collections {
  readonly ask: Connection['ask']
  readonly log: Log
  readonly selectivity: Selectivity
  /** Numbers that were read, by what was asked for. */
  readonly kept: LRUCache<string, KeptCounts>
  /** Lets what is not counted yet be counted. */
  readonly uncounted: () => void
}

/** Numbers after the n-th batch. */
export interface KeptCounts {
  readonly n: number | undefined
  readonly kept: readonly CountDocument[]
}

export function collectionsOf(db: Db): Collections {
  return {
    entities: db.collection('entity'),
    documents: db.collection('document'),
    notices: db.collection('notice'),
    evolutions: db.collection('evolution'),
    instances: db.collection('instance'),
    summaries: db.collection('summary'),
    counts: db.collection('count'),
    state: db.collection('state'),
  }
}
