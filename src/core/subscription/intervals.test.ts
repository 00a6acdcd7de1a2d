import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createIntervals } from './intervals.ts'

describe('intervals', () => {
  it('gives those that contain a value, also when some are added later', () => {
    const end = fc.integer({ min: 0, max: 12 })
    const interval = fc.tuple(end, end).map(([a, b]) => ({ least: Math.min(a, b), most: Math.max(a, b) }))
    fc.assert(
      fc.property(fc.array(interval), fc.array(interval), end, (first, later, value) => {
        const intervals = createIntervals<number>()
        const found = (): readonly number[] => {
          const into = new Set<number>()
          intervals.collect(value, into)
          return [...into].sort((a, b) => a - b)
        }
        const all = [...first, ...later]
        const expected = (of: typeof all) =>
          of.flatMap(({ least, most }, i) => (least <= value && value <= most ? [i] : []))
        for (const [i, each] of first.entries()) intervals.add({ ...each, subscription: i })
        expect(found()).toEqual(expected(first))
        for (const [i, each] of later.entries()) intervals.add({ ...each, subscription: first.length + i })
        expect(found()).toEqual(expected(all))
      }),
    )
  })

  it('orders texts by code points, as they are kept elsewhere', () => {
    const intervals = createIntervals<string>()
    intervals.add({ least: '\uffff', most: '\u{10ffff}', subscription: 'beyond' })
    intervals.add({ least: 'a', most: 'b', subscription: 'letters' })
    const into = new Set<string>()
    intervals.collect('😀', into)
    expect([...into]).toEqual(['beyond'])
  })
})
