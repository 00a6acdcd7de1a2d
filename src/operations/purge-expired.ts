import type { Call, Log } from '../ports/call.ts'
import type { OperationContext } from './operation-context.ts'

/** Entities touched in one step, so that the purge delays nobody. */
const STEP = 500

/**
 * 4.22: "automatic garbage collection" of what has expired, in all Tenants. Nobody sees what has expired before that
 * either, so it only frees space.
 */
export async function purgeExpired({ store, clock }: OperationContext, log: Log): Promise<void> {
  const signal = new AbortController().signal
  for (const tenant of ['', ...(await store.tenants.list())]) {
    const call: Call = { tenant, signal, log }
    let purged = 0
    for (;;) {
      const touched = await store.entities.purgeExpired(call, clock.now(), STEP)
      purged += touched
      if (touched < STEP) break
    }
    if (purged > 0) log.debug({ tenant, purged }, 'purged what had expired')
  }
}
