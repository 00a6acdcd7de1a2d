/** Dates and times as 4.6.3 has them. */

import type { Instant } from './entity.ts'

const DATE_TIME = /^(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2}):(\d{2})(?:[.,](\d{1,6}))?Z$/

/**
 * A DateTime (4.6.3) with the decimal point in place of the comma that requests may use, or undefined where the text
 * is none: not in UTC, reduced, or naming a day or hour that does not exist.
 */
export function normalizeDateTime(text: string): string | undefined {
  const match = DATE_TIME.exec(text)
  if (match === null) return undefined
  const [, year, month, day, hour, minute, second] = match.map(Number)
  if (month === undefined || day === undefined || year === undefined) return undefined
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return undefined
  if ((hour ?? 0) > 23 || (minute ?? 0) > 59 || (second ?? 0) > 59) return undefined
  return text.replace(',', '.')
}

function daysIn(year: number, month: number): number {
  return new Date(Date.UTC(year, month, 0)).getUTCDate()
}

const DATE = /^\d{4}-\d{2}-\d{2}$/
const TIME = /^\d{2}:\d{2}:\d{2}(?:[.,]\d{1,6})?Z$/

/** A point in time as a number of microseconds: since 1970 for a DateTime and for a Date (its midnight), since midnight for a Time. */
export interface Temporal {
  readonly kind: 'dateTime' | 'date' | 'time'
  /** Exact until the year 2255, after that within some microseconds. */
  readonly value: number
}

/** What a text is of the DateTime, Date and Time of 4.6.3; undefined where it is none of them. */
export function temporalOf(text: string): Temporal | undefined {
  const { length } = text
  // Nearly all texts are neither: this is asked of every text that is stored.
  if (length < 9 || length > 27 || !isDigit(text.charCodeAt(0)) || !isDigit(text.charCodeAt(1))) return undefined
  if (length === 10 && DATE.test(text)) return temporal('date', `${text}T00:00:00Z`)
  if (TIME.test(text)) return temporal('time', `1970-01-01T${text}`)
  return length < 20 ? undefined : temporal('dateTime', text)
}

function temporal(kind: Temporal['kind'], dateTime: string): Temporal | undefined {
  const normal = normalizeDateTime(dateTime)
  if (normal === undefined) return undefined
  // Date.parse cuts what is less than a millisecond.
  const fraction = normal.slice(23, -1).padEnd(3, '0')
  return { kind, value: Date.parse(normal) * 1000 + Number(fraction) }
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57
}

/** A normalized DateTime as milliseconds; smaller fractions are cut. */
export function toInstant(dateTime: string): Instant {
  return Date.parse(dateTime)
}

let lastInstant = Number.NaN
let lastText = ''

/** ISO 8601 with milliseconds where there are any: `2026-02-23T05:59:13.107Z`, `2026-02-23T05:59:13Z`. */
export function fromInstant(instant: Instant): string {
  // The system times of one entity are mostly equal, so the last one is remembered.
  if (instant !== lastInstant) {
    lastText = new Date(instant).toISOString().replace('.000Z', 'Z')
    lastInstant = instant
  }
  return lastText
}
