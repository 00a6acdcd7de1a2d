/** What the page asks of the broker: paths with their queries. Times are milliseconds since 1970. */

const API = '/ngsi-ld/v1'

/** More values than a chart has points are shown as what they were together in each period. */
export const MOST_POINTS = 400
/** Rows of a table of values that no chart can show. */
export const MOST_ROWS = 200
/** Entities that are proposed. */
const MOST_PROPOSED = 1_000

const DAY = 86_400_000

/**
 * @typedef {object} Series
 * @property {string} id of the entity
 * @property {string} attribute a short name, or an IRI
 * @property {string} [datasetId] where the Attribute has several instances at a time
 * @property {string} timeProperty `observedAt`, `createdAt` or `modifiedAt`
 * @property {number} [from]
 * @property {number} [until] the first moment that is not meant any more
 */

/**
 * @typedef {object} Step
 * @property {string} duration of ISO 8601
 * @property {string} words
 * @property {number} ms about
 * @property {(ms: number) => number} begin of the period that has a moment in it, in UTC
 */

/** Finest first. Weeks begin on Mondays, as 5 January 1970 was one. */
const STEPS = /** @type {readonly Step[]} */ ([
  fixed('PT1S', 'second', 1_000),
  fixed('PT10S', '10 seconds', 10_000),
  fixed('PT1M', 'minute', 60_000),
  fixed('PT10M', '10 minutes', 600_000),
  fixed('PT1H', 'hour', 3_600_000),
  fixed('PT6H', '6 hours', DAY / 4),
  fixed('P1D', 'day', DAY),
  fixed('P7D', 'week', 7 * DAY, 4 * DAY),
  { duration: 'P1M', words: 'month', ms: 30 * DAY, begin: (ms) => beginOfMonth(new Date(ms)) },
])
const YEAR = /** @type {Step} */ ({
  ...{ duration: 'P1Y', words: 'year', ms: 365 * DAY },
  begin: (ms) => Date.UTC(new Date(ms).getUTCFullYear(), 0),
})

/**
 * @param {string} duration
 * @param {string} words
 * @param {number} ms
 * @param {number} [first] a moment at which such a period begins
 * @returns {Step}
 */
function fixed(duration, words, ms, first = 0) {
  return { duration, words, ms, begin: (moment) => Math.floor((moment - first) / ms) * ms + first }
}

/** @param {Date} date */
function beginOfMonth(date) {
  return Date.UTC(date.getUTCFullYear(), date.getUTCMonth())
}

/**
 * The finest periods of which a time has no more than a chart has points.
 * @param {number} ms how long the time is
 * @returns {Step}
 */
export function stepFor(ms) {
  return STEPS.find((step) => ms / step.ms < MOST_POINTS) ?? YEAR
}

export function typesPath() {
  return `${API}/types`
}

export function contextsPath() {
  return `${API}/jsonldContexts?kind=Hosted`
}

/**
 * Entities of a type that have a history, also those of which only summaries are left; nothing but their ids.
 * @param {{ type: string, timeProperty: string }} of
 */
export function evolutionsPath({ type, timeProperty }) {
  const aggregated = { format: 'aggregatedValues', aggrMethods: 'totalCount' }
  const query = { type, pick: 'id', timerel: 'after', timeAt: isoTime(0), timeproperty: timeProperty, ...aggregated }
  return `${API}/temporal/entities?${new URLSearchParams({ ...query, limit: String(MOST_PROPOSED) })}`
}

/**
 * The last instance of each Attribute, with all of its times.
 * @param {{ id: string, timeProperty: string }} of
 */
export function lastInstancesPath({ id, timeProperty }) {
  return evolutionPath(id, { lastN: '1', timeproperty: timeProperty, options: 'sysAttrs' })
}

/**
 * What there is beside these Attributes, whose instances are known: such as have only summaries left.
 * @param {{ id: string, timeProperty: string }} of
 * @param {readonly string[]} attributes
 */
export function summarizedPath({ id, timeProperty }, attributes) {
  // Numbers have a standard deviation, and nothing else has.
  const methods = { format: 'aggregatedValues', aggrMethods: 'totalCount,stddev', timeproperty: timeProperty }
  return evolutionPath(id, { ...methods, ...(attributes.length > 0 && { omit: attributes.join(',') }) })
}

/**
 * How many values there are, and from when to when.
 * @param {Series} series
 */
export function extentPath(series) {
  return seriesPath(series, { format: 'aggregatedValues', aggrMethods: 'totalCount', aggrPeriodDuration: 'PT0S' })
}

/**
 * Each value with its time.
 * @param {Series} series
 */
export function valuesPath(series) {
  return seriesPath(series, { format: 'temporalValues' })
}

/**
 * The last values with their times, the newest first.
 * @param {Series} series
 */
export function lastValuesPath(series) {
  return seriesPath(series, { format: 'temporalValues', lastN: String(MOST_ROWS) })
}

/**
 * Average, least and most of each period. The first one begins where the calendar has it, not at the first value.
 * @param {Series & { from: number }} series
 * @param {Step} step
 */
export function aggregatesPath(series, step) {
  const methods = { format: 'aggregatedValues', aggrMethods: 'avg,min,max', aggrPeriodDuration: step.duration }
  return seriesPath({ ...series, from: step.begin(series.from) }, methods)
}

/**
 * How many values there were in each period, and how many different ones.
 * @param {Series & { from: number }} series
 * @param {Step} step
 */
export function countsPath(series, step) {
  const methods = { format: 'aggregatedValues', aggrMethods: 'totalCount,distinctCount' }
  return seriesPath({ ...series, from: step.begin(series.from) }, { ...methods, aggrPeriodDuration: step.duration })
}

/**
 * @param {Series} series
 * @param {Record<string, string>} query
 */
function seriesPath({ id, attribute, datasetId, timeProperty, from, until }, query) {
  return evolutionPath(id, {
    ...{ pick: attribute, ...query, ...timeQuery(from, until) },
    ...(datasetId !== undefined && { datasetId }),
    // The default need not be said.
    ...(timeProperty !== 'observedAt' && { timeproperty: timeProperty }),
  })
}

/**
 * @param {number} [from]
 * @param {number} [until]
 * @returns {Record<string, string>}
 */
function timeQuery(from, until) {
  if (from === undefined || until === undefined) return {}
  return { timerel: 'between', timeAt: isoTime(from), endTimeAt: isoTime(until) }
}

/**
 * @param {string} id
 * @param {Record<string, string>} query
 */
function evolutionPath(id, query) {
  // As people write it: a URI may have colons in a path, and commas in a query.
  const path = encodeURIComponent(id).replaceAll('%3A', ':')
  const written = new URLSearchParams(query).toString().replaceAll('%3A', ':').replaceAll('%2C', ',')
  return `${API}/temporal/entities/${path}?${written}`
}

/** @param {number} ms */
function isoTime(ms) {
  return new Date(ms).toISOString().replace('.000Z', 'Z')
}
