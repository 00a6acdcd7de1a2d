/** Steps of the write queue that change entities. */

import type { Entity, Instant } from '../../core/model/entity.ts'
import { withoutExpired } from '../../core/model/expiry.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Change, Written } from '../../ports/store.ts'
import { present } from './codec.ts'
import type { Database } from './database.ts'
import { deleteEntity, insertEntity, readEntity, type StoredEntity, updateEntity } from './entity-rows.ts'
import type { Outcome, Step } from './write-queue.ts'

/** Applies a change to what is there when its turn has come. */
export function changeStep<R>(database: Database, clock: Clock, id: string, change: Change<R>): Step<R> {
  return () => {
    const stored = readEntity(database, id)
    const current = stored === undefined ? undefined : present(stored.row, stored.entity, clock.now())
    let written: Written<R>
    try {
      written = change(current)
    } catch (error) {
      return { ok: false, error }
    }
    if (written.entity !== undefined && written.entity !== current) put(database, stored, current, written.entity)
    return { ok: true, value: written.result }
  }
}

function put(
  database: Database,
  stored: StoredEntity | undefined,
  current: Entity | undefined,
  next: Entity | null,
): void {
  if (stored !== undefined && current !== undefined) {
    if (next === null) deleteEntity(database, stored)
    else updateEntity(database, stored, next)
  } else if (next !== null) {
    // What has expired is no predecessor: the new entity has its own place in the order of creation.
    if (stored !== undefined) deleteEntity(database, stored)
    insertEntity(database, next)
  }
}

/** Takes out what has expired of an entity; whether there was anything. */
export function purgeStep(database: Database, id: string, now: Instant): Step<boolean> {
  return (): Outcome<boolean> => {
    const stored = readEntity(database, id)
    if (stored === undefined) return { ok: true, value: false }
    const kept = withoutExpired(stored.entity, now)
    if (kept === stored.entity) return { ok: true, value: false }
    if (kept === undefined) deleteEntity(database, stored)
    else updateEntity(database, stored, kept)
    return { ok: true, value: true }
  }
}
