/** What delivery asks of those who know how entities are shown (operations/build-notification.ts). */

import type { Subscription } from '../core/subscription/subscription.ts'
import type { Told } from '../core/subscription/tell.ts'
import type { Call } from '../ports/call.ts'
import type { Outgoing } from './sender.ts'

export interface ToBuild {
  readonly subscription: Subscription
  /** The `id` of the Notification. */
  readonly id: string
  /** Of different entities, at least one. */
  readonly told: readonly Told[]
}

/** Undefined where there is nothing to tell after all: its q leads to other entities, and they do not match. */
export type Build = (call: Call, notification: ToBuild) => Promise<Outgoing | undefined>

/** The Notification of a timeInterval (5.8.6): all entities that match; undefined where there are none. */
export type BuildPeriodic = (call: Call, subscription: Subscription, id: string) => Promise<Outgoing | undefined>
