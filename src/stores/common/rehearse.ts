import type { Entity, Instant } from '../../core/model/entity.ts'
import type { IdentifiedChange } from '../../ports/store.ts'
import type { Outcome } from './outcome.ts'

/**
 * How changes end where there is no entity at all yet, each by itself; undefined where one of them stores something, and
 * has to be made where it is stored. `check` throws where an entity cannot be stored.
 */
export function rehearse<R>(
  changes: readonly IdentifiedChange<R>[],
  now: Instant,
  check: (entity: Entity) => void,
): readonly Outcome<R>[] | undefined {
  const outcomes: Outcome<R>[] = []
  for (const { change } of changes) {
    try {
      const { entity, result } = change(undefined, now)
      if (entity !== undefined && entity !== null) {
        check(entity)
        return undefined
      }
      outcomes.push({ ok: true, value: result })
    } catch (error) {
      outcomes.push({ ok: false, error })
    }
  }
  return outcomes
}
