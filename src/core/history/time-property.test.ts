import fc from 'fast-check'
import { expect, it } from 'vitest'
import { fromMicros, microsOf } from './time-property.ts'

/** Milliseconds of which microseconds are whole numbers that a double holds: from 1716 to 2223. */
const EXACT = 8e12

it('writes a time with the decimals that it has, of whatever day, also before 1970', () => {
  const times = fc.record({ ms: fc.integer({ min: -EXACT, max: EXACT }), micros: fc.nat(999) })
  fc.assert(
    fc.property(fc.array(times), (all) => {
      for (const { ms, micros } of all) {
        const text = new Date(ms).toISOString()
        const decimals = `${text.slice(19, 23)}${String(micros).padStart(3, '0')}`.replace(/\.?0+$/, '')
        const written = `${text.slice(0, 19)}${decimals}Z`
        expect(fromMicros(ms * 1_000 + micros)).toBe(written)
        expect(microsOf(written)).toBe(ms * 1_000 + micros)
      }
    }),
  )
})
