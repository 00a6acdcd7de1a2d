/** When a Scope was valid (4.18): "from the time it has been set until the time it has been explicitly removed". */

import { isDeleted } from '../model/deleted.ts'
import type { ScopeQuery } from '../query/ast.ts'
import { matchesScopes } from '../query/evaluate-scopes.ts'
import type { Period } from './duration.ts'
import type { PastInstance } from './past-instance.ts'
import { type Micros, placeOf } from './time-property.ts'

export interface ScopeTimes {
  /** In which a scope that matches was valid, in the order of time; cut to the range. */
  readonly periods: readonly Period[]
  /** The instance that was set before the range and is still valid where it begins, where it matches. */
  readonly before?: PastInstance
}

/** `scopes`: all instances before the end of the range, in the order of time. */
export function scopeTimes(
  scopes: readonly PastInstance[],
  query: ScopeQuery,
  { from = Number.NEGATIVE_INFINITY, until = Number.POSITIVE_INFINITY }: Partial<Period>,
): ScopeTimes {
  const periods: Period[] = []
  let before: PastInstance | undefined
  for (const [i, instance] of scopes.entries()) {
    const next = scopes[i + 1]
    const period = {
      from: Math.max(from, placeOf(instance)),
      until: Math.min(until, next === undefined ? until : placeOf(next)),
    }
    if (period.from >= period.until || !matchesScopes(scopesOf(instance), query)) continue
    periods.push(period)
    if (placeOf(instance) < from) before = instance
  }
  return { periods, ...(before && { before }) }
}

function scopesOf(instance: PastInstance): readonly string[] | undefined {
  if (isDeleted(instance)) return undefined
  const { value } = instance
  return (Array.isArray(value) ? value : [value]).filter((scope) => typeof scope === 'string')
}

/** Whether a time lies in one of the periods. */
export function isWithin(periods: readonly Period[], time: Micros): boolean {
  return periods.some(({ from, until }) => time >= from && time < until)
}
