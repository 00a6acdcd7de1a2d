/** What has come from another store, compared with what is there. */

import { isDeepStrictEqual } from 'node:util'
import type { CarriedEvolution, CarriedFate, CarriedSummary } from '../../core/history/carried.ts'
import type { Restoring } from '../../ports/history.ts'
import { decodeInstance, type InstanceRow } from './instance-row.ts'

/** What becomes of it, as it is there and as it comes. */
export function fateOf<T>(
  there: T | undefined,
  carried: T,
  isSame: (a: T, b: T) => boolean,
  restoring: Restoring,
): CarriedFate {
  if (there === undefined) return 'created'
  if (isSame(there, carried)) return 'unchanged'
  return restoring.there === 'replace' ? 'replaced' : 'differs'
}

/** Whether both are of the same types and times. */
export function isSameEvolution(a: CarriedEvolution, b: CarriedEvolution): boolean {
  return a.createdAt === b.createdAt && a.deletedAt === b.deletedAt && isDeepStrictEqual(a.types, b.types)
}

/** The rows are compared first; and then what they say, in whatever order. */
export function isSameInstance(a: InstanceRow, b: InstanceRow): boolean {
  return (
    (a.at === b.at && a.kind === b.kind && a.value === b.value && a.rest === b.rest && isSameTimes(a, b)) ||
    isDeepStrictEqual(decodeInstance(a, '', ''), decodeInstance(b, '', ''))
  )
}

function isSameTimes(a: InstanceRow, b: InstanceRow): boolean {
  return a.created_at === b.created_at && a.modified_at === b.modified_at && a.deleted_at === b.deleted_at
}

/** Whether both are of the same period, and say the same of it. */
export function isSameSummary(a: CarriedSummary, b: CarriedSummary): boolean {
  return a.begins === b.begins && a.ends === b.ends && isDeepStrictEqual(a.summaries, b.summaries)
}
