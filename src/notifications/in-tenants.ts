import type { Call } from '../ports/call.ts'

export interface InTenantsDeps {
  /** Those that have had subscriptions. */
  readonly tenants: () => readonly string[]
  readonly callOf: (tenant: string) => Call
}

/**
 * Does it in one Tenant after the other. One whose database fails is logged as `failed`, and the others go on. Ends early
 * where the signal is aborted.
 */
export async function inTenants(
  { tenants, callOf }: InTenantsDeps,
  signal: Call['signal'],
  failed: string,
  work: (call: Call) => Promise<void>,
): Promise<void> {
  for (const tenant of tenants()) {
    if (signal().aborted) return
    const call = callOf(tenant)
    await work(call).catch((error: unknown) => call.log.error({ tenant, error }, failed))
  }
}
