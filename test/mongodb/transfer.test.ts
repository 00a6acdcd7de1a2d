import { afterAll, expect, it } from 'vitest'
import { lookAtStore } from '../../src/open-store.ts'
import { roundTripTests } from '../cli/transfer-round-trip.ts'
import { exportOf, imported, type Kind, newStore, SQLITE } from '../cli/transfer-stores.ts'
import { importedSubscriptionsTests } from '../cli/transfer-subscriptions.ts'
import { entity } from '../contract/contract-store.ts'
import { LONG } from '../support/long.ts'
import { type FreshDatabase, freshDatabase } from '../support/mongodb.ts'

const databases: FreshDatabase[] = []
afterAll(() => Promise.all(databases.map(({ drop }) => drop())))

const MONGODB: Kind = {
  name: 'MongoDB',
  next: () => {
    const database = freshDatabase()
    databases.push(database)
    return database.uri
  },
}

roundTripTests(SQLITE, MONGODB)
if (LONG) roundTripTests(MONGODB, SQLITE)
importedSubscriptionsTests(MONGODB)

it('tells whether there is a store without making one', async () => {
  const config = newStore({}, MONGODB.next())
  for (let looks = 0; looks < 2; looks++) expect(await lookAtStore(config)).toEqual({ exists: false, lasts: true })
  await imported(config, exportOf(['tenant', ''], ['entity', entity('urn:x:1')]))
  expect(await lookAtStore(config)).toEqual({ exists: true, lasts: true })
})

it('says that the database does not answer, and gives up', async () => {
  const away = newStore({}, 'mongodb://127.0.0.1:9/boya?serverSelectionTimeoutMS=300')
  await expect(lookAtStore(away)).rejects.toThrow('the database does not answer')
})
