import type { Call } from '../ports/call.ts'
import type { OperationContext } from './operation-context.ts'

/** 5.5.10: "a Tenant is implicitly created when an NGSI-LD operation for creating information targets a new Tenant". */
export async function ensureTenant({ store }: OperationContext, { tenant }: Call): Promise<void> {
  if (tenant !== '' && !(await store.tenants.exists(tenant))) await store.tenants.create(tenant)
}
