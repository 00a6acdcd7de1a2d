/** How the instances of one series that are selected by their time are read: along an index, in the order of time. */

import type { InstanceSelection } from '../../../core/history/selection.ts'
import type { Micros } from '../../../core/history/time-property.ts'
import { timeOfRow } from '../../common/instance-row.ts'
import type { Statements } from '../statements.ts'
import { COLUMNS, IS_TIMED, type StoredRow } from './rows.ts'

/** Bounds of a reading: included, and excluded. */
export interface Bounds {
  readonly from?: Micros | undefined
  readonly until?: Micros | undefined
  /** Rows at most; undefined: all. */
  readonly limit?: number
  /** Whether the latest come first. */
  readonly backwards?: boolean
}

export interface Source {
  /** Whether anything is selected: a seek. */
  isAny(): boolean
  /** Times of what is selected within these bounds, in the order that they ask for. */
  times(bounds: Bounds): readonly Micros[]
  rows(bounds: Bounds): Iterable<StoredRow>
  timeOf(row: Pick<StoredRow, 'at' | 'kind' | 'created_at' | 'modified_at' | 'deleted_at'>): Micros
}

/** A SELECT of the columns of one series between two values of `column`, in its order. */
interface Along {
  readonly column: string
  /** Of one of its values, in microseconds. */
  readonly micros: number
  readonly condition: string
  /** What distinguishes those of one time. */
  readonly ties: string
}

const ALONG: Readonly<Record<string, readonly Along[]>> = {
  observedAt: [{ column: 'at', micros: 1, condition: IS_TIMED, ties: 'created_at, n' }],
  any: [{ column: 'at', micros: 1, condition: '1', ties: 'created_at, n' }],
  createdAt: [{ column: 'created_at', micros: 1_000, condition: '1', ties: 'n' }],
  // Those that were never changed were changed last when they came.
  modifiedAt: [
    { column: 'created_at', micros: 1_000, condition: 'modified_at IS NULL', ties: 'n' },
    { column: 'modified_at', micros: 1_000, condition: 'modified_at IS NOT NULL', ties: 'created_at, n' },
  ],
  deletedAt: [{ column: 'deleted_at', micros: 1_000, condition: 'deleted_at IS NOT NULL', ties: 'created_at, n' }],
}

const TIMES = 'at, created_at, kind, modified_at, deleted_at'

export function sourceOf(sql: Statements, sid: number, selection: InstanceSelection): Source {
  const { timeProperty, onlyTimed, from, until } = selection
  // Deletions have their time, and all others stand where they stand: there is no index for both together.
  const isMixed = !onlyTimed && timeProperty === 'deletedAt'
  const along = ALONG[onlyTimed || timeProperty !== 'observedAt' ? timeProperty : 'any'] ?? []
  const timeOf: Source['timeOf'] = (row) => timeOfRow(row, timeProperty) ?? row.at
  const within = (bounds: Bounds): Bounds => ({
    ...bounds,
    from: later(from, bounds.from),
    until: earlier(until, bounds.until),
  })
  const select = <T extends Parameters<Source['timeOf']>[0]>(columns: string, asked: Bounds): readonly T[] => {
    const bounds = within(asked)
    if (isMixed) return inOrder(sql(everything(columns)).all(sid) as readonly T[], timeOf, bounds)
    const parts = along.map((each) => rowsAlong<T>(sql, sid, each, columns, bounds))
    const [only = []] = parts
    return parts.length === 1 ? only : inOrder(parts.flat(), timeOf, bounds)
  }
  return {
    isAny: () => select(TIMES, { limit: 1 }).length > 0,
    times: (bounds) => select(TIMES, bounds).map(timeOf),
    rows: (bounds) => select<StoredRow>(COLUMNS, bounds),
    timeOf,
  }
}

function rowsAlong<T>(sql: Statements, sid: number, along: Along, columns: string, bounds: Bounds): readonly T[] {
  const { column, micros, condition, ties } = along
  const { from, until, limit, backwards } = bounds
  const order = `${column}, ${ties}`
  const text =
    `SELECT ${columns} FROM instance WHERE sid = ?` +
    `${from === undefined ? '' : ` AND ${column} >= ?`}${until === undefined ? '' : ` AND ${column} < ?`} AND ${condition}` +
    ` ORDER BY ${backwards ? order.replaceAll(/\w+/g, '$& DESC') : order}${limit === undefined ? '' : ' LIMIT ?'}`
  const bound = (value: Micros | undefined) => (value === undefined ? [] : [Math.ceil(value / micros)])
  return sql(text).all(sid, ...bound(from), ...bound(until), ...(limit === undefined ? [] : [limit])) as readonly T[]
}

function everything(columns: string): string {
  return `SELECT ${columns} FROM instance WHERE sid = ? ORDER BY at, created_at, n`
}

function inOrder<T>(
  rows: readonly T[],
  timeOf: (row: T) => Micros,
  { from = Number.NEGATIVE_INFINITY, until = Number.POSITIVE_INFINITY, limit, backwards = false }: Bounds,
): readonly T[] {
  const sign = backwards ? -1 : 1
  return rows
    .filter((row) => timeOf(row) >= from && timeOf(row) < until)
    .sort((a, b) => sign * (timeOf(a) - timeOf(b)))
    .slice(0, limit)
}

function later(a: Micros | undefined, b: Micros | undefined): Micros | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.max(a, b)
}

function earlier(a: Micros | undefined, b: Micros | undefined): Micros | undefined {
  return a === undefined || b === undefined ? (a ?? b) : Math.min(a, b)
}
