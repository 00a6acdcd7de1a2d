/** What the broker answers, as the page shows it. */

/**
 * @typedef {object} Choice
 * @property {string} attribute
 * @property {boolean} isNumeric whether a chart can show it
 * @property {string} unit its unitCode; empty where there is none
 * @property {number} lastAt time of the last value
 */

/**
 * @typedef {object} Extent
 * @property {string} datasetId of the default Attribute, too: see DEFAULT_DATASET
 * @property {number} count
 * @property {number} from
 * @property {number} until
 */

/** @typedef {readonly [value: any, time: string]} TimedValue */
/** @typedef {readonly [value: any, begin: string, end: string]} PeriodValue */

/**
 * What a chart is drawn of: a column of times in seconds, and one for each line. null: nothing is drawn there.
 * @typedef {[number[], ...(number | null)[][]]} Columns
 */

/** What the broker calls the default Attribute, which has no datasetId. */
export const DEFAULT_DATASET = '@none'

/**
 * The Attributes of an evolution of which the last instance of each was asked for; those that a chart can show first.
 * @param {Record<string, any>} evolution normalized
 * @param {string} timeProperty
 * @returns {readonly Choice[]}
 */
export function choicesOf(evolution, timeProperty) {
  const found = Object.entries(evolution)
    .filter(([member, instances]) => member !== 'type' && Array.isArray(instances))
    .map(([attribute, [{ value, unitCode, ...times }]]) => ({
      attribute,
      isNumeric: typeof value === 'number' || typeof value === 'boolean',
      unit: typeof unitCode === 'string' ? unitCode : '',
      lastAt: Date.parse(times[timeProperty]),
    }))
  return numericFirst(found)
}

/**
 * Attributes of which only summaries are left.
 * @param {Record<string, any>} evolution aggregated over all
 * @returns {readonly Choice[]}
 */
export function choicesOfSummarized(evolution) {
  const found = Object.entries(evolution)
    .filter(([member]) => !NO_ATTRIBUTES.has(member))
    .map(([attribute, aggregated]) => {
      const datasets = [aggregated].flat()
      return {
        ...{ attribute, unit: '', isNumeric: datasets.some(({ stddev }) => stddev.length > 0) },
        lastAt: Math.max(...datasets.map(({ totalCount: [[, , until]] }) => Date.parse(until))),
      }
    })
  return numericFirst(found)
}

const NO_ATTRIBUTES = new Set(['id', 'type', '@context'])

/**
 * @param {readonly Choice[]} choices
 * @returns {readonly Choice[]}
 */
export function numericFirst(choices) {
  return [...choices.filter(({ isNumeric }) => isNumeric), ...choices.filter(({ isNumeric }) => !isNumeric)]
}

/**
 * The Attribute that was asked for, whatever it is called in the answer: once for each dataset.
 * @param {Record<string, any>} evolution
 * @returns {readonly Record<string, any>[]}
 */
function datasetsOf(evolution) {
  return Object.entries(evolution).flatMap(([member, found]) => (member === '@context' ? [] : found))
}

/**
 * How much there is in each dataset.
 * @param {Record<string, any>} evolution aggregated over all
 * @returns {readonly Extent[]}
 */
export function extentsOf(evolution) {
  return datasetsOf(evolution).map(({ datasetId = DEFAULT_DATASET, totalCount: [[count, from, until]] }) => {
    // An end is told to the microsecond, and is the first moment that is not meant any more.
    return { datasetId, count, from: Date.parse(from), until: Date.parse(until) + 1 }
  })
}

/**
 * Values, objects of a Relationship, texts of a LanguageProperty …: each with its time, of all datasets that were asked for.
 * @param {Record<string, any>} evolution simplified
 * @returns {readonly TimedValue[]}
 */
export function timedValues(evolution) {
  return datasetsOf(evolution).flatMap((dataset) => Object.values(dataset).find(Array.isArray) ?? [])
}

/**
 * @param {readonly TimedValue[]} values
 * @returns {Columns}
 */
export function columnsOfValues(values) {
  return [values.map(([, time]) => secondsOf(time)), values.map(([value]) => numberOf(value))]
}

/**
 * Each period of an aggregated evolution, with what the methods have come to in it.
 * @param {Record<string, any>} evolution
 * @returns {readonly { begin: string, end: string, avg: any, min: any, max: any }[]}
 */
export function periodsOf(evolution) {
  const [{ avg = [], min = [], max = [] } = {}] = datasetsOf(evolution)
  const [least, most] = [valueAt(min), valueAt(max)]
  return avg.map((/** @type {PeriodValue} */ [value, begin, end]) => {
    return { begin, end, avg: value, min: least.get(begin), max: most.get(begin) }
  })
}

/**
 * How many values each period had; of datasets that were asked for together, one after the other.
 * @param {Record<string, any>} evolution aggregated
 * @returns {readonly { begin: string, end: string, total: number, distinct: number }[]}
 */
export function countsOf(evolution) {
  return datasetsOf(evolution).flatMap(({ totalCount = [], distinctCount = [] }) => {
    const different = valueAt(distinctCount)
    return totalCount.map((/** @type {PeriodValue} */ [total, begin, end]) => {
      return { begin, end, total, distinct: different.get(begin) }
    })
  })
}

/** @param {readonly PeriodValue[]} values */
function valueAt(values) {
  return new Map(values.map(([value, begin]) => [begin, value]))
}

/**
 * @param {ReturnType<typeof periodsOf>} periods
 * @returns {Columns} average, least, most
 */
export function columnsOfPeriods(periods) {
  const rows = periods.flatMap(({ begin, end, avg, min, max }, i) => {
    const row = [secondsOf(begin), numberOf(avg), numberOf(min), numberOf(max)]
    const next = periods[i + 1]
    // What is not known is not drawn: no line goes over periods of which there is nothing.
    return next === undefined || next.begin === end ? [row] : [row, [secondsOf(end), null, null, null]]
  })
  const column = (/** @type {number} */ i) => rows.map((row) => row[i] ?? null)
  return [rows.map(([time]) => time ?? 0), column(1), column(2), column(3)]
}

/** @param {string} time */
function secondsOf(time) {
  return Date.parse(time) / 1_000
}

/**
 * @param {unknown} value
 * @returns {number | null}
 */
function numberOf(value) {
  return typeof value === 'number' || typeof value === 'boolean' ? Number(value) : null
}
