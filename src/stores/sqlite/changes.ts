/** Steps of the write queue that change entities. */

import type { Entity, Instant } from '../../core/model/entity.ts'
import { withoutExpired } from '../../core/model/expiry.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Change, Written } from '../../ports/store.ts'
import { type Encoded, encode, present } from './codec.ts'
import type { Database } from './database.ts'
import { deleteEntity, insertEntity, readEntity, type StoredEntity, updateEntity } from './entity-rows.ts'
import type { Outcome, Step } from './write-queue.ts'

/** Applies a change to what is there when its turn has come. */
export function changeStep<R>(database: Database, clock: Clock, id: string, change: Change<R>): Step<R> {
  return () => {
    const stored = readEntity(database, id)
    const current = stored === undefined ? undefined : present(stored.row, stored.entity, clock.now())
    let written: Written<R>
    let next: Next | undefined
    try {
      written = change(current)
      next = nextOf(database, written, current)
    } catch (error) {
      return { ok: false, error }
    }
    if (next !== undefined) put(database, stored, current, next)
    return { ok: true, value: written.result }
  }
}

/** What is to be stored, encoded before anything is written; null deletes. */
type Next = { readonly entity: Entity; readonly encoded: Encoded } | null

function nextOf(
  { entityBytes }: Database,
  { entity }: Written<unknown>,
  current: Entity | undefined,
): Next | undefined {
  if (entity === undefined || entity === current) return undefined
  return entity === null ? null : { entity, encoded: encode(entity, entityBytes) }
}

function put(database: Database, stored: StoredEntity | undefined, current: Entity | undefined, next: Next): void {
  if (stored !== undefined && current !== undefined) {
    if (next === null) deleteEntity(database, stored)
    else updateEntity(database, stored, next.entity, next.encoded)
  } else if (next !== null) {
    // What has expired is no predecessor: the new entity has its own place in the order of creation.
    if (stored !== undefined) deleteEntity(database, stored)
    insertEntity(database, next.entity, next.encoded)
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
    else updateEntity(database, stored, kept, encode(kept, Number.POSITIVE_INFINITY))
    return { ok: true, value: true }
  }
}
