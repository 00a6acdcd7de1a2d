/** Where an import goes. */

import type { CarriedContext } from '../../contexts/carried-contexts.ts'
import { createKeptContexts, type Fate } from '../../contexts/kept-contexts.ts'
import { keepIdentity } from '../../operations/kept-identity.ts'
import type { Call } from '../../ports/call.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Settled, Store } from '../../ports/store.ts'
import { type CarriedEntity, type EntityCheck, type EntityFate, restoring } from './restore-entity.ts'

/** Each method says what became of what it was given, or throws, or reports, the Problem that kept it out. */
export interface Target {
  /** Returns the id that the broker has: where there is one on this store already, that stays who it is. */
  broker(id: string): Promise<string>
  tenant(name: string): Promise<Fate>
  context(call: Call, carried: CarriedContext): Promise<Fate>
  /** In their order, which becomes that of creation. */
  entities(call: Call, entities: readonly CarriedEntity[]): Promise<readonly Settled<EntityFate>[]>
}

export interface TargetOptions {
  readonly store: Store
  readonly clock: Clock
  /** By which entities are judged that are not there already. */
  readonly check: EntityCheck
  /** Whether what is there and differs is replaced. */
  readonly replace: boolean
  /** @contexts that may be kept (BOYA_CONTEXT_MAX_STORED). */
  readonly maxContexts: number
  callIn(tenant: string): Call
}

/** The store itself. */
export function createStoreTarget({ store, clock, check, replace, maxContexts, callIn }: TargetOptions): Target {
  const contexts = createKeptContexts(store.documents, clock, callIn(''), maxContexts)
  return {
    broker: (id) => keepIdentity(store.documents, callIn(''), id),
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
  }
}
