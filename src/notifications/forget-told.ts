/** Removes what was told or given up and has been kept for long enough. */

import type { Call } from '../ports/call.ts'
import type { Clock } from '../ports/clock.ts'
import type { NoticeStore } from '../ports/notices.ts'

/** Milliseconds since it ended. */
export interface Keep {
  readonly deliveredMs: number
  readonly deadMs: number
}

interface ForgetDeps {
  readonly notices: Pick<NoticeStore, 'forget'>
  /** Those that have had subscriptions. */
  readonly tenants: () => readonly string[]
  readonly callOf: (tenant: string) => Call
  readonly clock: Clock
  readonly keep: Keep
}

/** Notices removed in one step, so that nobody is delayed. */
const STEP = 500

/** A Tenant whose database fails is logged, and goes on with the others. Ends early where the signal is aborted. */
export async function forgetTold(deps: ForgetDeps, signal: Call['signal']): Promise<void> {
  const { tenants, callOf } = deps
  for (const tenant of tenants()) {
    if (signal().aborted) return
    await forgetIn(deps, callOf(tenant), signal).catch((error: unknown) => {
      callOf(tenant).log.error({ tenant, error }, 'what was told long ago could not be removed')
    })
  }
}

async function forgetIn({ notices, clock, keep }: ForgetDeps, call: Call, signal: Call['signal']): Promise<void> {
  const now = clock.now()
  const before = { delivered: now - keep.deliveredMs, dead: now - keep.deadMs }
  while (!signal().aborted && (await notices.forget(call, before, STEP)) === STEP);
}
