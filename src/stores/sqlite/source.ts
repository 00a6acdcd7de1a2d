/** An index along which the candidates of a filter can be found. */

import type { Found } from './index-reading.ts'
import type { RangeName } from './range-lists.ts'
import { exists, type Sql, sql } from './sql.ts'

/** Rows of an index that have a `rid`. */
export interface IndexRange {
  /** The index: a table, or what stands for one. */
  readonly from: Sql
  /** Which of its rows, by the name that they are given. */
  readonly where: (row: string) => Sql
  /** Where its rows may be remembered. */
  readonly name?: RangeName
}

/** It is known by its ranges, or where there are `rids` by these alone. */
export interface Source extends Found {
  /** An entity may be in several, and several times. Where the rows reach the bound, there may be more. */
  readonly ranges: readonly IndexRange[]
  /** Whether all that it gives match the part of the filter that it was made of. */
  readonly exact: boolean
  /** Whether each range runs in the order of `rid`, and gives an entity once. */
  readonly ordered: boolean
  /** What is looked up, for people. */
  readonly via: string
  /** How many conditions of the filter it is made of. */
  readonly parts: number
  /** The Attribute (a number of `name`) that all that it gives have. */
  readonly attribute?: number
  /** A condition that a row `c` of another source meets where it is among these; only where it costs a look-up. */
  readonly probe?: Sql
}

/** The `rid` of each row `c` of a range; each once where it is `distinct`. */
export function selectFrom({ from, where }: IndexRange, distinct = false): Sql {
  const condition = where('c')
  const text = `SELECT ${distinct ? 'DISTINCT ' : ''}c.rid FROM ${from.text} c WHERE ${condition.text}`
  return sql(text, ...from.values, ...condition.values)
}

/** Whether the row `c` of another source is in a range. */
export function isInRange({ from, where }: IndexRange): Sql {
  const condition = where('v')
  return exists(
    sql(`SELECT 1 FROM ${from.text} v WHERE ${condition.text} AND v.rid = c.rid`, ...from.values, ...condition.values),
  )
}
