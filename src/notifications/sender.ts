/** What is sent, and how sending it ends: the same for HTTP (6.3.8) and MQTT (clause 7). */

import type { Endpoint } from '../core/subscription/subscription.ts'
import type { Message } from '../ports/notification.ts'

export type Outcome =
  /** `status`: of HTTP. */
  | { readonly ok: true; readonly status?: number }
  /** `reason`: for people, in words, without anything secret. `retryAfterMs`: where the receiver said when to come again. */
  | { readonly ok: false; readonly reason: string; readonly status?: number; readonly retryAfterMs?: number }

export interface Sender {
  /** Never rejects. Ends within the endpoint's timeout, or the default one. */
  send(endpoint: Endpoint, message: Message, signal: AbortSignal): Promise<Outcome>
  /** Ends connections; what is under way is given up. */
  close(): Promise<void>
}
