/** What instances were together that are not kept any more. */

import type { Period } from '../../../core/history/duration.ts'
import type { Summary } from '../../../core/history/summary.ts'
import type { Micros } from '../../../core/history/time-property.ts'
import type { Statements } from '../statements.ts'

export interface KeptSummary {
  readonly begins: Micros
  readonly ends: Micros
  readonly summaries: readonly Summary[]
}

interface SummaryRow extends Omit<KeptSummary, 'summaries'> {
  readonly summaries: string
}

const COLUMNS = 'SELECT begins, ends, summaries FROM summary WHERE sid = ?'
const FIRST = Number.MIN_SAFE_INTEGER
const LAST = Number.MAX_SAFE_INTEGER

/** Those that begin within the range, in the order of time. */
export function keptSummaries(
  sql: Statements,
  sid: number,
  { from = FIRST, until = LAST }: Partial<Period>,
): readonly KeptSummary[] {
  const rows = sql(`${COLUMNS} AND begins >= ? AND begins < ? ORDER BY begins`).all(
    sid,
    from,
    until,
  ) as readonly SummaryRow[]
  return rows.map((row) => ({ ...row, summaries: JSON.parse(row.summaries) as readonly Summary[] }))
}

/** Whether there are any in the database: where there are none, no series need be asked. */
export function areAnyKept(sql: Statements): boolean {
  return sql('SELECT 1 FROM summary LIMIT 1').get() !== undefined
}

const PUT = 'INSERT OR REPLACE INTO summary (sid, begins, ends, summaries) VALUES (?, ?, ?, ?)'

export function putSummary(sql: Statements, sid: number, { begins, ends, summaries }: KeptSummary): void {
  sql(PUT).run(sid, begins, ends, JSON.stringify(summaries))
}
