/** By what the instances of a series are found, for each time that they are asked by. */

import type { Filter } from 'mongodb'
import type { InstanceSelection } from '../../../core/history/selection.ts'
import type { Micros } from '../../../core/history/time-property.ts'
import { keysBetween } from './series-key.ts'
import type { InstanceDocument, StoredSeries } from './stored.ts'

export type Timed = Pick<InstanceDocument, 'at' | 'c' | 'm' | 'x'>

/** Included, and excluded. */
interface Bounds {
  readonly from?: Micros | undefined
  readonly until?: Micros | undefined
}

/** By which field it is gone along. */
type Field = 'at' | 'c' | 'm' | 'x'

/** Between two values of a field, of those that meet the condition. */
export interface Along {
  readonly field: Field
  readonly condition: Filter<InstanceDocument>
}

const ANY: Along = { field: 'at', condition: {} }
const ALONG: Readonly<Record<InstanceSelection['timeProperty'], readonly Along[]>> = {
  observedAt: [{ field: 'at', condition: { t: true } }],
  createdAt: [{ field: 'c', condition: {} }],
  // Those that were never changed were changed last when they came.
  modifiedAt: [
    { field: 'c', condition: { m: { $exists: false } } },
    { field: 'm', condition: { m: { $exists: true } } },
  ],
  deletedAt: [{ field: 'x', condition: { x: { $exists: true } } }],
}

interface Direction {
  readonly backwards?: boolean
}

export function signOf({ backwards = false }: Direction): 1 | -1 {
  return backwards ? -1 : 1
}

export function sortBy(field: Field, direction: Direction): Record<string, 1 | -1> {
  return { [field === 'at' ? '_id' : field]: signOf(direction) }
}

/** Nothing is looked through that cannot be selected: a series of which nothing was observed. */
export function alongOf(series: StoredSeries, { timeProperty, onlyTimed }: InstanceSelection): readonly Along[] {
  if (timeProperty === 'observedAt' && onlyTimed && series.t === undefined) return []
  return !onlyTimed && timeProperty === 'observedAt' ? [ANY] : ALONG[timeProperty]
}

export function timesBy({ timeProperty }: InstanceSelection): (instance: Timed) => Micros {
  return ({ at, c, m, x }) => {
    if (timeProperty === 'observedAt') return at
    if (timeProperty === 'createdAt') return c * 1_000
    if (timeProperty === 'modifiedAt') return (m ?? c) * 1_000
    return (x ?? c) * 1_000
  }
}

export function between(s: string, field: Field, { from, until }: Bounds): Filter<InstanceDocument> {
  if (field === 'at') return { _id: keysBetween(s, from, until) }
  const lower = Number.isFinite(from) ? { $gte: Math.ceil((from ?? 0) / 1_000) } : {}
  const upper = Number.isFinite(until) ? { $lt: Math.ceil((until ?? 0) / 1_000) } : {}
  const isBound = '$gte' in lower || '$lt' in upper
  return { s, ...(isBound && { [field]: { ...lower, ...upper } }) }
}
