import fc from 'fast-check'
import { expect, it } from 'vitest'
import { parseDuration, periodOf, periodStart } from './duration.ts'
import { fromMicros, microsOf } from './time-property.ts'

const SECOND = 1_000_000

it.each([
  ['PT1H', { months: 0, micros: 3_600 * SECOND }],
  ['P1D', { months: 0, micros: 86_400 * SECOND }],
  ['P2W', { months: 0, micros: 14 * 86_400 * SECOND }],
  ['P1M', { months: 1, micros: 0 }],
  ['PT1M', { months: 0, micros: 60 * SECOND }],
  ['P3Y6M4DT12H30M5S', { months: 42, micros: (4 * 86_400 + 12 * 3_600 + 30 * 60 + 5) * SECOND }],
  ['PT0.5S', { months: 0, micros: 500_000 }],
  ['PT0S', undefined],
  ['P0D', undefined],
])('%s is %j', (text, duration) => {
  expect(parseDuration(text, 'x')).toEqual(duration)
})

it.each(['', 'P', 'PT', '1H', 'PT1', 'P1H', 'P-1D', 'P1DT', 'P0003-06-04T12:30:05', 'P1W2D', 'pt1h', 'P99999Y'])(
  '"%s" is none',
  (text) => {
    expect(() => parseDuration(text, 'aggrPeriodDuration')).toThrow(expect.objectContaining({ kind: 'BadRequestData' }))
  },
)

it.each([
  ['2024-01-31T10:00:00Z', 'P1M', ['2024-01-31T10:00:00Z', '2024-02-29T10:00:00Z', '2024-03-31T10:00:00Z']],
  ['2024-02-29T00:00:00Z', 'P1Y', ['2024-02-29T00:00:00Z', '2025-02-28T00:00:00Z', '2026-02-28T00:00:00Z']],
  [
    '2024-12-15T00:00:00.000001Z',
    'P1MT1H',
    ['2024-12-15T00:00:00.000001Z', '2025-01-15T01:00:00.000001Z', '2025-02-15T02:00:00.000001Z'],
  ],
])('periods from %s by %s follow the calendar', (origin, text, starts) => {
  const duration = parseDuration(text, 'x') ?? { months: 0, micros: 1 }
  expect([0, 1, 2].map((k) => fromMicros(periodStart(microsOf(origin), duration, k)))).toEqual(starts)
})

it('a time lies in the period that begins with it or before it, and ends after it', () => {
  const time = fc.integer({ min: microsOf('1999-01-01T00:00:00Z'), max: microsOf('2050-01-01T00:00:00Z') })
  const duration = fc.record({
    months: fc.integer({ min: 0, max: 30 }),
    micros: fc.integer({ min: 1, max: 90 * 86_400 * SECOND }),
  })
  fc.assert(
    fc.property(time, time, duration, (a, b, each) => {
      const [origin, later] = [Math.min(a, b), Math.max(a, b)]
      const k = periodOf(origin, each, later)
      expect(periodStart(origin, each, k)).toBeLessThanOrEqual(later)
      expect(periodStart(origin, each, k + 1)).toBeGreaterThan(later)
    }),
  )
})
