import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ExactNumber } from '../model/exact-number.ts'
import { type ComparableKind, comparableAs, comparablesOf, compareCodePoints } from './comparable.ts'

const KINDS: readonly ComparableKind[] = ['number', 'text', 'boolean', 'dateTime', 'date', 'time', 'uri']
const scalar = fc.constantFrom(
  ...[0, 1.5, true, false, '', 'a', '2020-01-01', '12:00:00Z', '2020-01-01T00:00:00,5Z', 'urn:x:1', null],
  new ExactNumber('1e400'),
  [1],
  { a: 1 },
  { '@type': 'DateTime', '@value': '2020-01-01T00:00:00Z' },
)

describe('a scalar as a value of one kind', () => {
  it('is that of all that it compares as', () => {
    fc.assert(
      fc.property(scalar, fc.constantFrom(...KINDS), (value, kind) => {
        expect(comparableAs(value, kind)).toBe(comparablesOf(value).find((each) => each.kind === kind)?.value)
      }),
    )
  })
})

describe('the order of texts', () => {
  it('is that of their bytes in UTF-8', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (a, b) => {
        expect(Math.sign(compareCodePoints(a, b))).toBe(Buffer.compare(Buffer.from(a), Buffer.from(b)))
      }),
    )
    expect(compareCodePoints('😀', 'ﬀ')).toBeGreaterThan(0)
  })
})
