/** What several parts of a period are together. */

import { compareCodePoints } from '../query/comparable.ts'
import type { Summary } from './summary.ts'

/**
 * Of all but `distinct` the same as if all values had been summarized at once; that is the sum, because nobody knows any more
 * which values the parts have in common: it is too great rather than too small.
 */
export function mergeSummaries(parts: readonly (readonly Summary[])[]): readonly Summary[] {
  const merged = new Map<Summary['valueClass'], Summary>()
  for (const part of parts.flat()) {
    const before = merged.get(part.valueClass)
    merged.set(part.valueClass, before === undefined ? part : together(before, part))
  }
  return [...merged.values()]
}

function together(a: Summary, b: Summary): Summary {
  const { valueClass } = a
  return {
    ...{ valueClass, count: a.count + b.count, distinct: (a.distinct ?? 0) + (b.distinct ?? 0) },
    ...numbersOf(a, b),
    ...(a.min !== undefined && b.min !== undefined && { min: compare(a.min, b.min) <= 0 ? a.min : b.min }),
    ...(a.max !== undefined && b.max !== undefined && { max: compare(a.max, b.max) >= 0 ? a.max : b.max }),
  }
}

/** Chan: the deviations of two parts, and that of their means from each other. */
function numbersOf(a: Summary, b: Summary) {
  if (a.sum === undefined || b.sum === undefined) return {}
  const apart = b.sum / b.count - a.sum / a.count
  return {
    sum: a.sum + b.sum,
    sumsq: (a.sumsq ?? 0) + (b.sumsq ?? 0),
    deviation: (a.deviation ?? 0) + (b.deviation ?? 0) + (apart ** 2 * a.count * b.count) / (a.count + b.count),
  }
}

function compare(a: number | string, b: number | string): number {
  return typeof a === 'number' && typeof b === 'number' ? a - b : compareCodePoints(String(a), String(b))
}
