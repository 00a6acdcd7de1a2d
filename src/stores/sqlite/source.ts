/** An index along which the candidates of a filter can be found. */

import type { Sql } from './sql.ts'

/** Rows that have a `rid`, by the name `c`. An entity may be among them several times. */
export interface Source {
  readonly selects: readonly Sql[]
  /** Whether all that it gives match the part of the filter that it was made of. */
  readonly exact: boolean
  /** Whether each SELECT runs in the order of `rid`, and gives an entity once. */
  readonly ordered: boolean
  /** Counted up to the bound that was given; where there are as many, `selects` need not be complete. */
  readonly rows: number
  /** What is looked up, for people. */
  readonly via: string
  /** How many conditions of the filter it is made of. */
  readonly parts: number
  /** The Attribute (a number of `name`) that all that it gives have. */
  readonly attribute?: number
  /** A condition that a row `c` of another source meets where it is among these; only where it costs a look-up. */
  readonly probe?: Sql
}
