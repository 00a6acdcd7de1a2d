/**
 * The values of a series in two texts, made by the database: a row of its own for each would cost four times as much as to
 * read it. Numbers are written with all their digits by `group_concat`; by SQLite's functions of JSON they are not.
 */

import type { Micros } from '../../../core/history/time-property.ts'
import type { Statements } from '../statements.ts'
import { type Along, type Bounds, type Selecting, selectAlong } from './along.ts'
import { PLAIN_KINDS, PLAIN_VALUE } from './rows.ts'

interface PlainValues {
  readonly times: readonly Micros[]
  readonly items: readonly (number | boolean)[]
}

const PLAIN: Selecting = {
  columns: ({ time }) => `${time} AS time, kind, value`,
  around: (text) => `SELECT group_concat(time), group_concat(${PLAIN_VALUE}), max(kind) FROM (${text})`,
}

/** Undefined where some are more than numbers and booleans. */
export function valuesAlong(sql: Statements, sid: number, along: Along, bounds: Bounds): PlainValues | undefined {
  const { text, values } = selectAlong(along, PLAIN, sid, bounds)
  const [times, plain, kind]: readonly [string | null, string | null, number | null] = sql.arrays(text).get(...values)
  if ((kind ?? 0) >= PLAIN_KINDS) return undefined
  const { micros } = along
  return {
    times: micros === 1 ? listed(times) : listed<number>(times).map((time) => time * micros),
    items: listed(plain),
  }
}

function listed<T extends number | boolean>(text: string | null): readonly T[] {
  return text === null ? [] : JSON.parse(`[${text}]`)
}
