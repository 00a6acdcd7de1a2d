import type { RetryPolicy } from './retry.ts'

/** How long and how much is kept for who does not take it. */
export interface DeliverySettings {
  /** Milliseconds since the change, or since it was to be told again: what is older is given up. */
  readonly maxAgeMs: number
  /** Of a subscription; the oldest beyond it are given up. */
  readonly maxBacklog: number
  readonly retry: RetryPolicy
}
