/** The entities of all Tenants. */

import type { Clock } from '../../ports/clock.ts'
import type { EntityStore, IdentifiedChange, MissingTenant } from '../../ports/store.ts'
import { resultOf, settled } from '../common/outcome.ts'
import { rehearse } from '../common/rehearse.ts'
import { changeStep, purgeStep } from './changes.ts'
import { decode, encode, present } from './codec.ts'
import type { Database } from './database.ts'
import type { Databases } from './databases.ts'
import { readRow } from './entity-rows.ts'
import { readById } from './pages.ts'
import type { Reader } from './reader.ts'
import { presentOf, runQuery } from './run-query.ts'
import { runWalk } from './run-walk.ts'
import { expiredIds } from './walks.ts'

interface Sizes {
  /** Of the largest entity, as it is stored. */
  readonly entityBytes: number
  /** Of the entities of a page together. */
  readonly pageBytes: number
}

/** The entities of all Tenants. */
export function createEntityStore(databases: Databases, reader: Reader, clock: Clock, sizes: Sizes): EntityStore {
  const run = async <R>(tenant: string, changes: readonly IdentifiedChange<R>[], missing?: MissingTenant) => {
    if (missing === 'make' && !(await databases.tenants.exists(tenant))) {
      const nothingStored = rehearse(changes, clock.now(), (entity) => encode(entity, sizes.entityBytes))
      if (nothingStored !== undefined) return nothingStored
      await databases.tenants.create(tenant)
    }
    const database = await databases.of(tenant)
    return database.writes.run(changes.map(({ id, change }) => changeStep(database, clock, id, change)))
  }
  const read = async <T>(tenant: string, from: (database: Database) => T): Promise<T> => {
    const database = await databases.of(tenant)
    return database.reads.run(() => from(database))
  }
  return {
    retrieve: async ({ tenant }, id) => {
      const row = await read(tenant, (database) => readRow(database, id))
      return row === undefined ? undefined : present(row, decode(row), clock.now())
    },
    retrieveMany: async ({ tenant }, ids) => {
      const rows = await read(tenant, (database) => readById(database, ids, sizes.pageBytes))
      const now = clock.now()
      return presentOf(rows, now)
    },
    write: async ({ tenant }, id, change, missing) => {
      const [outcome] = await run(tenant, [{ id, change }], missing)
      return resultOf(outcome)
    },
    writeMany: async ({ tenant }, changes, missing) => (await run(tenant, changes, missing)).map(settled),
    query: async (call, query, known) => {
      const database = await databases.of(call.tenant)
      const path = databases.pathOf(call.tenant)
      return runQuery(database, call, query, {
        ...{ path, reader, known },
        ...{ now: clock.now(), maxBytes: sizes.pageBytes },
      })
    },
    walk: async (call, filter, limit, cursor) => {
      const database = await databases.of(call.tenant)
      const path = databases.pathOf(call.tenant)
      return runWalk(database, call, { filter, limit, cursor, now: clock.now() }, { path, reader })
    },
    countTypes: ({ tenant }) => read(tenant, ({ counts }) => counts.readTypes(clock.now())),
    countAttributes: ({ tenant }, selection = {}) =>
      read(tenant, ({ attributeCounts }) => attributeCounts.read(clock.now(), selection)),
    count: ({ tenant }) => read(tenant, ({ counts }) => counts.read(clock.now())),
    purgeExpired: async ({ tenant }, now, limit) => {
      const ids = await read(tenant, (database) => expiredIds(database, now, limit))
      const database = await databases.of(tenant)
      const steps = ids.map((id) => purgeStep(database, id, now))
      return (await database.writes.run(steps)).filter((outcome) => resultOf(outcome)).length
    },
  }
}
