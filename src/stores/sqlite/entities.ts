/** The entities of all Tenants. */

import { Problem } from '../../core/model/problems.ts'
import type { Clock } from '../../ports/clock.ts'
import type { EntityStore, Settled } from '../../ports/store.ts'
import { changeStep, purgeStep } from './changes.ts'
import { decode, present } from './codec.ts'
import type { Databases } from './databases.ts'
import { readRow } from './entity-rows.ts'
import { expiredIds, queryPage, walkStep } from './queries.ts'
import type { Outcome } from './write-queue.ts'

export function createEntityStore(databases: Databases, clock: Clock): EntityStore {
  return {
    retrieve: async ({ tenant }, id) => {
      const row = readRow(databases.of(tenant), id)
      return row === undefined ? undefined : present(row, decode(row), clock.now())
    },
    write: async ({ tenant }, id, change) => {
      const database = databases.of(tenant)
      const [outcome] = await database.writes.run([changeStep(database, clock, id, change)])
      return resultOf(outcome)
    },
    writeMany: async ({ tenant }, changes) => {
      const database = databases.of(tenant)
      const steps = changes.map(({ id, change }) => changeStep(database, clock, id, change))
      return (await database.writes.run(steps)).map(settled)
    },
    query: async ({ tenant }, query) => queryPage(databases.of(tenant), query, clock.now()),
    walk: async ({ tenant }, filter, limit, cursor) =>
      walkStep(databases.of(tenant), filter, limit, cursor, clock.now()),
    countTypes: async ({ tenant }) => databases.of(tenant).counts.readTypes(clock.now()),
    count: async ({ tenant }) => databases.of(tenant).counts.read(clock.now()),
    purgeExpired: async ({ tenant }, now, limit) => {
      const database = databases.of(tenant)
      const steps = expiredIds(database, now, limit).map((id) => purgeStep(database, id, now))
      return (await database.writes.run(steps)).filter((outcome) => resultOf(outcome)).length
    },
  }
}

function resultOf<R>(outcome: Outcome<R> | undefined): R {
  if (outcome === undefined) throw new Error('a write ended without an outcome')
  if (!outcome.ok) throw outcome.error
  return outcome.value
}

function settled<R>(outcome: Outcome<R>): Settled<R> {
  if (outcome.ok) return outcome
  if (outcome.error instanceof Problem) return { ok: false, problem: outcome.error }
  throw outcome.error
}
