/** A series is asked for, and shown: as a chart where it has numbers, else as a table. */

import {
  columnsOfPeriods,
  columnsOfValues,
  DEFAULT_DATASET,
  extentsOf,
  periodsOf,
  timedValues,
} from './history-answers.js'
import { ask } from './history-broker.js'
import { clearChart, drawPeriods, drawValues } from './history-chart.js'
import { offer, page } from './history-page.js'
import {
  aggregatesPath,
  extentPath,
  lastValuesPath,
  MOST_POINTS,
  MOST_ROWS,
  stepFor,
  valuesPath,
} from './history-queries.js'
import { showPeriods, showValues } from './history-table.js'

/**
 * @import { Choice, Extent } from './history-answers.js'
 * @import { Asking } from './history-broker.js'
 * @import { Series } from './history-queries.js'
 */

/**
 * @param {Series} series
 * @param {Choice} choice the Attribute of the series
 * @param {Asking} asking
 */
export async function showSeries(series, { isNumeric, attribute, unit }, asking) {
  if (!isNumeric) return showTable(series, asking)
  const name = unit === '' ? attribute : `${attribute} (${unit})`
  const { datasetId, count, ...time } = chooseDataset(extentsOf((await ask(extentPath(series), asking)).body))
  const one = { ...series, ...(!page.dataset.disabled && { datasetId }) }
  if (count <= MOST_POINTS) return showEach(one, name, asking)
  return showTogether({ ...time, ...one }, name, count, asking)
}

/**
 * The dataset that was chosen, where there is such a one, else the first. Nobody is bothered with a choice of one.
 * @param {readonly Extent[]} extents
 */
function chooseDataset(extents) {
  const ids = extents.map(({ datasetId }) => datasetId)
  const [first = { datasetId: DEFAULT_DATASET, count: 0, from: 0, until: 0 }] = extents
  const extent = extents.find(({ datasetId }) => datasetId === page.dataset.value) ?? first
  offer(page.dataset, ids)
  page.dataset.value = extent.datasetId
  hideDatasets(ids.length < 2)
  return extent
}

/** @param {boolean} isHidden */
function hideDatasets(isHidden) {
  page.dataset.disabled = isHidden
  page.datasets.hidden = isHidden
}

/**
 * @param {Series} series
 * @param {Asking} asking
 */
async function showTable(series, asking) {
  const path = lastValuesPath(series)
  const { body, isPart } = await ask(path, asking)
  const values = timedValues(body)
  hideDatasets(true)
  reveal(path, asking, isPart, `No numbers, so that there is no chart; the last ${MOST_ROWS} values at most`)
  page.chart.hidden = true
  page.values.open = true
  showValues(page.table, values)
}

/**
 * Each value.
 * @param {Series} series
 * @param {string} name
 * @param {Asking} asking
 */
async function showEach(series, name, asking) {
  const path = valuesPath(series)
  const { body, isPart } = await ask(path, asking)
  const values = timedValues(body)
  reveal(path, asking, isPart, values.length === 1 ? 'One value' : `${values.length} values`)
  drawValues(page.chart, columnsOfValues(values), name)
  showValues(page.table, values)
}

/**
 * What the values of each period are together.
 * @param {Series & { from: number, until: number }} series
 * @param {string} name
 * @param {number} count
 * @param {Asking} asking
 */
async function showTogether(series, name, count, asking) {
  const step = stepFor(series.until - series.from)
  const path = aggregatesPath(series, step)
  const { body, isPart } = await ask(path, asking)
  const periods = periodsOf(body)
  reveal(path, asking, isPart, `${count} values: average, least and most of each ${step.words}`)
  drawPeriods(page.chart, columnsOfPeriods(periods), name)
  showPeriods(page.table, periods)
}

/**
 * @param {string} path what was asked
 * @param {Asking} asking
 * @param {boolean} isPart
 * @param {string} words what is shown
 */
function reveal(path, { tenant, context }, isPart, words) {
  clearChart()
  page.problem.replaceChildren()
  page.state.textContent = isPart ? `${words}; the broker gives no more of them at once (206)` : words
  page.chart.hidden = false
  page.shown.hidden = false
  const tenantLine = tenant === '' ? [] : [`NGSILD-Tenant: ${tenant}`]
  const contextLine = context === '' ? [] : [`Link: <${context}>; rel="http://www.w3.org/ns/json-ld#context"`]
  page.question.textContent = [`GET ${path}`, ...tenantLine, ...contextLine].join('\n')
}
