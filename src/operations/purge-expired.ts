import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Call, Log } from '../ports/call.ts'
import type { OperationContext } from './operation-context.ts'

type PurgeContext = Pick<OperationContext, 'store' | 'clock'>

/** Entities touched in one step, so that the purge delays nobody. */
const STEP = 500

/**
 * 4.22: "automatic garbage collection" of what has expired, in all Tenants. Nobody sees what has expired before that
 * either, so it only frees space. A Tenant whose database fails is logged, and the others are purged.
 */
export async function purgeExpired(context: PurgeContext, log: Log, signal: Call['signal']): Promise<void> {
  for (const tenant of ['', ...(await context.store.tenants.list())]) {
    if (signal().aborted) return
    try {
      const purged = await purgeTenant(context, { tenant, signal, log })
      if (purged > 0) log.debug({ tenant, purged }, 'purged what had expired')
    } catch (error) {
      log.error({ tenant, error }, 'what has expired of this tenant could not be purged')
    }
    // There may be thousands of Tenants, whose databases have to be opened.
    await nextTurn()
  }
}

async function purgeTenant({ store, clock }: PurgeContext, call: Call): Promise<number> {
  let purged = 0
  while (!call.signal().aborted) {
    const touched = await store.entities.purgeExpired(call, clock.now(), STEP)
    purged += touched
    if (touched < STEP) break
  }
  return purged
}
