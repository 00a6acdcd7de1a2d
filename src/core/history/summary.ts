/**
 * What the values of one class in one period are together: enough for every aggregation method, and such that summaries of
 * parts make that of the whole. Databases that can make it of their rows; all others have it made here.
 */

import { compareCodePoints } from '../query/comparable.ts'
import { isEligible, type ValueClass } from './methods.ts'
import type { Aggregated } from './value-class.ts'

export interface Summary {
  readonly valueClass: ValueClass
  /** Of instances; at least one. */
  readonly count: number
  /** Different values, where they were counted. */
  readonly distinct?: number
  /** Of numbers, booleans, lengths of arrays, and times. */
  readonly sum?: number
  /** Sum of squares. */
  readonly sumsq?: number
  /** Sum of the squares of what each differs from the mean: of `sumsq` it cannot be had where values are large and alike. */
  readonly deviation?: number
  /**
   * The least and the greatest: numbers, or texts where the class has no numbers; of dates and times as they were written. Of classes
   * that have an order; summaries that were made before may have them of others, too.
   */
  readonly min?: number | string
  readonly max?: number | string
}

export interface Summarizing {
  add(value: Aggregated): void
  summaries(): readonly Summary[]
}

interface Sums {
  /** Whether its values have a least and a greatest. */
  readonly isOrdered: boolean
  count: number
  sum: number
  /** Of what was lost in adding (Kahan, Neumaier). */
  lost: number
  sumsq: number
  mean: number
  deviation: number
  least: Aggregated | undefined
  greatest: Aggregated | undefined
  readonly different: Set<number | string>
}

/** Of values in any order. */
export function createSummarizing(): Summarizing {
  const byClass = new Map<ValueClass, Sums>()
  return {
    add: (value) => {
      const sums = byClass.get(value.valueClass) ?? newSums(value.valueClass)
      byClass.set(value.valueClass, sums)
      addTo(sums, value)
    },
    summaries: () => [...byClass].map(([valueClass, sums]) => summaryOf(valueClass, sums)),
  }
}

function newSums(valueClass: ValueClass): Sums {
  const none = { least: undefined, greatest: undefined, different: new Set<number | string>() }
  const isOrdered = isEligible(valueClass, 'min')
  return { isOrdered, count: 0, sum: 0, lost: 0, sumsq: 0, mean: 0, deviation: 0, ...none }
}

function addTo(sums: Sums, value: Aggregated): void {
  const { number, text } = value
  if (!value.isFurther) sums.count++
  sums.different.add(text ?? number ?? '')
  if (sums.isOrdered) addToEnds(sums, value)
  if (number === undefined) return
  const sum = sums.sum + number
  sums.lost += Math.abs(sums.sum) >= Math.abs(number) ? sums.sum - sum + number : number - sum + sums.sum
  sums.sum = sum
  sums.sumsq += number * number
  // Welford.
  const delta = number - sums.mean
  sums.mean += delta / sums.count
  sums.deviation += delta * (number - sums.mean)
}

function addToEnds(sums: Sums, value: Aggregated): void {
  if (sums.least === undefined || compare(value, sums.least) < 0) sums.least = value
  if (sums.greatest === undefined || compare(value, sums.greatest) > 0) sums.greatest = value
}

function compare(a: Aggregated, b: Aggregated): number {
  if (a.number !== undefined && b.number !== undefined) return a.number - b.number
  return compareCodePoints(a.text ?? '', b.text ?? '')
}

/** Made in one go: of short periods there are as many summaries as values. */
function summaryOf(valueClass: ValueClass, sums: Sums): Summary {
  const { count, sum, lost, sumsq, deviation, least, greatest, different } = sums
  const distinct = different.size
  if (least === undefined || greatest === undefined) return { valueClass, count, distinct }
  const [min, max] = [shown(valueClass, least), shown(valueClass, greatest)]
  if (!NUMERIC.has(valueClass)) return { valueClass, count, distinct, min, max }
  return { valueClass, count, distinct, sum: sum + lost, sumsq, deviation, min, max }
}

const NUMERIC: ReadonlySet<ValueClass> = new Set(['number', 'boolean', 'array', 'time'])
const WRITTEN: ReadonlySet<ValueClass> = new Set(['dateTime', 'date', 'time'])

function shown(valueClass: ValueClass, { number, text = '' }: Aggregated): number | string {
  return WRITTEN.has(valueClass) ? text : (number ?? text)
}
