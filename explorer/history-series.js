/** A series is asked for, and shown: as a chart where it has numbers, else as a table. */

import {
  columnsOfPeriods,
  columnsOfValues,
  countsOf,
  DEFAULT_DATASET,
  extentsOf,
  periodsOf,
  timedValues,
} from './history-answers.js'
import { ask, askIfAny } from './history-broker.js'
import { clearChart, drawPeriods, drawValues } from './history-chart.js'
import { offer, page } from './history-page.js'
import {
  aggregatesPath,
  countsPath,
  extentPath,
  lastValuesPath,
  MOST_POINTS,
  MOST_ROWS,
  stepFor,
  valuesPath,
} from './history-queries.js'
import { showCounts, showPeriods, showValues } from './history-table.js'

/**
 * @import { Choice, Extent } from './history-answers.js'
 * @import { Answer, Asking } from './history-broker.js'
 * @import { Series } from './history-queries.js'
 */

/**
 * @param {Series} series
 * @param {Choice} choice the Attribute of the series
 * @param {Asking} asking
 */
export async function showSeries(series, { isNumeric, attribute, unit }, asking) {
  const all = await askExtents(series, asking)
  if (!isNumeric) return showTable(series, all, asking)
  const name = unit === '' ? attribute : `${attribute} (${unit})`
  const chosen = chooseDataset(all.extents)
  const one = { ...series, ...(!page.dataset.disabled && { datasetId: chosen.datasetId }) }
  // Of several some may be summarized, and others not.
  const own = all.extents.length > 1 ? await askExtents(one, asking) : all
  const [{ count, from, until } = chosen] = own.extents
  // Of what is summarized there are no values.
  if (count <= MOST_POINTS && own.warning === '') return showEach(one, name, asking)
  return showTogether({ from, until, ...one }, name, count, asking)
}

/**
 * How much there is in each dataset, and whether it is summarized in part: then there is a warning.
 * @param {Series} series
 * @param {Asking} asking
 */
async function askExtents(series, asking) {
  const { body, warning } = await ask(extentPath(series), asking)
  return { extents: extentsOf(body), warning }
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
 * @param {Awaited<ReturnType<typeof askExtents>>} found
 * @param {Asking} asking
 */
async function showTable(series, { extents, warning }, asking) {
  hideDatasets(true)
  const path = lastValuesPath(series)
  const answer = warning === '' ? await ask(path, asking) : await askIfAny(path, asking)
  if (answer === undefined) await showNumbers(series, extents, asking)
  else {
    const words = `No numbers, so that there is no chart; the last ${MOST_ROWS} values at most`
    reveal(
      path,
      asking,
      answer,
      warning === '' ? words : `${words}; older ones are summarized, so that they are only counted`,
    )
    showValues(page.table, timedValues(answer.body))
  }
  page.chart.hidden = true
  page.values.open = true
}

/**
 * How many there were of what is no number, and is not kept any more.
 * @param {Series} series
 * @param {readonly Extent[]} extents
 * @param {Asking} asking
 */
async function showNumbers(series, extents, asking) {
  const [from, until] = [Math.min(...extents.map((each) => each.from)), Math.max(...extents.map((each) => each.until))]
  const step = stepFor(until - from)
  const path = countsPath({ from, until, ...series }, step)
  const answer = await ask(path, asking)
  reveal(path, asking, answer, `No numbers, so that there is no chart; how many there were in each ${step.words}`)
  showCounts(page.table, countsOf(answer.body))
}

/**
 * Each value.
 * @param {Series} series
 * @param {string} name
 * @param {Asking} asking
 */
async function showEach(series, name, asking) {
  const path = valuesPath(series)
  const answer = await ask(path, asking)
  const values = timedValues(answer.body)
  reveal(path, asking, answer, values.length === 1 ? 'One value' : `${values.length} values`)
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
  const answer = await ask(path, asking)
  const periods = periodsOf(answer.body)
  reveal(path, asking, answer, `${count} values: average, least and most of each ${step.words}`)
  drawPeriods(page.chart, columnsOfPeriods(periods), name, answer.warning !== '')
  showPeriods(page.table, periods)
}

/**
 * @param {string} path what was asked
 * @param {Asking} asking
 * @param {Answer} answer
 * @param {string} words what is shown
 */
function reveal(path, { tenant, context }, { isPart, warning }, words) {
  clearChart()
  page.problem.replaceChildren()
  const part = isPart ? '; the broker gives no more of them at once (206)' : ''
  page.state.textContent = `${words}${part}${warning === '' ? '' : `; ${warning}`}`
  page.chart.hidden = false
  page.shown.hidden = false
  const tenantLine = tenant === '' ? [] : [`NGSILD-Tenant: ${tenant}`]
  const contextLine = context === '' ? [] : [`Link: <${context}>; rel="http://www.w3.org/ns/json-ld#context"`]
  page.question.textContent = [`GET ${path}`, ...tenantLine, ...contextLine].join('\n')
}
