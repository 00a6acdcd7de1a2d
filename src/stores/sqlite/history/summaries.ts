/** What instances were together that are not kept any more. */

import type { Period } from '../../../core/history/duration.ts'
import { areSummariesSelected } from '../../../core/history/of-summaries.ts'
import { SCOPE } from '../../../core/history/past-instance.ts'
import type { InstanceSelection } from '../../../core/history/selection.ts'
import type { Summary } from '../../../core/history/summary.ts'
import type { Micros } from '../../../core/history/time-property.ts'
import type { Statements } from '../statements.ts'
import type { SeriesRow } from './heads.ts'
import type { SelectedEvolution } from './selected.ts'

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

/** Those that are for a selection: by `observedAt`, and of all that was in their time. */
export function keptOf(
  sql: Statements,
  { periods }: SelectedEvolution,
  { sid, attribute }: SeriesRow,
  selection: InstanceSelection,
): readonly KeptSummary[] {
  if (attribute === SCOPE || !areSummariesSelected(selection, periods)) return []
  return areAnyKept(sql) ? keptSummaries(sql, sid, selection) : []
}

/** Whether there are summaries of which it is not known whether they are selected. */
export function areAnyLeftOut(
  sql: Statements,
  { series, periods }: SelectedEvolution,
  selection: InstanceSelection,
): boolean {
  if (areSummariesSelected(selection, periods) || !areAnyKept(sql)) return false
  return series.some(({ sid }) => sql('SELECT 1 FROM summary WHERE sid = ? LIMIT 1').get(sid) !== undefined)
}

/** Whether there are any in the database: where there are none, no series need be asked. */
function areAnyKept(sql: Statements): boolean {
  return sql('SELECT 1 FROM summary LIMIT 1').get() !== undefined
}

const PUT = 'INSERT OR REPLACE INTO summary (sid, begins, ends, summaries) VALUES (?, ?, ?, ?)'

/** In the place of the one of the same period. */
export function putSummary(sql: Statements, sid: number, { begins, ends, summaries }: KeptSummary): void {
  sql(PUT).run(sid, begins, ends, JSON.stringify(summaries))
}
