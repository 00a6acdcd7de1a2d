/** Databases of their own for tests, on the MongoDB server of the run. */

import { randomBytes } from 'node:crypto'
import { MongoClient } from 'mongodb'
import { inject } from 'vitest'

/** Undefined where there is no server: then the tests are skipped (skipping-runner.ts). */
export function mongodbUri(): string | undefined {
  return inject('mongodb').uri
}

export interface FreshDatabase {
  readonly uri: string
  readonly name: string
  /** Removes it, and those of the Tenants. */
  drop(): Promise<void>
}

/** A database that does not exist yet, for a store. */
export function freshDatabase(): FreshDatabase {
  const server = mongodbUri()
  if (server === undefined) throw new Error('there is no MongoDB server for this test')
  const name = `boya_${process.pid}_${randomBytes(4).toString('hex')}`
  const url = new URL(server)
  url.pathname = `/${name}`
  return { uri: url.href, name, drop: () => drop(server, name) }
}

async function drop(uri: string, name: string): Promise<void> {
  const client = new MongoClient(uri)
  try {
    const { databases } = await client.db('admin').admin().listDatabases({ nameOnly: true })
    for (const database of databases) {
      if (database.name === name || database.name.startsWith(`${name}-`)) await client.db(database.name).dropDatabase()
    }
  } finally {
    await client.close()
  }
}
