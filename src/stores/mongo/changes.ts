/** Steps of the write queue: what becomes of an entity that is there, or not. Pure: each may be taken more than once. */

import type { EntityChange } from '../../core/model/change.ts'
import type { Entity, Instant } from '../../core/model/entity.ts'
import { withoutExpired } from '../../core/model/expiry.ts'
import { stringifyJson } from '../../core/model/json-text.ts'
import type { Clock } from '../../ports/clock.ts'
import type { HistoryPolicy } from '../../ports/history.ts'
import type { IdentifiedChange } from '../../ports/store.ts'
import { changesOf, expiryOf } from '../common/changes-of.ts'
import { lateOf } from '../common/late-of.ts'
import type { Outcome } from '../common/outcome.ts'
import type { Owing, Recorded } from '../common/owing.ts'
import { type Encoded, encode, encodeLeft } from './codec.ts'
import { latePast } from './history/past-of.ts'
import type { Past } from './history/stored.ts'
import { isSurelyStored } from './sizes.ts'

/** An entity as it is stored, whatever of it has expired since. */
export interface State {
  readonly entity: Entity
  /** Characters of its body at most: it is not written out after each of many steps. */
  readonly most: number
  /** Where the entity has been changed since it was read, and was written out: as it will be stored. */
  readonly encoded?: Encoded
  /** Where it stands in the order of creation, if that is not where it stood: what was there before is gone. */
  readonly seq?: string
}

/** Takes note of what a change owes; returns the queues in which it does. */
export type Owe = (owing: Owing, change: EntityChange) => readonly string[]

/** Takes note of what is done to the evolution of the entity; returns the position of that. */
export type RecordPast = (past: Past, since: Instant) => string

/**
 * How a step ended, and what it leaves: `state` is absent where it leaves no entity. `isLast`: what it leaves is what is
 * written; else it need not be written out, unless it may be too large.
 */
export type Step = (
  state: State | undefined,
  isLast: boolean,
  owe: Owe,
  record: RecordPast,
) => {
  readonly outcome: Outcome<Recorded<unknown>>
  readonly state: State | undefined
}

/** What the changes of a request have in common. */
export interface Around {
  readonly clock: Clock
  readonly owing: Owing
  readonly history: HistoryPolicy
  /** Of the largest entity. */
  readonly maxBytes: number
}

/**
 * Applies a change to what is there when its turn has come.
 * @param seq the place in the order of creation of an entity that it makes
 */
export function changeStep<R>(
  { change }: IdentifiedChange<R>,
  seq: string,
  { clock, owing, history, maxBytes }: Around,
): Step {
  return (state, isLast, owe, record) => {
    const time = clock.now()
    const current = state && withoutExpired(state.entity, time)
    const now = Math.max(time, current?.modifiedAt ?? time)
    try {
      const written = change(current, now)
      const { entity: next, result } = written
      const late = lateOf(written, current, history.isRecorded)
      const changes = changesOf(state?.entity, current, next, now)
      const done = () => {
        const queues = changes.flatMap((each) => owe(owing, each))
        if (late !== undefined) record(latePast(late), now)
        return { ok: true, value: { result, queues } } as const
      }
      if (next === undefined || changes.length === 0) return { outcome: done(), state }
      if (next === null) return { outcome: done(), state: undefined }
      const place = current === undefined ? { seq } : placeOf(state)
      const most = isLast ? Number.POSITIVE_INFINITY : longest(next, state)
      if (isSurelyStored(most, maxBytes)) return { outcome: done(), state: { entity: next, most, ...place } }
      const encoded = encode(next, maxBytes)
      return { outcome: done(), state: { entity: next, encoded, most: encoded.body.length, ...place } }
    } catch (error) {
      return { outcome: { ok: false, error }, state }
    }
  }
}

/** Takes out what has expired; whether there was anything. */
export function purgeStep(now: Instant, owing: Owing): Step {
  return (state, _, owe) => {
    const left = state && withoutExpired(state.entity, now)
    const changes = state === undefined ? [] : expiryOf(state.entity, left, now)
    const queues = changes.flatMap((each) => owe(owing, each))
    const outcome = { ok: true, value: { result: changes.length > 0, queues } } as const
    if (state === undefined || left === state.entity) return { outcome, state }
    if (left === undefined) return { outcome, state: undefined }
    // What expires is never refused.
    return { outcome, state: { entity: left, encoded: encodeLeft(left), most: state.most, ...placeOf(state) } }
  }
}

function placeOf(state: State | undefined): Pick<State, 'seq'> {
  return state?.seq === undefined ? {} : { seq: state.seq }
}

/** Characters of the body at most: Attributes that a step has left as they were are the same objects. */
function longest({ attributes, ...rest }: Entity, before: State | undefined): number {
  const was = before?.entity.attributes ?? {}
  let more = lengthOf(rest)
  for (const name in attributes) {
    const instances = attributes[name]
    if (!Object.hasOwn(was, name) || was[name] !== instances) more += lengthOf({ [name]: instances })
  }
  return (before?.most ?? 0) + more + BRACKETS
}

/** `,"attributes":{}` */
const BRACKETS = 16

function lengthOf(part: object): number {
  return stringifyJson(part).text.length
}
