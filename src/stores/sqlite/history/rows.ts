/** Rows of the table `instance`. */

import { FORM, FORMS, type InstanceRow, TIMED } from '../../common/instance-row.ts'

/** As {@link COLUMNS} names them. */
export interface StoredRow extends InstanceRow {
  /** Distinguishes those of one series that came in one millisecond. */
  readonly n: number
}

export const COLUMNS = 'at, created_at, n, kind, value, modified_at, deleted_at, rest'

/** Whether it has an `observedAt`. */
export const IS_TIMED = `(kind & ${TIMED}) = ${TIMED}`
/** Whether its value is a number, or a boolean (1 or 0); what is neither has to be read. */
export const IS_NUMBER = `(kind & ${7 * FORM}) = ${FORMS.number * FORM}`
export const IS_BOOLEAN = `(kind & ${7 * FORM}) = ${FORMS.boolean * FORM}`
