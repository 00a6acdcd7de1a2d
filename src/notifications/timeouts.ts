/** For how long a receiver may take. */

import type { Endpoint } from '../core/subscription/subscription.ts'

/** Milliseconds. */
export interface Timeouts {
  readonly defaultMs: number
  /** "The NGSI-LD system can override this value" (5.2.15). */
  readonly mostMs: number
}

/** Milliseconds. */
export function timeoutOf({ timeout }: Endpoint, { defaultMs, mostMs }: Timeouts): number {
  return Math.max(1, Math.min(timeout ?? defaultMs, mostMs))
}
