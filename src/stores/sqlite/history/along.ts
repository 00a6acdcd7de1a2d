/** The orders of time in which the rows of a series stand in an index, and reading them so. */

import type { Micros } from '../../../core/history/time-property.ts'
import type { Statements } from '../statements.ts'
import { COLUMNS, IS_TIMED, isNumber, type StoredRow } from './rows.ts'

/** Bounds of a reading: included, and excluded. */
export interface Bounds {
  readonly from?: Micros | undefined
  readonly until?: Micros | undefined
  /** Rows at most; undefined: all. */
  readonly limit?: number
  /** Whether the latest come first. */
  readonly backwards?: boolean
}

/** Rows of one series between two values of `time`, in its order. */
export interface Along {
  readonly from: string
  readonly time: string
  /** Of one of its values, in microseconds. */
  readonly micros: number
  readonly condition: string
  /** What distinguishes those of one time. */
  readonly ties: readonly string[]
}

const BY_PLACE = { from: 'instance', time: 'at', micros: 1, ties: ['created_at', 'n'] }
const BY_CREATION = { from: 'instance INDEXED BY instance_created', time: 'created_at', micros: 1_000, ties: ['n'] }
// The index goes on with what the table stands by.
const TIES = ['at', 'created_at', 'n']

/** Those that are selected by a time property, in one part or two. */
export const ALONG = {
  observedAt: [{ ...BY_PLACE, condition: IS_TIMED }],
  any: [{ ...BY_PLACE, condition: '1' }],
  createdAt: [{ ...BY_CREATION, condition: '1' }],
  // Those that were never changed were changed last when they came.
  modifiedAt: [
    { ...BY_CREATION, condition: 'modified_at IS NULL' },
    {
      ...{ from: 'instance INDEXED BY instance_modified', time: 'modified_at', micros: 1_000, ties: TIES },
      condition: 'modified_at IS NOT NULL',
    },
  ],
  deletedAt: [
    {
      ...{ from: 'instance INDEXED BY instance_deleted', time: 'deleted_at', micros: 1_000, ties: TIES },
      condition: 'deleted_at IS NOT NULL',
    },
  ],
} as const satisfies Readonly<Record<string, readonly [Along, ...Along[]]>>

/** What is selected, and what is made of it together. */
export interface Selecting {
  readonly columns: (along: Along) => string
  readonly around?: (text: string) => string
}

const TIMES: Selecting = { columns: ({ time }) => `${time} AS time` }
const TIMES_TOGETHER: Selecting = { ...TIMES, around: (text) => `SELECT group_concat(time) FROM (${text})` }

/** Microseconds, in the order that the bounds ask for. */
export function timesAlong(sql: Statements, sid: number, along: Along, bounds: Bounds): readonly Micros[] {
  const { limit = Number.POSITIVE_INFINITY } = bounds
  const isTogether = limit > FEW
  const { text, values } = selectAlong(along, isTogether ? TIMES_TOGETHER : TIMES, sid, bounds)
  if (isTogether) return timesIn(sql.arrays(text).get(...values), along)
  const rows = sql.arrays(text).all(...values) as readonly (readonly [Micros])[]
  return rows.map(([time]) => time * along.micros)
}

/** Rows, each of its own; more are read in one text, which takes a fifth of the time. */
const FEW = 20

function timesIn([text]: readonly [string | null], { micros }: Along): readonly Micros[] {
  return text === null ? [] : text.split(',').map((time) => Number(time) * micros)
}

type Columns = readonly [
  at: StoredRow['at'],
  created: StoredRow['created_at'],
  n: number,
  kind: number,
  value: StoredRow['value'],
  modified: StoredRow['modified_at'],
  deleted: StoredRow['deleted_at'],
  rest: StoredRow['rest'],
]

/** All rows in one text: one by one they take twice as long. SQLite's JSON has not all digits of a number that is not whole. */
const ROW = `json_array(at, created_at, n, kind,
  CASE typeof(value) WHEN 'real' THEN printf('%!.17g', value) ELSE value END, modified_at, deleted_at, rest)`
const ROWS: Selecting = {
  columns: () => COLUMNS,
  around: (text) => `SELECT json_group_array(${ROW}) FROM (${text})`,
}

/** In the order that the bounds ask for. */
export function rowsAlong(sql: Statements, sid: number, along: Along, bounds: Bounds): readonly StoredRow[] {
  const { text, values } = selectAlong(along, ROWS, sid, bounds)
  const [rows]: readonly [string] = sql.arrays(text).get(...values)
  return (JSON.parse(rows) as readonly Columns[]).map(
    ([at, created_at, n, kind, written, modified_at, deleted_at, rest]) => {
      const value = typeof written === 'string' && isNumber(kind) ? Number(written) : written
      return { at, created_at, n, kind, value, modified_at, deleted_at, rest }
    },
  )
}

/** A SELECT with its values. */
export function selectAlong(along: Along, selecting: Selecting, sid: number, bounds: Bounds) {
  const { from, until, limit } = bounds
  const values = [sid]
  if (from !== undefined) values.push(Math.ceil(from / along.micros))
  if (until !== undefined) values.push(Math.ceil(until / along.micros))
  if (limit !== undefined) values.push(limit)
  return { text: textOf(along, selecting, bounds), values }
}

/** By number: {@link boundsOf} says which bounds a text has. A text that is made anew is looked up by all its characters. */
type Texts = (string | undefined)[]
const made = new WeakMap<Selecting, WeakMap<Along, Texts>>()

function textOf(along: Along, selecting: Selecting, bounds: Bounds): string {
  const texts = textsOf(along, selecting)
  const number = boundsOf(bounds)
  const known = texts[number]
  if (known !== undefined) return known
  const text = makeText(along, selecting, bounds)
  texts[number] = text
  return text
}

function textsOf(along: Along, selecting: Selecting): Texts {
  const known = made.get(selecting)?.get(along)
  if (known !== undefined) return known
  const texts: Texts = []
  made.set(selecting, (made.get(selecting) ?? new WeakMap()).set(along, texts))
  return texts
}

function boundsOf({ from, until, limit, backwards }: Bounds): number {
  const given = [from, until, limit]
  return given.reduce<number>((bits, bound, i) => (bound === undefined ? bits : bits + 2 ** i), backwards ? 8 : 0)
}

function makeText(along: Along, { columns, around }: Selecting, bounds: Bounds): string {
  const { from: table, time, condition, ties } = along
  const { from, until, limit, backwards } = bounds
  const order = [time, ...ties].map((each) => (backwards ? `${each} DESC` : each)).join(', ')
  const text =
    `SELECT ${columns(along)} FROM ${table} WHERE sid = ?` +
    `${from === undefined ? '' : ` AND ${time} >= ?`}${until === undefined ? '' : ` AND ${time} < ?`}` +
    ` AND ${condition} ORDER BY ${order}` +
    `${limit === undefined ? '' : ' LIMIT ? + 0'}`
  return around === undefined ? text : around(text)
}
