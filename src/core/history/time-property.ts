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

/** Of a normalized DateTime. */
export function microsOf(dateTime: string): Micros {
  return temporalOf(dateTime)?.value ?? Number.NaN
}

/** As a DateTime, with as many decimals as it has. */
export function fromMicros(micros: Micros): string {
  const text = new Date(Math.floor(micros / 1_000)).toISOString()
  const fraction = ((micros % 1_000_000) + 1_000_000) % 1_000_000
  const decimals = fraction === 0 ? '' : `.${String(fraction).padStart(6, '0').replace(/0+$/, '')}`
  return `${text.slice(0, 19)}${decimals}Z`
}
