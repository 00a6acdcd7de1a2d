/** What an import would do with a store, of which nothing is changed. */

import { createKeptContexts } from '../../contexts/kept-contexts.ts'
import type { EvolutionPart, Restored } from '../../core/history/carried.ts'
import type { Entity } from '../../core/model/entity.ts'
import { Problem, tooManyTenants } from '../../core/model/problems.ts'
import { tenantNameFault } from '../../core/model/tenant-name.ts'
import { keptIdentity } from '../../operations/kept-identity.ts'
import type { Call } from '../../ports/call.ts'
import type { Change, DocumentStore, Settled } from '../../ports/store.ts'
import { createBulkReader } from './bulk-reader.ts'
import { type EntityFate, restoring } from './restore-entity.ts'
import { judgeRetention } from './restore-retention.ts'
import { judgeSubscriptions } from './restore-subscriptions.ts'
import type { Target, TargetOptions } from './target.ts'

interface RehearsalOptions extends TargetOptions {
  readonly limits: { readonly tenantLength: number; readonly tenants: number }
}

const READ_AT_ONCE = 500
const EMPTY: Pick<DocumentStore, 'get'> = { get: async () => undefined }

/** Judges as the store's target does, by the same rules. */
export function createRehearsal(options: RehearsalOptions): Target {
  const { store, clock, check, checkSubscription, replace, maxContexts, limits, callIn } = options
  const contexts = createKeptContexts(store.documents, clock, callIn(''), maxContexts)
  const read = createBulkReader(store.entities, READ_AT_ONCE)
  const made = new Set<string>()
  const currentOf = async (call: Call, ids: readonly string[]): Promise<ReadonlyMap<string, Entity>> => {
    const current = new Map<string, Entity>()
    if (!(await store.tenants.exists(call.tenant))) return current
    for await (const found of read(call, ids)) {
      for (const each of found.map((one) => one.read())) current.set(each.id, each)
    }
    return current
  }
  return {
    broker: async (id) => (await keptIdentity(store.documents, callIn(''))) ?? id,
    tenant: async (name) => {
      if (await store.tenants.exists(name)) return 'unchanged'
      const fault = tenantNameFault(name, limits.tenantLength)
      if (fault !== undefined) throw fault
      made.add(name)
      if ((await store.tenants.list()).length + made.size > limits.tenants) throw tooManyTenants(limits.tenants)
      return 'created'
    },
    context: (call, carried) => contexts.judge(call, carried, replace),
    entities: async (call, entities) => {
      const current = await currentOf(
        call,
        entities.map(({ entity }) => entity.id),
      )
      return entities.map((each) => settle(restoring(each, check, replace), current.get(each.entity.id), clock.now()))
    },
    evolutions: async (call, parts, there = replace ? 'replace' : 'keep') => {
      if (!(await store.tenants.exists(call.tenant))) return parts.map(madeOf)
      return await store.history.restore(call, parts, { there, dryRun: true })
    },
    retention: async (call, rules) => {
      if (!(await store.tenants.exists(call.tenant))) return 'created'
      return await judgeRetention(store, call, rules, replace)
    },
    subscriptions: async (call, all) => {
      // Before there is a Tenant, there is nothing in it.
      const documents = (await store.tenants.exists(call.tenant)) ? store.documents : EMPTY
      return await judgeSubscriptions({ documents, check: checkSubscription, replace }, call, all)
    },
  }
}

function madeOf({ series }: EvolutionPart): Restored {
  return {
    evolution: 'created',
    summaries: series.flatMap(({ summaries }) => summaries.map(() => 'created' as const)),
    instances: series.flatMap(({ instances }) => instances.map(() => 'created' as const)),
  }
}

function settle(change: Change<EntityFate>, current: Entity | undefined, now: number): Settled<EntityFate> {
  try {
    return { ok: true, value: change(current, now).result }
  } catch (problem) {
    if (!(problem instanceof Problem)) throw problem
    return { ok: false, problem }
  }
}
