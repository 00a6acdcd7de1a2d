import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Json } from '../model/entity.ts'
import { aggregate } from './aggregate.ts'
import { mergeSummaries } from './merge-summaries.ts'
import { AGGREGATION_METHODS } from './methods.ts'
import { createSummarizing } from './summary.ts'
import { type Aggregated, aggregatedOf } from './value-class.ts'

function summariesOf(values: readonly Json[]) {
  const summarizing = createSummarizing()
  for (const value of values) for (const each of aggregatedOf({ type: 'Property', value })) summarizing.add(each)
  return summarizing.summaries()
}

it('parts together are what all would be at once, but for how many are different', () => {
  const value = fc.oneof(
    fc.integer({ min: -1_000, max: 1_000 }),
    fc.boolean(),
    fc.constantFrom('a', 'Z', '2026-01-01', '10:00:00Z'),
  )
  fc.assert(
    fc.property(fc.array(fc.array(value, { maxLength: 10 }), { maxLength: 5 }), (parts) => {
      const [merged, whole] = [mergeSummaries(parts.map(summariesOf)), summariesOf(parts.flat())]
      for (const method of AGGREGATION_METHODS) {
        const [is, expected] = [aggregate(merged, method), aggregate(whole, method)]
        if (method === 'distinctCount') expect(Number(is ?? 0)).toBeGreaterThanOrEqual(Number(expected ?? 0))
        else if (typeof expected === 'number') expect(is).toBeCloseTo(expected, 6)
        else expect(is).toEqual(expected)
      }
    }),
  )
})

it.each<[Aggregated]>([
  [{ valueClass: 'object', text: '{"type":"Polygon"}' }],
  [{ valueClass: 'uri', text: 'urn:x:1' }],
  [{ valueClass: 'relationship', text: 'urn:x:1' }],
])('keep nothing that no method uses: %j', (value) => {
  const summarizing = createSummarizing()
  summarizing.add(value)
  const { valueClass } = value
  const own = summarizing.summaries()
  expect(own).toEqual([{ valueClass, count: 1, distinct: 1 }])
  // As they were kept once.
  const kept = { valueClass, count: 2, distinct: 1, min: 'a', max: 'b' }
  expect(mergeSummaries([[kept], own])).toEqual([{ valueClass, count: 3, distinct: 2 }])
})
