/** Removes what was told or given up and has been kept for long enough. */

import type { Call } from '../ports/call.ts'
import type { Clock } from '../ports/clock.ts'
import type { NoticeStore } from '../ports/notices.ts'
import { type InTenantsDeps, inTenants } from './in-tenants.ts'

/** Milliseconds since it ended. */
export interface Keep {
  readonly deliveredMs: number
  readonly deadMs: number
}

interface ForgetDeps extends InTenantsDeps {
  readonly notices: Pick<NoticeStore, 'forget'>
  readonly clock: Clock
  readonly keep: Keep
}

/** Notices removed in one step, so that nobody is delayed. */
const STEP = 500

/** A Tenant whose database fails is logged, and goes on with the others. Ends early where the signal is aborted. */
export function forgetTold(deps: ForgetDeps, signal: Call['signal']): Promise<void> {
  const failed = 'what was told long ago could not be removed'
  return inTenants(deps, signal, failed, (call) => forgetIn(deps, call, signal))
}

async function forgetIn({ notices, clock, keep }: ForgetDeps, call: Call, signal: Call['signal']): Promise<void> {
  const now = clock.now()
  const before = { delivered: now - keep.deliveredMs, dead: now - keep.deadMs }
  while (!signal().aborted && (await notices.forget(call, before, STEP)) === STEP);
}
