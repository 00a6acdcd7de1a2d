/** Steps of the write queue that change entities. */

import type { Recording } from '../../core/history/recording.ts'
import type { Instant } from '../../core/model/entity.ts'
import { withoutExpired } from '../../core/model/expiry.ts'
import type { Clock } from '../../ports/clock.ts'
import type { IdentifiedChange } from '../../ports/store.ts'
import { changesOf, expiryOf } from '../common/changes-of.ts'
import { lateOf } from '../common/late-of.ts'
import type { Owing, Recorded } from '../common/owing.ts'
import { present } from './codec.ts'
import type { Database } from './database.ts'
import { readEntity, type StoredEntity } from './entity-rows.ts'
import { writeLate } from './history/write-instances.ts'
import { type Place, type Prepared, prepare, record } from './record.ts'
import type { Step } from './write-queue.ts'

/** Applies a change to what is there when its turn has come. */
export function changeStep<R>(
  database: Database,
  owing: Owing,
  clock: Clock,
  { id, change }: IdentifiedChange<R>,
): Step<Recorded<R>> {
  return () => {
    const time = clock.now()
    const stored = readEntity(database, id)
    const current = stored === undefined ? undefined : present(stored.row, stored.entity, time)
    const now = Math.max(time, current?.modifiedAt ?? time)
    let result: R
    let prepared: readonly Prepared[]
    let late: Recording | undefined
    try {
      const written = change(current, now)
      result = written.result
      late = lateOf(written, current, database.history.isRecorded)
      prepared = changesOf(stored?.entity, current, written.entity, now).map((each) => prepare(database, owing, each))
    } catch (error) {
      return { ok: false, error }
    }
    const queues = recordAll(database, stored, prepared)
    if (late !== undefined) writeLate(database, late, now)
    return { ok: true, value: { result, queues } }
  }
}

/** Takes out what has expired of an entity; whether there was anything. */
export function purgeStep(database: Database, owing: Owing, id: string, now: Instant): Step<Recorded<boolean>> {
  return () => {
    const stored = readEntity(database, id)
    const changes = stored === undefined ? [] : expiryOf(stored.entity, withoutExpired(stored.entity, now), now)
    const prepared = changes.map((each) => prepare(database, owing, each))
    return { ok: true, value: { result: prepared.length > 0, queues: recordAll(database, stored, prepared) } }
  }
}

/** Returns the queues in which something is owed for it. */
function recordAll(
  database: Database,
  stored: StoredEntity | undefined,
  prepared: readonly Prepared[],
): readonly string[] {
  let place: Place | undefined = stored?.row
  for (const each of prepared) place = record(database, place, each)
  return prepared.flatMap(({ notices }) => notices.map(({ notice }) => notice.queue))
}
