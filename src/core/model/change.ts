/** What became of an entity: what a store moves rows by, and what history and notifications are made from. */

import type { Entity, Instant } from './entity.ts'

/** A change that is stored. At least one of `before` and `after` is there. */
export interface EntityChange {
  /** As it was stored; absent where the entity is created. */
  readonly before?: Entity
  /** Absent where the entity is gone. */
  readonly after?: Entity
  readonly now: Instant
  /** `expiry`: nobody asked for it, the time of the entity or of something in it has come (4.22). */
  readonly cause: 'write' | 'expiry'
}
