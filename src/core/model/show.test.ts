import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseNumber } from './exact-number.ts'
import { show } from './show.ts'

describe('show: a value for a message', () => {
  it('writes JSON, and of what is longer its beginning', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value)
        expect(show(value)).toBe(text.length > 60 ? `${text.slice(0, 57)}…` : text)
      }),
      { numRuns: 1000 },
    )
  })

  it.each([
    [undefined, 'nothing'],
    [parseNumber('100000000000000001'), '100000000000000001'],
    [[{ a: parseNumber('0.10000000000000000001') }], '[{"a":0.10000000000000000001}]'],
    [parseNumber('9'.repeat(900)), `${'9'.repeat(57)}…`],
  ])('%j is %s', (value, text) => {
    expect(show(value)).toBe(text)
  })

  it('reads of a large value no more than it shows', () => {
    let read = 0
    const items = new Proxy(
      Array.from({ length: 100_000 }, (_, i) => i),
      {
        get(target, key, receiver) {
          read++
          return Reflect.get(target, key, receiver)
        },
      },
    )
    expect(show({ items })).toMatch(/^\{"items":\[0,1,2,.*…$/)
    expect(read).toBeLessThan(200)
  })
})
