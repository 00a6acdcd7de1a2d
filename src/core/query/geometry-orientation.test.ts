import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { orientation } from './geometry-orientation.ts'

const degree = fc.double({ min: -180, max: 180, noNaN: true })
const whole = fc.integer({ min: -1000, max: 1000 })

describe('the side of a line', () => {
  it('is left where the number is positive, right where it is negative, and 0 on the line', () => {
    expect(orientation(0, 0, 10, 0, 5, 1)).toBeGreaterThan(0)
    expect(orientation(0, 0, 10, 0, 5, -1)).toBeLessThan(0)
    expect(orientation(0, 0, 10, 0, 20, 0)).toBe(0)
  })

  it('is known where doubles round it away', () => {
    const step = 2 ** -52
    expect(Math.sign(orientation(0.5, 0.5, 12, 12, 24, 24))).toBe(0)
    expect(Math.sign(orientation(0.5, 0.5, 12, 12, 0.5 + step, 0.5))).toBe(-1)
    expect(Math.sign(orientation(0.5, 0.5, 12, 12, 24, 24 + 16 * step))).toBe(1)
    expect(Math.sign(orientation(0, 0, 1e-200, 1e-200, 1e-200, 5e-324))).toBe(-1)
  })

  it('is that of whole numbers, where those are divided by a power of two', () => {
    fc.assert(
      fc.property(
        fc.tuple(whole, whole, whole, whole, whole, whole),
        fc.integer({ min: 0, max: 600 }),
        (all, power) => {
          const [ax, ay, bx, by, cx, cy] = all
          const exact = (ax - cx) * (by - cy) - (ay - cy) * (bx - cx)
          const [a, b, c, d, e, f] = all.map((n) => n * 2 ** -power) as typeof all
          expect(Math.sign(orientation(a, b, c, d, e, f))).toBe(Math.sign(exact) + 0)
        },
      ),
    )
  })

  it('is the other one for the line in the other direction', () => {
    fc.assert(
      fc.property(degree, degree, degree, degree, degree, degree, (ax, ay, bx, by, cx, cy) => {
        expect(Math.sign(orientation(ax, ay, bx, by, cx, cy))).toBe(
          -Math.sign(orientation(bx, by, ax, ay, cx, cy)) || 0,
        )
      }),
    )
  })
})
