/** When what failed is tried again: a pure policy. */

export interface RetryPolicy {
  /** Milliseconds. */
  readonly firstMs: number
  readonly mostMs: number
}

/**
 * Milliseconds to wait after the n-th failure in a row, the first one is 1: twice as long each time, half of it by chance,
 * so that what failed together does not come back together. `random`: from 0 to below 1.
 */
export function delayAfter(failures: number, random: number, { firstMs, mostMs }: RetryPolicy): number {
  const whole = Math.min(firstMs * 2 ** Math.min(failures - 1, 30), mostMs)
  return whole / 2 + (whole / 2) * random
}

/**
 * Milliseconds for which what is to be told rests after its n-th failure in a row: none, where that is no fault of its own.
 * Its endpoint rests then, as hosts.ts has it, and it with that.
 */
export function restAfter(failures: number, isOwnFault: boolean, random: number, policy: RetryPolicy): number {
  return isOwnFault ? delayAfter(failures, random, policy) : 0
}
