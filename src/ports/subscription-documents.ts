/** Under which kinds and ids documents about subscriptions are kept (DocumentStore), for those who write and who read them. */

import type { Instant } from '../core/model/entity.ts'
import type { StoredSubscription } from '../core/subscription/subscription.ts'

/** In the Tenant of the subscription, by its id: what it is. */
export const SUBSCRIPTION = 'subscription'
/** The same of a stream of changes, by its id ({@link isStreamId}): a {@link StoredStream}. */
export const STREAM = 'stream'
/** In the Tenant of the subscription, by its id: what became of its notifications. */
export const SUBSCRIPTION_FIGURES = 'subscriptionFigures'
/**
 * In the default Tenant, one for each Tenant that has had a subscription: another text after each change of one; and one for
 * all, that names these Tenants.
 */
export const SUBSCRIPTION_REVISION = 'subscriptionRevision'

/** The id of a Tenant's revision; the default Tenant's name is empty, which an id cannot be. */
export function revisionIdOf(tenant: string): string {
  return `-${tenant}`
}

/** The id of the one that names Tenants. */
export const ALL_TENANTS = 'all'

/** The Tenant that a revision is of; undefined where it is that of all. */
export function tenantOfRevision(id: string): string | undefined {
  return id === ALL_TENANTS ? undefined : id.slice(1)
}

/** What a client is told over a connection that it keeps open, also while it has none. */
export interface StoredStream {
  /** As of a subscription; its endpoint is the connection that has it, or has had it last. */
  readonly stored: StoredSubscription
  /** Its number. */
  readonly connection: number
  /** Those before it that may not know yet that they are over: how far the client got what they told. */
  readonly before: readonly ConnectionBefore[]
  readonly isConnected: boolean
  /** When it was last seen connected, about: if that is long ago it is not any more. */
  readonly seenAt: Instant
  /** Whether its client has got more than the first event, or has come back. */
  readonly wasTold?: true
  /** How often something was given up of what it is owed, so that its client has to read anew. */
  readonly resets: number
}

export interface ConnectionBefore {
  readonly connection: number
  readonly until: Instant
  readonly at: Instant
  readonly position?: string
}

/** It is no URI, so that no subscription of the standard has it. */
const STREAM_ID = 'stream/'

/** The id of a stream by its name, which is unique. */
export function streamIdOf(name: string): string {
  return STREAM_ID + name
}

export function isStreamId(id: string): boolean {
  return id.startsWith(STREAM_ID)
}
