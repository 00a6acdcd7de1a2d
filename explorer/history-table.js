/** Values as a table: for whom no chart is of use, and of what no chart can be drawn. */

/** @import { TimedValue, countsOf, periodsOf } from './history-answers.js' */

/**
 * @param {HTMLTableElement} table
 * @param {readonly TimedValue[]} values
 */
export function showValues(table, values) {
  fill(
    table,
    ['Time (UTC)', 'Value'],
    values.map(([value, time]) => [time, textOf(value)]),
  )
}

/**
 * @param {HTMLTableElement} table
 * @param {ReturnType<typeof periodsOf>} periods
 */
export function showPeriods(table, periods) {
  fill(
    table,
    ['From (UTC)', 'Until', 'Average', 'Least', 'Most'],
    periods.map(({ begin, end, avg, min, max }) => [begin, end, textOf(avg), textOf(min), textOf(max)]),
  )
}

/**
 * @param {HTMLTableElement} table
 * @param {ReturnType<typeof countsOf>} counts
 */
export function showCounts(table, counts) {
  fill(
    table,
    ['From (UTC)', 'Until', 'Values', 'Different ones'],
    counts.map(({ begin, end, total, distinct }) => [begin, end, textOf(total), textOf(distinct)]),
  )
}

/**
 * @param {HTMLTableElement} table
 * @param {readonly string[]} names
 * @param {readonly (readonly string[])[]} rows
 */
function fill(table, names, rows) {
  const head = document.createElement('thead')
  const body = document.createElement('tbody')
  head.append(rowOf('th', names))
  body.append(...rows.map((row) => rowOf('td', row)))
  table.replaceChildren(head, body)
}

/**
 * @param {'th' | 'td'} kind
 * @param {readonly string[]} texts
 */
function rowOf(kind, texts) {
  const row = document.createElement('tr')
  for (const text of texts) {
    const cell = document.createElement(kind)
    if (kind === 'th') cell.setAttribute('scope', 'col')
    cell.textContent = text
    row.append(cell)
  }
  return row
}

/** @param {unknown} value */
function textOf(value) {
  if (typeof value === 'number') return String(Number(value.toPrecision(10)))
  return typeof value === 'string' ? value : JSON.stringify(value)
}
