/** The NGSI-LD Temporal Query language (4.11, 5.2.21), from its parameters. */

import { normalizeDateTime } from '../model/date-time.ts'
import { badRequest } from '../model/problems.ts'
import { AGGREGATION_METHODS, type AggregationMethod } from './methods.ts'
import type { InstanceSelection } from './selection.ts'
import { type Micros, microsOf, TIME_PROPERTIES, type TimeProperty } from './time-property.ts'

/** As they were sent. */
export interface TemporalParameters {
  readonly timerel?: string | undefined
  readonly timeAt?: string | undefined
  readonly endTimeAt?: string | undefined
  readonly timeproperty?: string | undefined
}

export interface TemporalQuery extends Pick<InstanceSelection, 'timeProperty' | 'from' | 'until'> {
  /** Whether a relation to a time was asked for. */
  readonly relation?: 'before' | 'after' | 'between'
}

/** Throws BadRequestData. */
export function parseTemporalQuery(sent: TemporalParameters): TemporalQuery {
  const { timerel, timeAt, endTimeAt } = sent
  const timeProperty = propertyOf(sent.timeproperty)
  if (timerel === undefined) {
    for (const [name, value] of Object.entries({ timeAt, endTimeAt })) {
      if (value !== undefined) throw badRequest(`stands without timerel; add timerel=before, after or between`, name)
    }
    return { timeProperty }
  }
  if (timerel !== 'before' && timerel !== 'after' && timerel !== 'between') {
    throw badRequest(`"${timerel}" is no relation; it is before, after or between`, 'timerel')
  }
  if (timeAt === undefined)
    throw badRequest(`timerel=${timerel} needs timeAt, such as timeAt=2026-02-23T05:59:13Z`, 'timeAt')
  const at = parseMoment(timeAt, 'timeAt')
  if (timerel !== 'between') {
    if (endTimeAt !== undefined) throw badRequest('is for timerel=between only', 'endTimeAt')
    return { timeProperty, relation: timerel, ...(timerel === 'before' ? { until: at } : { from: at }) }
  }
  if (endTimeAt === undefined)
    throw badRequest('timerel=between needs endTimeAt, the time at which it ends', 'endTimeAt')
  const until = parseMoment(endTimeAt, 'endTimeAt')
  if (until < at)
    throw badRequest(`is before timeAt, so that no time lies between; send the later one here`, 'endTimeAt')
  return { timeProperty, relation: timerel, from: at, until }
}

function propertyOf(sent = 'observedAt'): TimeProperty {
  const property = TIME_PROPERTIES.find((name) => name === sent)
  if (property !== undefined) return property
  throw badRequest(`"${sent}" is no Temporal Property; it is one of ${TIME_PROPERTIES.join(', ')}`, 'timeproperty')
}

/** Throws BadRequestData. */
export function parseMoment(text: string, at: string): Micros {
  const normal = normalizeDateTime(text)
  if (normal !== undefined) return microsOf(normal)
  throw badRequest(`"${text}" is no date and time in UTC such as 2026-02-23T05:59:13Z`, at)
}

/** Each once. Throws BadRequestData. */
export function parseMethods(names: readonly string[], at: string): readonly AggregationMethod[] {
  const methods = names.map((name) => {
    const method = AGGREGATION_METHODS.find((each) => each === name)
    if (method !== undefined) return method
    throw badRequest(`"${name}" is no aggregation method; they are ${AGGREGATION_METHODS.join(', ')}`, at)
  })
  return [...new Set(methods)]
}
