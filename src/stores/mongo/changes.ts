/** Steps of the write queue: what becomes of an entity that is there, or not. Pure: each may be taken more than once. */

import type { Entity, Instant } from '../../core/model/entity.ts'
import { withoutExpired } from '../../core/model/expiry.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Change } from '../../ports/store.ts'
import type { Outcome } from '../common/outcome.ts'
import { type Encoded, encode } from './codec.ts'

/** An entity as it is stored, whatever of it has expired since. */
export interface State {
  readonly entity: Entity
  /** Where the entity has been changed since it was read: as it will be stored. */
  readonly encoded?: Encoded
  /** Where it stands in the order of creation, if that is not where it stood: what was there before is gone. */
  readonly seq?: string
}

/** How a step ended, and what it leaves: `state` is absent where it leaves no entity. */
export type Step = (state: State | undefined) => {
  readonly outcome: Outcome<unknown>
  readonly state: State | undefined
}

/**
 * Applies a change to what is there when its turn has come.
 * @param seq the place in the order of creation of an entity that it makes
 * @param maxBytes of the largest entity
 */
export function changeStep<R>(clock: Clock, change: Change<R>, seq: string, maxBytes: number): Step {
  return (state) => {
    const time = clock.now()
    const current = state && withoutExpired(state.entity, time)
    const now = Math.max(time, current?.modifiedAt ?? time)
    try {
      const { entity: next, result } = change(current, now)
      const outcome = { ok: true, value: result } as const
      if (next === undefined || next === current || (next === null && current === undefined)) return { outcome, state }
      if (next === null) return { outcome, state: undefined }
      const place = current === undefined ? { seq } : placeOf(state)
      return { outcome, state: { entity: next, encoded: encode(next, maxBytes), ...place } }
    } catch (error) {
      return { outcome: { ok: false, error }, state }
    }
  }
}

/** Takes out what has expired; whether there was anything. */
export function purgeStep(now: Instant): Step {
  return (state) => {
    const left = state && withoutExpired(state.entity, now)
    const outcome = { ok: true, value: left !== state?.entity } as const
    if (state === undefined || left === state.entity) return { outcome, state }
    if (left === undefined) return { outcome, state: undefined }
    // What expires is never refused.
    return { outcome, state: { entity: left, encoded: encode(left, Number.POSITIVE_INFINITY), ...placeOf(state) } }
  }
}

function placeOf(state: State | undefined): Pick<State, 'seq'> {
  return state?.seq === undefined ? {} : { seq: state.seq }
}
