/** How the instances of one series that are selected by their time are read: along an index, in the order of time. */

import type { NewInstance } from '../../../core/history/past-instance.ts'
import type { InstanceSelection } from '../../../core/history/selection.ts'
import type { Micros } from '../../../core/history/time-property.ts'
import { decodePlain, timeOfRow } from '../../common/instance-row.ts'
import type { Statements } from '../statements.ts'
import { ALONG, type Along, type Bounds, rowsAlong, timesAlong } from './along.ts'
import { valuesAlong } from './plain-values.ts'
import type { StoredRow } from './rows.ts'

/** Of a number or boolean that is a Property without more than that. */
export type Valued = number | boolean | Pick<NewInstance, 'type' | 'value'>

/** In the order that was asked for. */
export interface Piece<T> {
  readonly times: readonly Micros[]
  readonly items: readonly T[]
  /** Whether there are no more within the bounds, but for their limit. */
  readonly isAll: boolean
}

export interface Source {
  /** Whether anything is selected: a seek. */
  isAny(): boolean
  /** Times of what is selected within these bounds, in the order that they ask for. */
  times(bounds: Bounds): readonly Micros[]
  rows(bounds: Bounds): readonly StoredRow[]
  /** What is to be aggregated, several times as fast as rows; of `size` items at most, and fewer where they may be large. */
  values(bounds: Bounds, size: number): Piece<Valued>
  timeOf(row: Pick<StoredRow, 'at' | 'kind' | 'created_at' | 'modified_at' | 'deleted_at'>): Micros
}

/** A part of them is read together where they may be large. */
const LARGE = 1 / 20

/** `sid`: of the series, whatever Attribute and dataset the selection names. */
export function sourceOf(sql: Statements, sid: number, selection: InstanceSelection): Source {
  const { timeProperty, onlyTimed, from, until } = selection
  const along = ALONG[!onlyTimed && timeProperty === 'observedAt' ? 'any' : timeProperty]
  const timeOf: Source['timeOf'] = (row) => timeOfRow(row, timeProperty) ?? row.at
  const read = <T>(
    of: (along: Along, bounds: Bounds) => readonly T[],
    asked: Bounds,
    time: (item: T) => Micros,
  ): readonly T[] => {
    const bounds = { ...asked, from: later(from, asked.from), until: earlier(until, asked.until) }
    const [only, ...others] = along
    if (others.length === 0) return of(only, bounds)
    return inOrder(
      along.flatMap((each) => of(each, bounds)),
      time,
      bounds,
    )
  }
  const times: Source['times'] = (asked) => read((each, bounds) => timesAlong(sql, sid, each, bounds), asked, itself)
  const rows: Source['rows'] = (asked) => read((each, bounds) => rowsAlong(sql, sid, each, bounds), asked, timeOf)
  return {
    isAny: () => times({ limit: 1 }).length > 0,
    times,
    rows,
    values: (asked, size) => {
      const [only, ...others] = along
      const { limit: left = size } = asked
      const bounds = { ...asked, from: later(from, asked.from), until: earlier(until, asked.until) }
      const most = Math.min(left, size)
      const plain = others.length === 0 ? valuesAlong(sql, sid, only, { ...bounds, limit: most }) : undefined
      if (plain !== undefined) return { ...plain, isAll: plain.times.length < most }
      const limit = Math.min(left, Math.ceil(size * LARGE))
      const some = rows({ ...asked, limit })
      return { times: some.map(timeOf), items: some.map(decodePlain), isAll: some.length < limit }
    },
    timeOf,
  }
}

const itself = (time: Micros): Micros => time

function inOrder<T>(
  items: readonly T[],
  timeOf: (item: T) => Micros,
  { limit, backwards = false }: Bounds,
): readonly T[] {
  const sign = backwards ? -1 : 1
  const ordered = [...items].sort((a, b) => sign * (timeOf(a) - timeOf(b)))
  return ordered.slice(0, limit)
}

function later(a: Micros | undefined, b: Micros | undefined): Micros | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.max(a, b)
}

function earlier(a: Micros | undefined, b: Micros | undefined): Micros | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.min(a, b)
}
