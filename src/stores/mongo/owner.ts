/** Whose a database is: the names of two Boyas on one server, or of their Tenants, may lead to the same. */

import type { Db } from 'mongodb'
import { Problem } from '../../core/model/problems.ts'
import type { Connection } from './connection.ts'
import { isMade } from './driver-errors.ts'

const OWNER = 'owner'

interface Owner {
  /** Name of the default Tenant's database. */
  readonly base: string
  readonly tenant: string
}

type OwnerDocument = Owner & { readonly _id: string }

/**
 * Makes the database this Tenant's, if it is nobody's. Throws a Problem where it is another's, an Error where that would
 * have been the default Tenant's.
 */
export async function claim(db: Db, { base, tenant }: Owner, ask: Connection['ask']): Promise<void> {
  const state = db.collection<OwnerDocument>('state')
  let found = await ask(() => state.findOne({ _id: OWNER }))
  if (found === null) {
    await ask(() => isMade(state.updateOne({ _id: OWNER }, { $setOnInsert: { base, tenant } }, { upsert: true })))
    found = await ask(() => state.findOne({ _id: OWNER }))
  }
  if (found !== null && (found.base !== base || found.tenant !== tenant)) throw taken(db.databaseName, found, tenant)
}

function taken(database: string, owner: Owner, tenant: string): Error {
  const whose = `${owner.tenant === '' ? 'the default Tenant' : `the Tenant "${owner.tenant}"`} of the Boya on ${owner.base}`
  if (tenant === '') {
    return new Error(`the database ${database} belongs to ${whose}. Give this Boya another one in BOYA_STORE.`)
  }
  return new Problem(
    'Conflict',
    `the Tenant ${JSON.stringify(tenant)} cannot be made here, because its database has another use; choose another name`,
    'NGSILD-Tenant',
  )
}
