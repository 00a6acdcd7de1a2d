/** Rows of the table `instance`. */

import { FORM, FORMS, formOf, type InstanceRow, TIMED } from '../../common/instance-row.ts'

/** As {@link COLUMNS} names them. */
export interface StoredRow extends InstanceRow {
  /** Distinguishes those of one series that came in one millisecond. */
  readonly n: number
}

/** Of the table `instance`, all but the series. */
export const COLUMNS = 'at, created_at, n, kind, value, modified_at, deleted_at, rest'

/** What a row takes that has nothing but numbers: bytes. */
const BYTES = 100

/** Some bytes more or less: of the row as it is stored. */
export function bytesOfRow({ value, rest }: Pick<StoredRow, 'value' | 'rest'>): number {
  return BYTES + (typeof value === 'string' ? value.length : 0) + (rest?.length ?? 0)
}

/** Whether it has an `observedAt`. */
export const IS_TIMED = `(kind & ${TIMED}) = ${TIMED}`
/** Whether the instance has an `observedAt`. */
export function isTimed({ kind }: Pick<InstanceRow, 'kind'>): boolean {
  return (kind & TIMED) === TIMED
}

/** Whether the value of such a kind is a number. */
/** Whether its value is a text, and no JSON. */
export function isText(kind: number): boolean {
  return formOf(kind) === FORMS.text
}

/** Whether its value is a number that SQLite has as one. */
export function isNumber(kind: number): boolean {
  return formOf(kind) === FORMS.number
}

/** Kinds below it are of Properties whose values are numbers or booleans. */
export const PLAIN_KINDS = FORM * (FORMS.boolean + 1)
/** Such a value, as JSON. */
export const PLAIN_VALUE = `CASE WHEN kind < ${FORM} THEN value WHEN value = 1 THEN 'true' ELSE 'false' END`
