/** Aggregation methods applied to what the values of a period are together (4.5.19.1). */

import type { Json } from '../model/entity.ts'
import { compareCodePoints } from '../query/comparable.ts'
import { type AggregationMethod, isEligible, type ValueClass } from './methods.ts'
import type { Summary } from './summary.ts'
import { fromMicros } from './time-property.ts'

/** Summaries of one Attribute and dataset. `from` included, `until` excluded, microseconds. */
export interface SummarizedPeriod {
  readonly from: number
  readonly until: number
  readonly summaries: readonly Summary[]
}

/**
 * What a method makes of the values of a period: of those of the classes that it is defined for, and undefined where there
 * are none, or the result is beyond all numbers. Numbers, booleans and lengths of arrays are numbers together; where there are any, a method that needs an
 * order looks at them alone.
 */
export function aggregate(summaries: readonly Summary[], method: AggregationMethod): Json | undefined {
  const eligible = summaries.filter(({ valueClass }) => isEligible(valueClass, method))
  if (eligible.length === 0) return undefined
  if (method === 'totalCount') return sumOf(eligible, ({ count }) => count)
  if (method === 'distinctCount') return sumOf(eligible, ({ distinct = 0 }) => distinct)
  const numbers = eligible.filter(({ valueClass }) => NUMBERS.has(valueClass))
  if (numbers.length === 0) return ofOthers(eligible, method)
  const result = ofNumbers(numbers, method)
  // JSON has no number for what is beyond all.
  return Number.isFinite(result) ? result : undefined
}

const NUMBERS: ReadonlySet<ValueClass> = new Set(['number', 'boolean', 'array'])

function ofNumbers(summaries: readonly Summary[], method: AggregationMethod): number {
  const count = sumOf(summaries, (each) => each.count)
  const sum = sumOf(summaries, (each) => each.sum ?? 0)
  switch (method) {
    case 'min':
      return Math.min(...summaries.map(({ min }) => Number(min)))
    case 'max':
      return Math.max(...summaries.map(({ max }) => Number(max)))
    case 'avg':
      return sum / count
    case 'sum':
      return sum
    case 'sumsq':
      return sumOf(summaries, (each) => each.sumsq ?? 0)
    default:
      return Math.sqrt(deviationOf(summaries, sum / count) / count)
  }
}

/** Of several classes together: what each differs in itself, and their means from the mean of all. */
function deviationOf(summaries: readonly Summary[], mean: number): number {
  return sumOf(summaries, ({ count, sum = 0, deviation = 0 }) => deviation + count * (sum / count - mean) ** 2)
}

function ofOthers(summaries: readonly Summary[], method: AggregationMethod): Json | undefined {
  if (method === 'avg') {
    const count = sumOf(summaries, (each) => each.count)
    return timeText(sumOf(summaries, (each) => each.sum ?? 0) / count)
  }
  const texts = summaries.map((each) => String(method === 'min' ? each.min : each.max)).sort(compareCodePoints)
  return method === 'min' ? texts[0] : texts.at(-1)
}

/** A Time (4.6.3) of microseconds since midnight. */
function timeText(micros: number): string {
  return fromMicros(Math.round(micros)).slice(11)
}

function sumOf<T>(items: readonly T[], numberOf: (item: T) => number): number {
  return items.reduce((sum, item) => sum + numberOf(item), 0)
}
