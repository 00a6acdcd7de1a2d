/** The Temporal Properties (4.8) by which instances are selected and put in order. */

import { temporalOf } from '../model/date-time.ts'
import type { NewInstance } from './past-instance.ts'

export const TIME_PROPERTIES = ['observedAt', 'createdAt', 'modifiedAt', 'deletedAt'] as const

/** 4.11: "If no timeproperty is specified, the temporal query is applied to the default Temporal Property observedAt." */
export type TimeProperty = (typeof TIME_PROPERTIES)[number]

/** Microseconds since 1970: what DateTimes (4.6.3) are compared as. */
export type Micros = number

type Timed = Pick<NewInstance, 'observedAt' | 'createdAt' | 'modifiedAt' | 'deletedAt'>

/** Undefined where the instance does not convey it: then no temporal query matches it (4.11). */
export function timeOf(instance: Timed, property: TimeProperty): Micros | undefined {
  if (property === 'observedAt') return instance.observedAt === undefined ? undefined : microsOf(instance.observedAt)
  const instant = instance[property]
  return instant === undefined ? undefined : instant * 1_000
}

/** Where an instance stands among all of its Attribute, whatever it conveys: when it was observed, else when it came. */
export function placeOf(instance: Timed): Micros {
  return timeOf(instance, 'observedAt') ?? instance.createdAt * 1_000
}

/**
 * The first and the last that are told apart, 1696-03-17 and 2243-10-17: far enough from what a double, and so every store, holds exactly
 * that the ends of any period are held, too.
 */
const [FIRST, LAST] = [-8.64e15, 8.64e15]

/** Of a normalized DateTime; what lies before the first or behind the last, such as the year 9999, stands there. */
export function microsOf(dateTime: string): Micros {
  const micros = temporalOf(dateTime)?.value ?? Number.NaN
  return Math.min(Math.max(micros, FIRST), LAST)
}

/** As a DateTime, with as many decimals as it has. */
export function fromMicros(micros: Micros): string {
  const seconds = Math.floor(micros / SECOND)
  const fraction = Math.round(micros - seconds * SECOND)
  const decimals = fraction === 0 ? '' : `.${String(fraction).padStart(6, '0').replace(/0+$/, '')}`
  const day = Math.floor(seconds / DAY)
  const [second, minute] = [seconds - day * DAY, Math.floor((seconds - day * DAY) / 60)]
  return `${dayText(day)}T${TWO[Math.floor(minute / 60)]}:${TWO[minute % 60]}:${TWO[second % 60]}${decimals}Z`
}

const SECOND = 1_000_000
const DAY = 86_400
const TWO = Array.from({ length: 60 }, (_, n) => String(n).padStart(2, '0'))

/** Times that are written together are of one day, or of few: to have a date written takes five times as long as all else. */
let lastDay = { day: 0, text: '1970-01-01' }

function dayText(day: number): string {
  if (day !== lastDay.day) lastDay = { day, text: new Date(day * DAY * 1_000).toISOString().slice(0, -14) }
  return lastDay.text
}
