/** Durations (ISO 8601, as 4.5.19.1 has them) and the periods that follow one another by them. */

import { badRequest } from '../model/problems.ts'
import type { Micros } from './time-property.ts'

export interface Duration {
  /** Months of the calendar: a year is twelve. */
  readonly months: number
  /** All that is as long as any other: weeks, days, hours, minutes and seconds. */
  readonly micros: number
}

export interface Period {
  /** Included. */
  readonly from: Micros
  /** Excluded. */
  readonly until: Micros
}

const SECOND = 1_000_000
const DAY = 86_400 * SECOND
const FORMAT =
  /^P(?:(\d+)W|(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:[.,]\d{1,6})?)S)?)?)$/
/** Months of a thousand years, and as many microseconds: times beyond are no times. */
const MOST_MONTHS = 12_000
const MOST_MICROS = 365_250 * DAY

/**
 * Undefined where it is none at all ("PT0S", "P0D"): one period spans all. Throws BadRequestData where the text is no
 * duration.
 * @param at the parameter that it stands in
 */
export function parseDuration(text: string, at: string): Duration | undefined {
  const match = text === 'P' ? null : FORMAT.exec(text)
  if (match === null) {
    throw badRequest(`"${text}" is no duration; it looks like PT1H, P1D, P1M or P3Y6M4DT12H30M5S`, at)
  }
  const [weeks = 0, years = 0, months = 0, days = 0, hours = 0, minutes = 0] = match
    .slice(1, 7)
    .map((each) => Number(each ?? 0))
  const seconds = Number((match[7] ?? '0').replace(',', '.'))
  const duration = {
    months: years * 12 + months,
    micros: (weeks * 7 + days) * DAY + Math.round((hours * 3_600 + minutes * 60 + seconds) * SECOND),
  }
  if (duration.months > MOST_MONTHS || duration.micros > MOST_MICROS) {
    throw badRequest(`${text} is longer than a thousand years`, at)
  }
  return duration.months === 0 && duration.micros === 0 ? undefined : duration
}

/** Where the k-th period from an origin begins, and so the one before it ends. */
export function periodStart(origin: Micros, { months, micros }: Duration, k: number): Micros {
  return (months === 0 ? origin : addMonths(origin, months * k)) + micros * k
}

/** The number of the period from an origin that a time lies in, which is not before the origin. */
export function periodOf(origin: Micros, duration: Duration, time: Micros): number {
  const { months, micros } = duration
  if (months === 0) return Math.floor((time - origin) / micros)
  // No month is longer than 31 days, so it is never beyond it.
  let k = Math.floor((time - origin) / (months * 31 * DAY + micros))
  while (periodStart(origin, duration, k + 1) <= time) k++
  return k
}

/** The last day of a month stands for days that it does not have. */
function addMonths(time: Micros, months: number): Micros {
  const date = new Date(Math.floor(time / 1_000))
  const day = date.getUTCDate()
  date.setUTCDate(1)
  date.setUTCMonth(date.getUTCMonth() + months)
  date.setUTCDate(Math.min(day, daysIn(date)))
  return date.getTime() * 1_000 + (((time % 1_000) + 1_000) % 1_000)
}

function daysIn(date: Date): number {
  return new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate()
}
