import { type Recorded, type Recording, recordingOfLate } from '../../core/history/recording.ts'
import type { Entity } from '../../core/model/entity.ts'
import type { Written } from '../../ports/store.ts'

/** What a change has for the evolution alone; undefined where it has nothing, or there is no entity any more. */
export function lateOf(
  { entity, additions = [] }: Written<unknown>,
  current: Entity | undefined,
  isRecorded: Recorded,
): Recording | undefined {
  const left = entity === undefined ? current : entity
  return left == null ? undefined : recordingOfLate(left, additions, isRecorded)
}
