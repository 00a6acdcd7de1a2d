/** Summaries of the numbers and booleans of a period, made by the database; of all else from rows. */

import type { Period } from '../../../core/history/duration.ts'
import type { AggregationMethod } from '../../../core/history/methods.ts'
import { createSummarizing, type Summary } from '../../../core/history/summary.ts'
import { aggregatedOf } from '../../../core/history/value-class.ts'
import { decodeInstance } from '../../common/instance-row.ts'
import type { Statements } from '../statements.ts'
import { COLUMNS, IS_BOOLEAN, IS_NUMBER, IS_TIMED, type StoredRow } from './rows.ts'

const WHERE = `FROM instance WHERE sid = ? AND at >= ? AND at < ? AND ${IS_TIMED}`

const number = (expression: string) => `CASE WHEN ${IS_NUMBER} THEN ${expression} END`

/** What most methods need, and what is only had where it is asked for. */
const BASIC = `SELECT count(*), total(${IS_BOOLEAN}), total(CASE WHEN ${IS_BOOLEAN} THEN value END),
  count(${number('1')}), total(${number('value')}), min(${number('value')}), max(${number('value')})`
const SUMSQ = `, total(${number('CAST(value AS REAL) * value')})`
const DISTINCT = `, count(DISTINCT ${number('value')})`
const DEVIATION = `SELECT total((value - ?) * (value - ?)) ${WHERE} AND ${IS_NUMBER}`
const OTHERS = `SELECT ${COLUMNS} ${WHERE} AND NOT ${IS_NUMBER} AND NOT ${IS_BOOLEAN}`

type Row = readonly [number, number, number, number, number, number, number, number, number]

/** Of instances that were observed then. */
export function summarizeInSql(
  sql: Statements,
  sid: number,
  { from, until }: Period,
  methods: readonly AggregationMethod[],
): readonly Summary[] {
  const asks = (method: AggregationMethod): boolean => methods.includes(method)
  // Columns of one place each, whatever is asked for.
  const text = `${BASIC}${asks('sumsq') ? SUMSQ : ', 0'}${asks('distinctCount') ? DISTINCT : ', 0'} ${WHERE}`
  const row: Row = sql.arrays(text).get(sid, from, until)
  const [all, booleans, trues, count, sum, min, max, sumsq, distinct] = row
  const summaries: Summary[] = []
  if (count > 0) {
    const mean = sum / count
    const deviation = asks('stddev') ? deviationOf(sql, sid, { from, until }, mean) : 0
    summaries.push({ valueClass: 'number', count, distinct, sum, sumsq, deviation, min, max })
  }
  if (booleans > 0) summaries.push(booleansOf(booleans, trues))
  return all === count + booleans ? summaries : [...summaries, ...othersOf(sql, sid, { from, until })]
}

/** A second look: of the sum of squares it cannot be had where values are large and alike. */
function deviationOf(sql: Statements, sid: number, { from, until }: Period, mean: number): number {
  const [deviation]: readonly [number] = sql.arrays(DEVIATION).get(mean, mean, sid, from, until)
  return deviation
}

function booleansOf(count: number, trues: number): Summary {
  const min = trues === count ? 1 : 0
  const max = trues > 0 ? 1 : 0
  const distinct = min === max ? 1 : 2
  const deviation = trues * (1 - trues / count)
  return { valueClass: 'boolean', count, distinct, sum: trues, sumsq: trues, deviation, min, max }
}

function othersOf(sql: Statements, sid: number, { from, until }: Period): readonly Summary[] {
  const summarizing = createSummarizing()
  const rows = sql(OTHERS).all(sid, from, until) as readonly StoredRow[]
  for (const row of rows) for (const value of aggregatedOf(decodeInstance(row, '', ''))) summarizing.add(value)
  return summarizing.summaries()
}
