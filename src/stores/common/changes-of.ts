/** What a write, or the lapse of time, is as changes: those that are stored. */

import type { EntityChange } from '../../core/model/change.ts'
import type { Entity, Instant } from '../../core/model/entity.ts'

/** `next` as in Change. What had expired of what is written is a change of its own, before the write. */
export function changesOf(
  stored: Entity | undefined,
  current: Entity | undefined,
  next: Entity | null | undefined,
  now: Instant,
): readonly EntityChange[] {
  if (next === undefined || next === current || (next === null && current === undefined)) return []
  const written: EntityChange = {
    ...(current !== undefined && { before: current }),
    ...(next !== null && { after: next }),
    now,
    cause: 'write',
  }
  return stored === current || stored === undefined ? [written] : [...expiryOf(stored, current, now), written]
}

/** None where nothing had expired. */
export function expiryOf(stored: Entity, current: Entity | undefined, now: Instant): readonly EntityChange[] {
  if (stored === current) return []
  return [{ before: stored, ...(current !== undefined && { after: current }), now, cause: 'expiry' }]
}
