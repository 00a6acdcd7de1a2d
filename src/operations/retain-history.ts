import { setImmediate as nextTurn } from 'node:timers/promises'
import { horizonsOf } from '../core/history/retention.ts'
import type { Call, Log } from '../ports/call.ts'
import type { Clock } from '../ports/clock.ts'
import type { Store } from '../ports/store.ts'
import { GONE_MS, isCarried, isSaidToBeCarried } from './carrying-history.ts'
import { type RetentionContext, retrieveRetention, rulesOf } from './history-retention.ts'

interface RetainContext extends RetentionContext {
  readonly store: Store
  readonly clock: Clock
  /** Milliseconds after which who carries history away, and does not say so again, is gone. */
  readonly goneMs?: number
}

/** Instances of one step, so that it delays nobody. */
const STEP = 500

/**
 * Keeps the history of all Tenants as long as is said for them, and no longer. A Tenant whose database fails is logged, and the
 * others are gone through. While the history is carried away it rests.
 */
export async function retainHistory(context: RetainContext, log: Log, signal: Call['signal']): Promise<void> {
  const { documents } = context.store
  if (await isCarried(documents, { tenant: '', signal, log }, context.goneMs ?? GONE_MS)) {
    log.info({}, 'the history is being exported: what is too old stays until the next time')
    return
  }
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
  const now = context.clock.now() * 1_000
  let cursor: string | undefined
  do {
    if (await isSaidToBeCarried(context.store.documents, { ...call, tenant: '' })) break
    const step = await context.store.history.retain(call, (types) => horizonsOf(rules, types, now), STEP, cursor)
    total.removed += step.removed
    total.summarized += step.summarized
    // Without rules one step is made all the same: the store removes what is left of deleted evolutions beside it.
    cursor = rules.length === 0 ? undefined : step.next
    // What others want goes first.
    await nextTurn()
  } while (cursor !== undefined && !call.signal().aborted)
  return total
}
