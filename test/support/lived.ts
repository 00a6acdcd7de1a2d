/** Days of a city on a store whose clock is set: sensors that are written all the time, and a history that is kept bounded. */

import type { Instant } from '../../src/core/model/entity.ts'
import { retainHistory } from '../../src/operations/retain-history.ts'
import type { Store } from '../../src/ports/store.ts'
import { callIn, entity, NOW, property, put, quietLog } from '../contract/contract-store.ts'

/** Changes of each sensor in a day. */
const CHANGES = 24
const HOUR = 3_600_000
const DAY = 24 * HOUR

/** As they are for three days, then of every six hours for ten. */
export const RULES = [{ raw: 'P3D', summaries: { every: 'PT6H', keep: 'P10D' } }]
/** After which nothing more comes than goes. */
export const FULL = 14

/** `sizeOf` is asked at the end of each day, and what it says is returned. */
export async function live<T>(
  store: Store,
  setClock: (now: Instant) => void,
  { sensors: count, days }: { readonly sensors: number; readonly days: number },
  sizeOf: () => Promise<T>,
): Promise<readonly T[]> {
  const sizes: T[] = []
  let now = NOW
  const clock = { now: () => now }
  for (let day = 0; day < days; day++) {
    for (let change = 0; change < CHANGES; change++) {
      now = NOW + day * DAY + change * HOUR
      setClock(now)
      const observedAt = new Date(now).toISOString()
      const value = property(day + change / CHANGES, { observedAt, createdAt: now, modifiedAt: now })
      const attributes = { 'https://example.org/n': [value] }
      const sensors = Array.from({ length: count }, (_, i) => entity(`urn:x:${i}`, { attributes, modifiedAt: now }))
      await put(store, callIn(''), ...sensors)
    }
    await retainHistory({ store, clock, retention: RULES }, quietLog, () => new AbortController().signal)
    sizes.push(await sizeOf())
  }
  return sizes
}
