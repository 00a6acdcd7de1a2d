import type { Call } from '../ports/call.ts'
import type { OperationContext } from './operation-context.ts'

/** What anybody may know of what is stored: other Tenants' names and types are theirs. */
export interface TenantsSummary {
  /** Of the default Tenant. */
  readonly entities: number
  /** Entity types of the default Tenant as IRIs, with the number of their entities. */
  readonly types: ReadonlyMap<string, number>
  /** How many Tenants there are beside the default one. */
  readonly others: number
}

/** Whatever Tenant the call is of. Costs one database and a list of names, however many Tenants there are. */
export async function summarizeTenants({ store }: OperationContext, call: Call): Promise<TenantsSummary> {
  const ofDefault: Call = { ...call, tenant: '' }
  const [entities, types, others] = await Promise.all([
    store.entities.count(ofDefault),
    store.entities.countTypes(ofDefault),
    store.tenants.list(),
  ])
  return { entities, types, others: others.length }
}
