/** The entities of all Tenants. */

import type { Clock } from '../../ports/clock.ts'
import type { EntityStore, IdentifiedChange, MissingTenant } from '../../ports/store.ts'
import { type Outcome, resultOf, settled } from '../common/outcome.ts'
import { rehearse } from '../common/rehearse.ts'
import { tookTooLong } from '../common/took-too-long.ts'
import { changeStep, purgeStep } from './changes.ts'
import { decode, encode, present } from './codec.ts'
import { countAttributes, countEntities, countTypes } from './counts.ts'
import type { Databases } from './databases.ts'
import { createPage, foundIn } from './pages.ts'
import { readByIds } from './reads.ts'
import { runQuery } from './run-query.ts'
import { expiredIds, takeStep } from './walks.ts'

interface Sizes {
  /** Of the largest entity, as it is stored. */
  readonly entityBytes: number
  /** Of the entities of a page together. */
  readonly pageBytes: number
}

export function createEntityStore(databases: Databases, clock: Clock, sizes: Sizes): EntityStore {
  const run = async <R>(tenant: string, changes: readonly IdentifiedChange<R>[], missing?: MissingTenant) => {
    if (missing === 'make' && !(await databases.tenants.exists(tenant))) {
      const nothingStored = rehearse(changes, clock.now(), (entity) => encode(entity, sizes.entityBytes))
      if (nothingStored !== undefined) return nothingStored
      await databases.tenants.create(tenant)
    }
    const { writes, sequence } = await databases.of(tenant)
    const steps = changes.map(({ id, change }) => ({
      id,
      step: changeStep(clock, change, sequence.next(), sizes.entityBytes),
    }))
    // What a step gives is what its change gave.
    return (await writes.run(steps)) as readonly Outcome<R>[]
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
      const database = await databases.of(tenant)
      const ids = await expiredIds(database, now, limit)
      const outcomes = await database.writes.run(ids.map((id) => ({ id, step: purgeStep(now) })))
      return outcomes.filter((outcome) => resultOf(outcome) === true).length
    },
  }
}

/** What was asked when the time was over has failed for that reason. */
async function untilAborted<T>(signal: AbortSignal, answer: Promise<T>): Promise<T> {
  try {
    return await answer
  } catch (error) {
    throw signal.aborted ? tookTooLong() : error
  }
}
