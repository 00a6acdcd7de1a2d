/** What the operations on Subscriptions (5.8), and Boya's own, ask of those who match and deliver. */

import type { Instant } from '../core/model/entity.ts'
import type { DeliveryFigures } from '../core/subscription/render-subscription.ts'
import type { Endpoint, Subscription } from '../core/subscription/subscription.ts'
import type { Call } from './call.ts'
import type { Backlog, NoticeStore, SettledNotice } from './notices.ts'
import type { Outgoing } from './notification.ts'

/** One time that a Notification was sent. */
export interface DeliveryAttempt {
  readonly at: Instant
  readonly milliseconds: number
  /** The `id` of the Notification. */
  readonly notification: string
  /** How many it tells of. */
  readonly entities: number
  readonly ok: boolean
  /** Of HTTP, where the receiver answered. */
  readonly status?: number
  /** Why it failed, in words for people. */
  readonly reason?: string
}

/** How it stands with what a Subscription is owed. */
export interface DeliveryState {
  readonly figures: DeliveryFigures
  /** Changes that were given up since it was created. */
  readonly timesGivenUp: number
  readonly backlog: Backlog
  /** When what has failed is tried again; absent where nothing has. */
  readonly nextAttempt?: Instant
  /** The latest first. */
  readonly attempts: readonly DeliveryAttempt[]
  /** What was given up, the latest first. */
  readonly dead: readonly SettledNotice[]
}

/** How sending something once ended. */
export type SendOutcome = Pick<DeliveryAttempt, 'ok' | 'status' | 'reason' | 'milliseconds'>

export interface Notifier {
  /** Subscriptions that a Tenant has, as far as this instance knows. */
  count(tenant: string): number
  /**
   * Makes a change of a Subscription known: to this instance before it resolves, to the others within a second. Throws
   * what `change` throws.
   */
  changing<R>(call: Call, id: string, change: () => Promise<R>): Promise<R>
  /** What became of its notifications, as far as this instance knows. */
  figures(call: Call, id: string): Promise<DeliveryFigures>
  /** Removes what it is owed, what it was told, and its figures. */
  drop(call: Call, id: string): Promise<void>
  /** Of those that were given up it shows so many at most, of changes since then. */
  state(call: Call, id: string, dead: { readonly most: number; readonly since: Instant }): Promise<DeliveryState>
  /** Owes it again what was given up, or told or given up of changes since then, as far as it is kept; returns how many. */
  redeliver(call: Call, subscription: Subscription, which: Parameters<NoticeStore['revive']>[3]): Promise<number>
  /** Sends something once, now, and never again. Never rejects. */
  send(call: Call, endpoint: Endpoint, outgoing: Outgoing): Promise<SendOutcome>
}
