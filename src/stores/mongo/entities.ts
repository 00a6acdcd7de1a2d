/** The entities of all Tenants. */

import type { Clock } from '../../ports/clock.ts'
import type { NoticeSource } from '../../ports/notices.ts'
import type { EntityStore, IdentifiedChange, MissingTenant } from '../../ports/store.ts'
import { NOTHING_OWED } from '../common/nothing-owed.ts'
import { type Outcome, resultOf, settled } from '../common/outcome.ts'
import { createOwings, type Recorded, tellCommitted } from '../common/owing.ts'
import { rehearse } from '../common/rehearse.ts'
import { changeStep, purgeStep } from './changes.ts'
import { decode, encode, present } from './codec.ts'
import { countAttributes, countEntities, countTypes } from './counts.ts'
import type { Database } from './database.ts'
import type { Databases } from './databases.ts'
import { createPage, foundIn } from './pages.ts'
import { readByIds } from './reads.ts'
import { runQuery } from './run-query.ts'
import { untilAborted } from './until-aborted.ts'
import { expiredIds, takeStep } from './walks.ts'

interface EntityStoreOptions {
  /** What changes owe; nothing where it is absent. */
  readonly notices?: NoticeSource
  /** Of the largest entity, as it is stored. */
  readonly entityBytes: number
  /** Of the entities of a page together. */
  readonly pageBytes: number
}

export function createEntityStore(databases: Databases, clock: Clock, options: EntityStoreOptions): EntityStore {
  const { notices = NOTHING_OWED, ...sizes } = options
  const owingOf = createOwings(notices)
  const readyOf = async (tenant: string): Promise<Database> => {
    const database = await databases.of(tenant)
    await notices.ready(tenant)
    return database
  }
  const run = async <R>(tenant: string, changes: readonly IdentifiedChange<R>[], missing?: MissingTenant) => {
    if (missing === 'make' && !(await databases.tenants.exists(tenant))) {
      const nothingStored = rehearse(changes, clock.now(), (entity) => encode(entity, sizes.entityBytes))
      if (nothingStored !== undefined) return nothingStored
      await databases.tenants.create(tenant)
    }
    const { writes, sequence, history } = await readyOf(tenant)
    const around = { clock, owing: owingOf(tenant), history, maxBytes: sizes.entityBytes }
    const steps = changes.map((change) => ({ id: change.id, step: changeStep(change, sequence.next(), around) }))
    // What a step gives is what its change gave.
    return tellCommitted(notices, tenant, (await writes.run(steps)) as readonly Outcome<Recorded<R>>[])
  }
  return {
    retrieve: async ({ tenant }, id) => {
      const row = await (await databases.of(tenant)).readById(id)
      return row === undefined ? undefined : present(row, decode(row), clock.now())
    },
    retrieveMany: async ({ tenant }, ids) => {
      const found = await readByIds(await databases.of(tenant), ids, sizes.pageBytes)
      const rows = new Map(found.map((row) => [row._id, row]))
      const page = createPage(sizes.pageBytes)
      for (const id of ids) {
        const row = rows.get(id)
        if (row !== undefined) page.add({ row })
      }
      return page.rows.flatMap((each) => foundIn(each, clock.now()) ?? [])
    },
    write: async ({ tenant }, id, change, missing) => {
      const [outcome] = await run(tenant, [{ id, change }], missing)
      return resultOf(outcome)
    },
    writeMany: async ({ tenant }, changes, missing) => (await run(tenant, changes, missing)).map(settled),
    query: async (call, query, known) => {
      const database = await databases.of(call.tenant)
      const signal = call.signal()
      const asking = { now: clock.now(), signal, maxBytes: sizes.pageBytes, known }
      return untilAborted(signal, runQuery(database, query, asking))
    },
    walk: async (call, filter, limit, cursor) => {
      const database = await databases.of(call.tenant)
      const signal = call.signal()
      return untilAborted(signal, takeStep(database, { filter, limit, cursor, now: clock.now(), signal }))
    },
    countTypes: async ({ tenant }) => countTypes(await databases.of(tenant), clock.now()),
    countAttributes: async ({ tenant }, selection = {}) =>
      countAttributes(await databases.of(tenant), clock.now(), selection),
    count: async ({ tenant }) => countEntities(await databases.of(tenant), clock.now()),
    purgeExpired: async ({ tenant }, now, limit) => {
      const database = await readyOf(tenant)
      const ids = await expiredIds(database, now, limit)
      const owing = owingOf(tenant)
      const outcomes = await database.writes.run(ids.map((id) => ({ id, step: purgeStep(now, owing) })))
      return tellCommitted(notices, tenant, outcomes as readonly Outcome<Recorded<boolean>>[]).filter(resultOf).length
    },
  }
}
