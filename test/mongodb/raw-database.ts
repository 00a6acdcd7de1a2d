/** What a store on MongoDB keeps, as it stands there. */

import { type Collection, type Document, MongoClient } from 'mongodb'
import { freshDatabase } from '../support/mongodb.ts'

export type RawCollection = Collection<Document & { readonly _id: string }>

export interface RawDatabase {
  readonly uri: string
  readonly entities: RawCollection
  readonly notices: RawCollection
  readonly evolutions: RawCollection
  readonly instances: RawCollection
  readonly summaries: RawCollection
  drop(): Promise<void>
}

/** Of the default Tenant, in a database that does not exist yet. */
export function rawDatabase(): RawDatabase {
  const { uri, name, drop } = freshDatabase()
  const client = new MongoClient(uri)
  return {
    uri,
    entities: client.db(name).collection('entity'),
    notices: client.db(name).collection('notice'),
    evolutions: client.db(name).collection('evolution'),
    instances: client.db(name).collection('instance'),
    summaries: client.db(name).collection('summary'),
    drop: async () => {
      await client.close()
      await drop()
    },
  }
}
