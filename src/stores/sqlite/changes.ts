/** Steps of the write queue that change entities. */

import type { EntityChange } from '../../core/model/change.ts'
import type { Entity, Instant } from '../../core/model/entity.ts'
import { withoutExpired } from '../../core/model/expiry.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Change } from '../../ports/store.ts'
import { present } from './codec.ts'
import type { Database } from './database.ts'
import { readEntity, type StoredEntity } from './entity-rows.ts'
import { type Place, type Prepared, prepare, record } from './record.ts'
import type { Step } from './write-queue.ts'

/** Applies a change to what is there when its turn has come. */
export function changeStep<R>(database: Database, clock: Clock, id: string, change: Change<R>): Step<R> {
  return () => {
    const time = clock.now()
    const stored = readEntity(database, id)
    const current = stored === undefined ? undefined : present(stored.row, stored.entity, time)
    const now = Math.max(time, current?.modifiedAt ?? time)
    let result: R
    let prepared: readonly Prepared[]
    try {
      const written = change(current, now)
      result = written.result
      prepared = changesOf(stored?.entity, current, written.entity, now).map((each) => prepare(database, each))
    } catch (error) {
      return { ok: false, error }
    }
    recordAll(database, stored, prepared)
    return { ok: true, value: result }
  }
}

/** Takes out what has expired of an entity; whether there was anything. */
export function purgeStep(database: Database, id: string, now: Instant): Step<boolean> {
  return () => {
    const stored = readEntity(database, id)
    const changes = stored === undefined ? [] : expiryOf(stored.entity, withoutExpired(stored.entity, now), now)
    const prepared = changes.map((each) => prepare(database, each))
    recordAll(database, stored, prepared)
    return { ok: true, value: prepared.length > 0 }
  }
}

/** `next` as in {@link Change}. What had expired of what is written is a change of its own, before the write. */
function changesOf(
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
function expiryOf(stored: Entity, current: Entity | undefined, now: Instant): readonly EntityChange[] {
  if (stored === current) return []
  return [{ before: stored, ...(current !== undefined && { after: current }), now, cause: 'expiry' }]
}

function recordAll(database: Database, stored: StoredEntity | undefined, prepared: readonly Prepared[]): void {
  let place: Place | undefined = stored?.row
  for (const each of prepared) place = record(database, place, each)
}
