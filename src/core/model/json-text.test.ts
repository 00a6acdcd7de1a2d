import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ExactNumber } from './exact-number.ts'
import { JsonTextError, parseJson, parseStoredJson, stringifyJson } from './json-text.ts'

const limits = { depth: 64, digits: 1000 }

describe('JSON text', () => {
  it('is what JSON.parse makes of it, for any JSON value', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
        const text = JSON.stringify(value)
        expect(stringifyJson(parseJson(text, limits)).text).toBe(JSON.stringify(JSON.parse(text)))
      }),
    )
  })

  it.each([
    ['12345678901234567890', '12345678901234567890'],
    ['0.1234567890123456789', '0.1234567890123456789'],
    ['-98765432109876543.21', '-98765432109876543.21'],
    ['1E+2', '100'],
    ['1.50', '1.5'],
    ['1e400', '1e400'],
    ['-3.8016090000000002', '-3.8016090000000002'],
    ['100000000000000000000', '100000000000000000000'],
    ['0.000001', '0.000001'],
    ['1e-7', '1e-7'],
    ['-0', '0'],
    ['-0.0', '0'],
  ])('gives the number %s back as %s', (sent, expected) => {
    const parsed = parseJson(`{"value":[${sent}]}`, limits)
    const { text, exact } = stringifyJson(parsed)
    expect(text).toBe(`{"value":[${expected}]}`)
    expect(stringifyJson(parseStoredJson(text, exact)).text).toBe(text)
  })

  it('keeps any decimal equal, through the store and back', () => {
    const digits = fc.stringMatching(/^[1-9][0-9]{0,30}$/)
    fc.assert(
      fc.property(digits, digits, fc.integer({ min: -30, max: 30 }), (whole, fraction, exponent) => {
        const parsed = parseJson(`${whole}.${fraction}e${exponent}`, limits)
        const { text, exact } = stringifyJson({ n: parsed })
        const back = parseStoredJson(text, exact) as unknown as { n: number | ExactNumber }
        const shown = back.n instanceof ExactNumber ? back.n.text : String(back.n)
        expect(asFraction(shown)).toEqual(asFraction(`${whole}.${fraction}e${exponent}`))
      }),
    )
  })

  it.each([
    ['{"a":1,"a":2}', 'a'],
    ['[{"b":{"c":1,"d":2,"c":3}}]', 'c'],
    ['{"x":{"__proto__":1,"__proto__":2}}', '__proto__'],
    ['{"a":"\\u0061","\\u0061":2}', 'a'],
  ])('refuses %s, which names a member twice', (text, member) => {
    const error = thrownBy(() => parseJson(text, limits))
    expect(error.reason).toBe('duplicate')
    expect(error.message).toContain(`"${member}"`)
  })

  it('takes a member that is named twice with the same value: nothing is lost', () => {
    expect(parseJson('{"a":[1],"a":[1]}', limits)).toEqual({ a: [1] })
  })

  it('takes a member that is named twice in different objects', () => {
    expect(parseJson('[{"a":1},{"a":2},{"b":{"a":3}}]', limits)).toEqual([{ a: 1 }, { a: 2 }, { b: { a: 3 } }])
  })

  it('keeps members named __proto__ and constructor as data', () => {
    const text = '{"__proto__":{"polluted":true},"constructor":{"prototype":1},"n":12345678901234567890}'
    expect(stringifyJson(parseJson(text, limits)).text).toBe(text)
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
  })

  it.each([
    ['[1,2', 'end of array'],
    ['{"a":}', 'value expected'],
    ['{"a" 1}', "Colon ':' expected"],
    ["{'a':1}", 'object key'],
    ['nul', 'value expected'],
    ['[01]', "Comma ',' expected"],
    ['["\u0001"]', 'Invalid character'],
    ['[1] x', 'end of input'],
    ['"unfinished', 'End of string'],
    ['[.5]', 'rray item'],
  ])('says what is wrong with %s, and where', (text, message) => {
    const error = thrownBy(() => parseJson(text, limits))
    expect(error.reason).toBe('syntax')
    expect(error.message).toContain(message)
    expect(error.position).toBeLessThanOrEqual(text.length)
  })

  it('bounds the depth before it parses', () => {
    const deep = '['.repeat(100_000) + ']'.repeat(100_000)
    expect(thrownBy(() => parseJson(deep, limits)).reason).toBe('limit')
    expect(parseJson('['.repeat(64) + ']'.repeat(64), limits)).toBeDefined()
  })

  it.each([
    ['text that does not end', '['.repeat(250_000)],
    ['objects', '{"a":'.repeat(250_000)],
    ['text that is JSON', '['.repeat(250_000) + ']'.repeat(250_000)],
    ['text with an exact number', `${'['.repeat(250_000)}1e400${']'.repeat(250_000)}`],
  ])('says that it is too deep where no limit is set but the stack: %s', (_, text) => {
    const error = thrownBy(() => parseJson(text, { depth: Number.POSITIVE_INFINITY, digits: 1000 }))
    expect(error.reason).toBe('limit')
    expect(error.message).toMatch(/250000 deep.*BOYA_MAX_JSON_DEPTH/)
    expect(error.position).toBe(text.lastIndexOf(text.startsWith('[') ? '[' : '{'))
  })

  it('bounds the length of a number', () => {
    expect(thrownBy(() => parseJson(`[${'9'.repeat(1001)}]`, limits)).reason).toBe('limit')
  })

  it('is not confused by brackets, colons and quotes in strings', () => {
    const value = { 'a:{[\\"': '}]"\\\\', b: '12345678901234567890', c: 'e1e1' }
    expect(parseJson(JSON.stringify(value), limits)).toEqual(value)
  })
})

function thrownBy(action: () => unknown): JsonTextError {
  try {
    action()
  } catch (error) {
    if (error instanceof JsonTextError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

/** A decimal as an integer and a power of ten without trailing zeros. */
function asFraction(text: string): readonly [bigint, number] {
  const [mantissa = '', exponent = '0'] = text.toLowerCase().split('e')
  const [whole = '', fraction = ''] = mantissa.split('.')
  let integer = BigInt(whole + fraction)
  let power = Number(exponent) - fraction.length
  while (integer !== 0n && integer % 10n === 0n) {
    integer /= 10n
    power++
  }
  return [integer, power]
}
