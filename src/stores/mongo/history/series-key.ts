import type { Micros } from '../../../core/history/time-property.ts'

/** Above the microseconds of any year, also of those before 1970. */
const OFFSET = 10n ** 18n
const DIGITS = 12

/** A text that grows with time. */
function placeKey(at: Micros): string {
  return (BigInt(Math.floor(at)) + OFFSET).toString(36).padStart(DIGITS, '0')
}

/**
 * The id of an instance: its series, where it stands in time, the position of the change that it came with, and its number in that. So the
 * index on ids, the only one that all servers read in its order, has each series in the order of time.
 */
export function instanceKey(s: string, at: Micros, position: string, number: number): string {
  return `${s}${placeKey(at)}${position}${number.toString(36).padStart(4, '0')}`
}

/** Comes after whatever stands behind a series. */
const END = '~'

/** Ids of a series from a time on, and before another. */
export function keysBetween(s: string, from?: Micros, until?: Micros) {
  const has = (time: Micros | undefined): time is Micros => time !== undefined && Number.isFinite(time)
  return {
    $gte: has(from) ? s + placeKey(Math.ceil(from)) : s,
    $lt: until === Number.NEGATIVE_INFINITY ? s : has(until) ? s + placeKey(Math.ceil(until)) : s + END,
  }
}
