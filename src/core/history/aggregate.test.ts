import { describe, expect, it } from 'vitest'
import type { AttributeInstance, Json } from '../model/entity.ts'
import { aggregate } from './aggregate.ts'
import { AGGREGATION_METHODS, type AggregationMethod } from './methods.ts'
import { createSummarizing } from './summary.ts'
import { aggregatedOf } from './value-class.ts'

function resultsOf(values: readonly Json[], type: AttributeInstance['type'] = 'Property') {
  const summarizing = createSummarizing()
  for (const value of values) for (const each of aggregatedOf({ type, value })) summarizing.add(each)
  const summaries = summarizing.summaries()
  const results = AGGREGATION_METHODS.map((method) => [method, aggregate(summaries, method)] as const)
  return Object.fromEntries(results.filter(([, result]) => result !== undefined)) as Partial<
    Record<AggregationMethod, Json>
  >
}

describe('what each method makes of values (4.5.19.1)', () => {
  it.each<[string, readonly Json[], object]>([
    [
      'numbers',
      [2, 4, 4, 6],
      { avg: 4, distinctCount: 3, max: 6, min: 2, stddev: Math.SQRT2, sum: 16, sumsq: 72, totalCount: 4 },
    ],
    [
      'booleans',
      [true, false, true, false],
      { avg: 0.5, distinctCount: 2, max: 1, min: 0, stddev: 0.5, sum: 2, sumsq: 2, totalCount: 4 },
    ],
    [
      'arrays: their sizes',
      [[1, 2], [3], [1, 2]],
      { avg: 5 / 3, distinctCount: 2, max: 2, min: 1, sum: 5, totalCount: 3 },
    ],
    ['texts', ['b', 'a', 'Z', 'a'], { distinctCount: 3, max: 'b', min: 'Z', totalCount: 4 }],
    ['objects', [{ a: 1 }, { a: 2 }, { a: 1 }], { distinctCount: 2, totalCount: 3 }],
    [
      'DateTimes',
      ['2026-01-01T00:00:00.5Z', '2026-01-01T00:00:00Z'],
      { distinctCount: 2, max: '2026-01-01T00:00:00.5Z', min: '2026-01-01T00:00:00Z', totalCount: 2 },
    ],
    [
      'typed values',
      [
        { '@type': 'Date', '@value': '2026-01-02' },
        { '@type': 'Date', '@value': '2026-01-01' },
      ],
      { distinctCount: 2, max: '2026-01-02', min: '2026-01-01', totalCount: 2 },
    ],
    [
      'Times',
      ['10:00:00Z', '11:00:00Z'],
      { avg: '10:30:00Z', distinctCount: 2, max: '11:00:00Z', min: '10:00:00Z', totalCount: 2 },
    ],
    ['deletions: none', ['urn:ngsi-ld:null'], {}],
  ])('%s', (_, values, results) => {
    expect(resultsOf(values)).toEqual(results)
  })

  it('of Relationships: each target once, and how many times it was updated (Table 4.5.19.1-3)', () => {
    expect(resultsOf(['urn:a', ['urn:a', 'urn:b']], 'Relationship')).toEqual({ distinctCount: 2, totalCount: 2 })
  })

  it('of a VocabProperty, which has URIs, what they allow', () => {
    expect(resultsOf(['https://example.org/a', 'https://example.org/b'], 'VocabProperty')).toEqual({
      distinctCount: 2,
      totalCount: 2,
    })
  })

  it('numbers decide where there are texts as well', () => {
    expect(resultsOf([1, 'a', 3])).toMatchObject({ avg: 2, max: 3, min: 1, totalCount: 3, distinctCount: 3 })
  })

  it('loses nothing where values are large and alike', () => {
    const { stddev, sum } = resultsOf([1e9 + 1, 1e9 + 2, 1e9 + 3])
    expect(stddev).toBeCloseTo(Math.sqrt(2 / 3), 9)
    expect(sum).toBe(3e9 + 6)
  })
})
