/** Charts of a series, by uPlot, which the page has loaded. Times are UTC. */

/** @import { Columns } from './history-answers.js' */

const BLUE = '#0b63b0'
const PALE = 'rgba(11, 99, 176, 0.18)'
const HEIGHT = 340
const DAY_S = 86_400

/** @type {uPlot | undefined} */
let shown
/** @type {ResizeObserver | undefined} */
let following

/**
 * @param {HTMLElement} place
 * @param {Columns} columns one line of values
 * @param {string} name what the values are, with their unit
 */
export function drawValues(place, columns, name) {
  draw(place, columns, [{ label: name, stroke: BLUE, width: 1.5, points: { show: true, size: 4 } }], [])
}

/**
 * @param {HTMLElement} place
 * @param {Columns} columns average, least and most
 * @param {string} name what the values are, with their unit
 * @param {boolean} isSparse whether there may be periods that stand alone, where a line would not be seen
 */
export function drawPeriods(place, columns, name, isSparse) {
  const edge = { stroke: PALE, width: 1, points: { show: false } }
  const points = { show: isSparse || columns[0].length < 60, size: 4 }
  const lines = [
    { label: `${name}: average`, stroke: BLUE, width: 1.5, points },
    { label: 'least', ...edge },
    { label: 'most', ...edge },
  ]
  draw(place, columns, lines, [{ series: [3, 2], fill: PALE }])
}

/**
 * @param {HTMLElement} place
 * @param {Columns} columns
 * @param {uPlot.Series[]} lines
 * @param {uPlot.Band[]} bands
 */
function draw(place, columns, lines, bands) {
  clearChart()
  const options = {
    ...{ width: widthOf(place), height: HEIGHT, bands },
    series: [
      { label: 'Time (UTC)', value: (/** @type {unknown} */ _, /** @type {number} */ at) => textOf(at) },
      ...lines,
    ],
    axes: [{ space: 90, values: labelsOf }, {}],
    tzDate: (/** @type {number} */ seconds) => uPlot.tzDate(new Date(seconds * 1_000), 'Etc/UTC'),
  }
  const chart = new uPlot(options, columns, place)
  shown = chart
  following = new ResizeObserver(() => chart.setSize({ width: widthOf(place), height: HEIGHT }))
  following.observe(place)
}

export function clearChart() {
  following?.disconnect()
  shown?.destroy()
  shown = undefined
  following = undefined
}

/**
 * @param {unknown} _
 * @param {readonly number[]} seconds where the axis has marks
 * @param {unknown} __
 * @param {unknown} ___
 * @param {number} between seconds from one to the next
 */
function labelsOf(_, seconds, __, ___, between) {
  const [begin, end] = between >= DAY_S ? [0, 10] : between >= 60 ? [5, 16] : [11, 19]
  return seconds.map((at) => textOf(at).slice(begin, end))
}

/**
 * `2026-01-31 12:00:00`
 * @param {number | null} seconds
 */
function textOf(seconds) {
  return seconds === null ? '' : new Date(seconds * 1_000).toISOString().slice(0, 19).replace('T', ' ')
}

/** @param {HTMLElement} place */
function widthOf(place) {
  return Math.max(place.clientWidth, 280)
}
