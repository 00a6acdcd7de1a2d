/** What can be told of a store without opening it, which would make it. */

import { createClient } from './client.ts'
import { explained } from './driver-errors.ts'
import { SCHEMA } from './schema.ts'

/**
 * Throws StoreUnavailable where the database does not answer, StoreRefused where it does not let Boya in; an Error that says
 * what is wrong with the URI.
 */
export async function lookAtMongo(uri: string): Promise<{ readonly exists: boolean; readonly lasts: true }> {
  const { driver, database } = createClient(uri)
  try {
    const found = await driver.db(database).collection<{ _id: string }>('state').findOne({ _id: SCHEMA })
    return { exists: found !== null, lasts: true }
  } catch (error) {
    throw explained(error)
  } finally {
    await driver.close()
  }
}
