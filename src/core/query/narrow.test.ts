import { expect, it } from 'vitest'
import type { Candidates, ValueRange } from './lookups.ts'
import { conditionsOf, conjuncts, narrowed } from './narrow.ts'

function values(range: Partial<ValueRange>, path = 'a'): Candidates {
  return { kind: 'values', ranges: [{ path, kind: 'number', ...range }], attribute: 'a', exact: 'scalars' }
}
const one = () => false

it('makes one range of what holds together at one path', () => {
  const [range, ...more] = narrowed(
    [values({ least: 1 }), values({ most: 9 }), values({ least: 1, open: { least: true, most: false } })],
    one,
  )
  expect(more).toEqual([])
  expect(range).toMatchObject({ ranges: [{ path: 'a', least: 1, most: 9, open: { least: true, most: false } }] })
  expect(range && conditionsOf(range)).toBe(3)
})

it('keeps apart what another value may meet, and what stands at another path', () => {
  const both = [values({ least: 1 }), values({ most: 9 })]
  expect(narrowed(both, () => true)).toEqual(both)
  const apart = [values({ least: 1 }), values({ most: 9 }, 'b')]
  expect(narrowed(apart, one)).toEqual(apart)
})

it('takes apart what holds together, however deep', () => {
  const [a, b, c] = [values({ least: 1 }), values({ most: 2 }), values({ least: 3 })]
  expect(conjuncts({ kind: 'all', of: [a, { kind: 'all', of: [b, c] }] } as Candidates)).toEqual([a, b, c])
})
