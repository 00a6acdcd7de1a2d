/** What is selected of a series, read in pieces: neither the memory nor the turn that it takes grows with what there is. */

import type { Micros } from '../../../core/history/time-property.ts'
import type { Bounds } from './along.ts'
import { bytesOfRow, type StoredRow } from './rows.ts'
import type { Piece, Source, Valued } from './sources.ts'

/** `size`: of items at most. */
type Read<T> = (bounds: Bounds, size: number) => Piece<T>
/** Items of the next piece, after the items of one. */
type Next<T> = (items: readonly T[]) => number
type Take<T> = (item: T, time: Micros) => void

/** Of a piece. How large rows are is known once some have been read; those that follow may be larger. */
const FIRST_ROWS = 10
const ROWS = 500
const ROW_BYTES = 2 ** 20
const VALUES = 2_000
/** How much larger a piece may be than the one before. */
const GROWTH = 4

/** Yields after each piece; `limit` of the bounds is of all pieces together. */
export function eachRow(source: Source, bounds: Bounds, take: Take<StoredRow>): Generator<void, void> {
  const read: Read<StoredRow> = (asked, size) => {
    const limit = Math.min(asked.limit ?? size, size)
    const items = source.rows({ ...asked, limit })
    return { times: items.map(source.timeOf), items, isAll: items.length < limit }
  }
  return inPieces(read, bounds, FIRST_ROWS, take, rowsAfter)
}

/** As many as are no more than some bytes together, if they are like these. */
function rowsAfter(rows: readonly StoredRow[]): number {
  const bytes = rows.reduce((sum, row) => sum + bytesOfRow(row), 1)
  // Of one alone it is not known whether it is all of its time.
  return Math.max(2, Math.min(ROWS, Math.floor((ROW_BYTES * rows.length) / bytes)))
}

/** As eachRow, with what is aggregated of each instance. */
export function eachValue(source: Source, bounds: Bounds, take: Take<Valued>): Generator<void, void> {
  return inPieces(source.values, bounds, VALUES, take)
}

/** Yields after each piece. */
export function* inPieces<T>(
  read: Read<T>,
  bounds: Bounds,
  size: number,
  take: Take<T>,
  next: Next<T> = () => size,
): Generator<void, void> {
  let rest = bounds
  let asked = size
  for (let left = bounds.limit ?? Number.POSITIVE_INFINITY; left > 0; ) {
    const { times, items, isAll } = read({ ...rest, limit: left }, asked)
    const isLast = isAll || times.length === left
    const count = isLast ? times.length : beforeLast(times)
    for (const [i, item] of (count === items.length ? items : items.slice(0, count)).entries())
      take(item, times[i] ?? 0)
    if (isLast) return
    left -= count
    const time = times[count] ?? 0
    rest = { ...rest, ...(bounds.backwards ? { until: time + 1 } : { from: time }) }
    // So many share one time that they fill a piece: it has to be larger.
    asked = count === 0 ? asked * 2 : Math.min(next(items), asked * GROWTH)
    yield
  }
}

/** How many of these lie before the last time, of which there may be more. */
function beforeLast(times: readonly Micros[]): number {
  const last = times.at(-1)
  return times.findLastIndex((time) => time !== last) + 1
}
