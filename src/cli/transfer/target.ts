/** Where an import goes. */

import type { CarriedContext } from '../../contexts/carried-contexts.ts'
import { createKeptContexts, type Fate } from '../../contexts/kept-contexts.ts'
import type { EvolutionPart, Restored } from '../../core/history/carried.ts'
import type { WrittenRule } from '../../core/history/retention.ts'
import type { SubscriptionCheck } from '../../core/subscription/creatable.ts'
import type { StoredSubscription } from '../../core/subscription/subscription.ts'
import { keepIdentity } from '../../operations/kept-identity.ts'
import type { Call } from '../../ports/call.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Restoring } from '../../ports/history.ts'
import type { Settled, Store } from '../../ports/store.ts'
import { type CarriedEntity, type EntityCheck, type EntityFate, restoring } from './restore-entity.ts'
import { restoreRetention } from './restore-retention.ts'
import { createRestoreSubscriptions } from './restore-subscriptions.ts'

/** Each method says what became of what it was given, or throws, or reports, the Problem that kept it out. */
export interface Target {
  /** Returns the id that the broker has: where there is one on this store already, that stays who it is. */
  broker(id: string): Promise<string>
  tenant(name: string): Promise<Fate>
  context(call: Call, carried: CarriedContext): Promise<Fate>
  /** In their order, which becomes that of creation. */
  entities(call: Call, entities: readonly CarriedEntity[]): Promise<readonly Settled<EntityFate>[]>
  /** Parts of evolutions, in their order. What is there becomes what it becomes of all else, where that is not said. */
  evolutions(call: Call, parts: readonly EvolutionPart[], there?: Restoring['there']): Promise<readonly Restored[]>
  /** The rules by which the history of the Tenant is kept bounded. Throws Conflict where it has others. */
  retention(call: Call, rules: readonly WrittenRule[]): Promise<Fate>
  subscriptions(call: Call, subscriptions: readonly StoredSubscription[]): Promise<readonly Settled<Fate>[]>
}

export interface TargetOptions {
  readonly store: Store
  readonly clock: Clock
  /** By which entities are judged that are not there already. */
  readonly check: EntityCheck
  /** By which subscriptions are. */
  readonly checkSubscription: SubscriptionCheck
  /** Whether what is there and differs is replaced. */
  readonly replace: boolean
  /** @contexts that may be kept (BOYA_CONTEXT_MAX_STORED). */
  readonly maxContexts: number
  callIn(tenant: string): Call
}

/** The store itself. */
export function createStoreTarget(options: TargetOptions): Target {
  const { store, clock, check, checkSubscription, replace, maxContexts, callIn } = options
  const { documents } = store
  const contexts = createKeptContexts(documents, clock, callIn(''), maxContexts)
  return {
    broker: (id) => keepIdentity(documents, callIn(''), id),
    tenant: async (name) => {
      if (await store.tenants.exists(name)) return 'unchanged'
      await store.tenants.create(name)
      return 'created'
    },
    context: async (call, carried) => {
      const fate = await contexts.judge(call, carried, replace)
      await contexts.keep(call, carried, fate)
      return fate
    },
    entities: (call, entities) =>
      store.entities.writeMany(
        call,
        entities.map((each) => ({ id: each.entity.id, change: restoring(each, check, replace) })),
      ),
    evolutions: (call, parts, there = replace ? 'replace' : 'keep') => store.history.restore(call, parts, { there }),
    retention: (call, rules) => restoreRetention(store, call, rules, replace),
    subscriptions: createRestoreSubscriptions({ documents, check: checkSubscription, replace, owner: callIn('') }),
  }
}
