import { nonexistentTenant } from '../core/model/problems.ts'
import type { Call } from '../ports/call.ts'
import type { OperationContext } from './operation-context.ts'

/**
 * For operations that find what belongs to no Tenant, too, and so would not notice that there is no such Tenant. 5.5.10:
 * "All other NGSI-LD operations … that target a non-existing Tenant should raise an error of type NonexistentTenant."
 */
export async function requireTenant({ store }: OperationContext, call: Call): Promise<void> {
  if (!(await store.tenants.exists(call.tenant))) throw nonexistentTenant(call.tenant)
}
