import { fromInstant } from '../core/model/date-time.ts'
import type { Instant } from '../core/model/entity.ts'
import type { Call } from '../ports/call.ts'
import type { Clock } from '../ports/clock.ts'

/** Who this broker is (5.2.40), for as long as it runs. */
export interface Identity {
  /** A URI that stays the same over restarts. */
  readonly id: string
  readonly alias: string
  readonly startedAt: Instant
}

export interface ContextSourceIdentity {
  readonly id: string
  readonly type: 'ContextSourceIdentity'
  readonly contextSourceAlias: string
  readonly contextSourceUptime: string
  readonly contextSourceTimeAt: string
}

/**
 * 5.15.1 Retrieve Context Source Identity Information. "In the multi-tenancy use case … this id shall be identifying a
 * specific Tenant within a registered Context Source", so a Tenant's name is part of the alias.
 */
export function contextSourceIdentity(clock: Clock, { tenant }: Call, identity: Identity): ContextSourceIdentity {
  const instant = clock.now()
  return {
    id: tenant === '' ? identity.id : `${identity.id}:${encodeURIComponent(tenant)}`,
    type: 'ContextSourceIdentity',
    contextSourceAlias: tenant === '' ? identity.alias : `${identity.alias}-${encodeURIComponent(tenant)}`,
    contextSourceUptime: duration(instant - identity.startedAt),
    contextSourceTimeAt: fromInstant(instant),
  }
}

/** ISO 8601: `PT93784S`. */
function duration(milliseconds: number): string {
  return `PT${Math.max(0, Math.floor(milliseconds / 1000))}S`
}
