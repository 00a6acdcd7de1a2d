import { setImmediate as nextTurn } from 'node:timers/promises'
import { horizonsOf } from '../core/history/retention.ts'
import type { Call, Log } from '../ports/call.ts'
import type { Clock } from '../ports/clock.ts'
import type { Store } from '../ports/store.ts'
import { type RetentionContext, retrieveRetention, rulesOf } from './history-retention.ts'

interface RetainContext extends RetentionContext {
  readonly store: Store
  readonly clock: Clock
}

/** Instances of one step, so that it delays nobody. */
const STEP = 500

/**
 * Keeps the history of all Tenants as long as is said for them, and no longer. A Tenant whose database fails is logged, and the
 * others are gone through.
 */
export async function retainHistory(context: RetainContext, log: Log, signal: Call['signal']): Promise<void> {
  for (const tenant of ['', ...(await context.store.tenants.list())]) {
    if (signal().aborted) return
    try {
      const { removed, summarized } = await retainTenant(context, { tenant, signal, log })
      if (removed > 0) log.info({ tenant, removed, summarized }, 'removed what is too old from the history')
    } catch (error) {
      log.error({ tenant, error }, 'the history of this tenant could not be kept bounded')
    }
    await nextTurn()
  }
}

async function retainTenant(context: RetainContext, call: Call) {
  const total = { removed: 0, summarized: 0 }
  const rules = rulesOf(await retrieveRetention(context, call))
  if (rules.length === 0) return total
  const now = context.clock.now() * 1_000
  let cursor: string | undefined
  do {
    const step = await context.store.history.retain(call, (types) => horizonsOf(rules, types, now), STEP, cursor)
    total.removed += step.removed
    total.summarized += step.summarized
    cursor = step.next
    // What others want goes first.
    await nextTurn()
  } while (cursor !== undefined && !call.signal().aborted)
  return total
}
