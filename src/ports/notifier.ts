/** What the operations on Subscriptions (5.8) ask of those who match and deliver. */

import type { DeliveryFigures } from '../core/subscription/render-subscription.ts'
import type { Call } from './call.ts'

export interface Notifier {
  /**
   * Makes a change of a Subscription known: to this instance before it resolves, to the others within a second. Throws
   * what `change` throws.
   */
  changing<R>(call: Call, id: string, change: () => Promise<R>): Promise<R>
  /** What became of its notifications, as far as this instance knows. */
  figures(call: Call, id: string): Promise<DeliveryFigures>
  /** Removes what it is owed, what it was told, and its figures. */
  drop(call: Call, id: string): Promise<void>
}
