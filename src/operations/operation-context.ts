/** What every operation needs, filled in by the composition root. */

import type { MessageRules } from '../core/history/late.ts'
import type { Clock } from '../ports/clock.ts'
import type { Notifier } from '../ports/notifier.ts'
import type { Store } from '../ports/store.ts'
import type { Streams } from '../ports/streams.ts'

export interface OperationContext {
  readonly store: Store
  readonly clock: Clock
  /** Late and repeated messages of devices; absent: each counts. */
  readonly messages?: MessageRules
  readonly limits: {
    /** Attribute instances of one entity, sub-attributes included. */
    readonly attributes: number
    /** Linked entities that are looked up for one request. */
    readonly linkedEntities: number
    /** Of the entities of a page together, and of the linked entities of an answer. */
    readonly pageBytes: number
  }
}

/** What those on Subscriptions need. */
export interface SubscriptionContext extends OperationContext {
  readonly notifier: Notifier
  readonly limits: OperationContext['limits'] & {
    /** Subscriptions of a Tenant. */
    readonly subscriptions: number
  }
}

/** What streams of changes need. */
export interface StreamContext extends OperationContext {
  readonly streams: Pick<Streams, 'open'>
}
