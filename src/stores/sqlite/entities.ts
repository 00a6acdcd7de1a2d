/** The entities of all Tenants. */

import type { Clock } from '../../ports/clock.ts'
import type { NoticeSource } from '../../ports/notices.ts'
import type { EntityStore, IdentifiedChange, MissingTenant } from '../../ports/store.ts'
import { NOTHING_OWED } from '../common/nothing-owed.ts'
import { resultOf, settled } from '../common/outcome.ts'
import { createOwings, tellCommitted } from '../common/owing.ts'
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

interface EntityStoreOptions {
  /** What changes owe; nothing where it is absent. */
  readonly notices?: NoticeSource
  /** Of the largest entity, as it is stored. */
  readonly entityBytes: number
  /** Of the entities of a page together. */
  readonly pageBytes: number
}

/** The entities of all Tenants. */
export function createEntityStore(
  databases: Databases,
  reader: Reader,
  clock: Clock,
  options: EntityStoreOptions,
): EntityStore {
  const { notices = NOTHING_OWED, ...sizes } = options
  const owingOf = createOwings(notices)
  /** To be written to, in the same turn of the event loop. */
  const readyOf = async (tenant: string): Promise<Database> => {
    const database = await databases.of(tenant)
    const unready = notices.ready(tenant)
    if (unready === undefined) return database
    await unready
    return databases.of(tenant)
  }
  const run = async <R>(tenant: string, changes: readonly IdentifiedChange<R>[], missing?: MissingTenant) => {
    if (missing === 'make' && !(await databases.tenants.exists(tenant))) {
      const nothingStored = rehearse(changes, clock.now(), (entity) => encode(entity, sizes.entityBytes))
      if (nothingStored !== undefined) return nothingStored
      await databases.tenants.create(tenant)
    }
    const database = await readyOf(tenant)
    const owing = owingOf(tenant)
    const steps = changes.map((change) => changeStep(database, owing, clock, change))
    return tellCommitted(notices, tenant, await database.writes.run(steps))
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
      if (ids.length === 0) return 0
      const database = await readyOf(tenant)
      const owing = owingOf(tenant)
      const outcomes = await database.writes.run(ids.map((id) => purgeStep(database, owing, id, now)))
      return tellCommitted(notices, tenant, outcomes).filter(resultOf).length
    },
  }
}
