/** Notifications, between those who know how entities are shown (operations/build-notification.ts) and those who deliver them. */

import type { Endpoint, Subscription } from '../core/subscription/subscription.ts'
import type { Told } from '../core/subscription/tell.ts'
import type { Call } from './call.ts'

/** What is sent. */
export interface Message {
  readonly contentType: Endpoint['accept']
  /** JSON text. */
  readonly body: string
  /** The value of a Link header (6.3.8) or of the "Link" of MQTT's metadata (7.2); absent where the @context stands in the body. */
  readonly link?: string
  /** The Tenant of the Subscription (6.3.14); absent where it is the default one. */
  readonly tenant?: string
  /** It tells of nothing: somebody wants to see whether it arrives. */
  readonly isSample?: true
}

/** A Notification (5.3.1), ready to be sent. */
export interface Outgoing extends Message {
  /** Its `id`: the same at each attempt. */
  readonly id: string
  /** How many it tells of. */
  readonly entities: number
}

export interface ToBuild {
  readonly subscription: Subscription
  /** The `id` of the Notification. */
  readonly id: string
  /** Of different entities, at least one. */
  readonly told: readonly Told[]
}

/** Undefined where there is nothing to tell after all: its q leads to other entities, and they do not match. */
export type Build = (call: Call, notification: ToBuild) => Promise<Outgoing | undefined>

/**
 * The Notification of a timeInterval (5.8.6): all entities that match; undefined where there are none. Rejects with
 * TooManyResults where they are larger than a page may be.
 */
export type BuildPeriodic = (call: Call, subscription: Subscription, id: string) => Promise<Outgoing | undefined>
