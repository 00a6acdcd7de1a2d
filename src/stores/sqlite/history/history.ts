/** The evolutions of all Tenants. */

import type { Call } from '../../../ports/call.ts'
import type { Clock } from '../../../ports/clock.ts'
import type { HistoryStore } from '../../../ports/history.ts'
import { resultOf } from '../../common/outcome.ts'
import type { Database } from '../database.ts'
import type { Databases } from '../databases.ts'
import type { Reader } from '../reader.ts'
import type { Step } from '../write-queue.ts'
import {
  addStep,
  deleteAttributeStep,
  deleteEvolutionStep,
  deleteInstanceStep,
  replaceInstanceStep,
} from './change-steps.ts'
import { restoreStep } from './restore-step.ts'
import { retainStep } from './retain-step.ts'
import { runHistory } from './run-history.ts'
import type { HistoryAsked } from './steps.ts'
import { walkStep } from './walk-step.ts'

/** The HistoryStore (ports/history.ts) of all databases. `reader`: answers what takes longer; `clock`: for `createdAt` and `modifiedAt`, milliseconds. */
export function createHistoryStore(databases: Databases, reader: Reader, clock: Clock): HistoryStore {
  const write = async <T>({ tenant }: Call, stepOf: (database: Database) => Step<T>): Promise<T> => {
    const database = await databases.of(tenant)
    const [outcome] = await database.writes.run([stepOf(database)])
    return resultOf(outcome)
  }
  const ask = async (call: Call, asked: HistoryAsked) => {
    const database = await databases.of(call.tenant)
    return runHistory(database, call, asked, { path: databases.pathOf(call.tenant), reader })
  }
  const now = () => clock.now()
  return {
    add: async (call, id, addition, ifAbsent, missingTenant) => {
      const { tenants } = databases
      if (missingTenant === 'make' && !(await tenants.exists(call.tenant))) await tenants.create(call.tenant)
      return write(call, (database) => addStep(database, id, addition, ifAbsent, now))
    },
    deleteAttribute: (call, id, attribute, which) =>
      write(call, (database) => deleteAttributeStep(database, id, attribute, which)),
    replaceInstance: (call, id, attribute, instanceId, instance) =>
      write(call, (database) => replaceInstanceStep(database, id, attribute, { instanceId, instance, now })),
    deleteInstance: (call, id, attribute, instanceId) =>
      write(call, (database) => deleteInstanceStep(database, id, attribute, instanceId)),
    deleteEvolution: (call, id) => write(call, (database) => deleteEvolutionStep(database, id)),
    retrieve: (call, id, selection, wanted) => ask(call, { kind: 'retrieve', id, selection, wanted }),
    query: async (call, query) => (await ask(call, { kind: 'query', query })) ?? { evolutions: [] },
    walk: async ({ tenant }, limit, cursor) => {
      const database = await databases.of(tenant)
      return database.reads.run(() => walkStep(database, limit, cursor))
    },
    restore: async ({ tenant }, parts, restoring) => {
      const database = await databases.of(tenant)
      return (await database.writes.run(parts.map((part) => restoreStep(database, part, restoring)))).map(resultOf)
    },
    retain: (call, horizons, limit, cursor) => write(call, (database) => retainStep(database, horizons, limit, cursor)),
  }
}
