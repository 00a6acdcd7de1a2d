import { describe, expect, it } from 'vitest'
import { expandName } from '../../../test/support/naming.ts'
import { printQuery } from '../../../test/support/print-query.ts'
import { problemOf } from '../../../test/support/problem-of.ts'
import { faultsOf, samplesOf } from '../../../test/support/samples.ts'
import { badRequest } from '../model/problems.ts'
import type { QueryTerm } from './ast.ts'
import { linkDepth, namesAttribute, parseQuery } from './parse-query.ts'
import type { QueryOptions } from './query-cursor.ts'

const options: QueryOptions = {
  expand: expandName,
  expandValue: (value) => `urn:V:${value}`,
  at: 'q',
  limits: { chars: 1000, terms: 20, depth: 12 },
}
const parse = (text: string, more: Partial<QueryOptions> = {}) => parseQuery(text, { ...options, ...more })
const term = (text: string, more: Partial<QueryOptions> = {}) => parse(text, more) as QueryTerm
const testOf = (text: string, more: Partial<QueryOptions> = {}) => term(text, more).test
const named = (name: string) => ({ kind: 'term', path: { links: [], names: [`urn:A:${name}`] } })

describe('queries (4.9)', () => {
  it.each(samplesOf('q-valid.txt'))('%s', (text) => {
    const query = parse(text)
    expect(parse(printQuery(query))).toEqual(query)
  })

  it.each(faultsOf('q-invalid.txt'))('refuses $text', ({ text, says }) => {
    const problem = problemOf(() => parse(text))
    expect(problem?.kind).toBe('BadRequestData')
    expect(problem?.at).toBe('q')
    expect(problem?.detail).toContain(says)
    expect(problem?.detail).toMatch(/ at character \d+/)
  })

  it('refuses what is empty', () => {
    expect(problemOf(() => parse(''))?.detail).toBe(
      'expected the name of an Attribute at character 1, found the end; a query looks like speed>50;brandName!="Mercedes"',
    )
  })

  it('counts characters as people do', () => {
    expect(problemOf(() => parse('a=="😀"b'))?.detail).toContain('at character 7, found "b"')
  })
})

describe('paths', () => {
  it('lead from the entity over Relationships to an element, and into its value', () => {
    expect(term('owner{Person,ex:Org:works{a.b[c.d]}}').path).toEqual({
      links: [
        { relationship: 'urn:A:owner', types: ['urn:A:Person', 'ex:Org'] },
        { relationship: 'urn:A:works', types: [] },
      ],
      names: ['urn:A:a', 'urn:A:b'],
      trail: ['c', 'd'],
    })
  })

  it('divide an IRI at the dots after its last / or #', () => {
    expect(term('http://example.org/v1.0#speed.observedAt').path.names).toEqual([
      'http://example.org/v1.0#speed',
      'urn:A:observedAt',
    ])
  })

  it('take a name before the last colon in braces for a type', () => {
    expect(term('owner{ex:name}').path).toEqual({
      links: [{ relationship: 'urn:A:owner', types: ['urn:A:ex'] }],
      names: ['urn:A:name'],
    })
  })

  it('tell where a name stands that is none', () => {
    const expand = (name: string) => {
      if (name === 'b') throw badRequest('"b" is reserved')
      return expandName(name)
    }
    const problem = problemOf(() => parse('a;x{T:b}', { expand }))
    expect(problem?.detail).toBe('"b" is reserved; it stands at character 7')
    expect(problem?.at).toBe('q')
  })
})

describe('values', () => {
  it.each([
    ['1.50', { kind: 'number', value: 1.5 }],
    ['-1e2', { kind: 'number', value: -100 }],
    ['true', { kind: 'boolean', value: true }],
    ['false', { kind: 'boolean', value: false }],
    ['"a\\"\\u00e9"', { kind: 'text', value: 'a"é' }],
    ['"2020-01-01"', { kind: 'text', value: '2020-01-01' }],
    ['2020-01-01', { kind: 'date', value: Date.UTC(2020, 0, 1) * 1000 }],
    ['2020-01-01T00:00:00,000001Z', { kind: 'dateTime', value: Date.UTC(2020, 0, 1) * 1000 + 1 }],
    ['00:00:01.5Z', { kind: 'time', value: 1_500_000 }],
    ['urn:x:1', { kind: 'uri', value: 'urn:x:1' }],
    ['commercial', { kind: 'uri', value: 'commercial' }],
    ['truex', { kind: 'uri', value: 'truex' }],
  ])('%s', (text, operand) => {
    expect(testOf(`a==${text}`)).toEqual({ operator: '==', values: [operand] })
  })

  it('are several in a list, and two in a range', () => {
    expect(testOf('a!=1,"b"')).toEqual({
      operator: '!=',
      values: [
        { kind: 'number', value: 1 },
        { kind: 'text', value: 'b' },
      ],
    })
    expect(testOf('a==1.5..2')).toEqual({
      operator: '==',
      range: [
        { kind: 'number', value: 1.5 },
        { kind: 'number', value: 2 },
      ],
    })
  })

  it.each(['>', '>=', '<', '<='])('are one after %s', (operator) => {
    expect(testOf(`a${operator}5`)).toEqual({ operator, value: { kind: 'number', value: 5 } })
  })

  it.each(['gender==Male', 'gender=="Male"', 'gender.sub==Male', 'x.gender!=Male', 'x{gender}==Male'])(
    'have an IRI where expandValues names the Attribute: %s',
    (text) => {
      const test = testOf(text, { expandValues: new Set(['urn:A:gender']) })
      expect(test).toMatchObject({ values: [{ value: 'Male', iri: 'urn:V:Male' }] })
    },
  )

  it('have none where it does not', () => {
    const test = testOf('x.gender.y==Male', { expandValues: new Set(['urn:A:gender']) })
    expect(test).toEqual({ operator: '==', values: [{ kind: 'uri', value: 'Male' }] })
  })

  it('may be named like a literal where expandValues names the Attribute', () => {
    const test = testOf('gender==True', { expandValues: new Set(['urn:A:gender']) })
    expect(test).toMatchObject({ values: [{ kind: 'uri', value: 'True', iri: 'urn:V:True' }] })
  })
})

describe('patterns', () => {
  it.each([
    ['"a\\"b\\d\\\\"', 'a"b\\d\\\\'],
    ['^Eiffel', '^Eiffel'],
    ['(a|b;c)+', '(a|b;c)+'],
    ['[)|;]', '[)|;]'],
    ['[]|;]', '[]|;]'],
    ['[[:alpha:]|;]', '[[:alpha:]|;]'],
    ['\\;', '\\;'],
    ['=x', '=x'],
  ])('%s', (text, pattern) => {
    expect(testOf(`a~=${text}`)).toEqual({ operator: '~=', pattern })
    expect(testOf(`(a!~=${text})`)).toEqual({ operator: '!~=', pattern })
  })

  it('end at an operator that is not theirs', () => {
    expect(parse('a~=(b|c)|d')).toMatchObject({ kind: 'or', parts: [{ test: { pattern: '(b|c)' } }, named('d')] })
    expect(parse('a~=b;d')).toMatchObject({ kind: 'and', parts: [{ test: { pattern: 'b' } }, named('d')] })
  })
})

describe('logic', () => {
  it('binds ; tighter than |', () => {
    expect(parse('a|b;c|d')).toEqual({
      kind: 'or',
      parts: [named('a'), { kind: 'and', parts: [named('b'), named('c')] }, named('d')],
    })
  })

  it('is grouped by parentheses', () => {
    expect(parse('((a|b);c)')).toEqual({
      kind: 'and',
      parts: [{ kind: 'or', parts: [named('a'), named('b')] }, named('c')],
    })
  })

  it('is one where it stands in one another for nothing', () => {
    expect(parse('(a;(b;c));d')).toEqual(parse('a;b;c;d'))
  })
})

describe('bounds', () => {
  it.each([
    ['characters', 'a'.repeat(1001), 'has 1001 characters; at most 1000 are taken (BOYA_MAX_QUERY_CHARS)'],
    ['terms', Array(21).fill('a').join('|'), 'has more than 20 terms and values (BOYA_MAX_QUERY_TERMS)'],
    ['values', `a==${Array(21).fill('1').join(',')}`, 'has more than 20 terms and values (BOYA_MAX_QUERY_TERMS)'],
    ['depth', `${'('.repeat(13)}a${')'.repeat(13)}`, 'has parentheses more than 12 deep (BOYA_MAX_QUERY_DEPTH)'],
    ['links', `${'a{'.repeat(13)}a${'}'.repeat(13)}`, 'follows more than 12 Relationships (BOYA_MAX_QUERY_DEPTH)'],
  ])('of %s', (_, text, says) => {
    const problem = problemOf(() => parse(text))
    expect(problem?.kind).toBe('TooComplexQuery')
    expect(problem?.detail).toContain(says)
  })

  it('are what may just be', () => {
    expect(() => parse('a'.repeat(1000))).not.toThrow()
    expect(() => parse(Array(20).fill('a').join('|'))).not.toThrow()
    expect(() => parse(`${'('.repeat(12)}a${')'.repeat(12)}`)).not.toThrow()
    expect(() => parse(`${'a{'.repeat(12)}a${'}'.repeat(12)}`)).not.toThrow()
  })

  const wide = { chars: 1_048_576, terms: 10_000, depth: 100 }

  it.each([
    ['parentheses', '('.repeat(1_000_000)],
    ['braces', 'a{'.repeat(500_000)],
    ['a path', `a${'.a'.repeat(500_000)}`],
    ['a name', 'a'.repeat(1_000_000)],
    ['an unclosed text', `a=="${'\\"'.repeat(500_000)}`],
    ['a text', `a=="${'x'.repeat(1_000_000)}"`],
    ['a bare value', `a==${'x'.repeat(1_000_000)}`],
    ['a number', `a==${'1'.repeat(1_000_000)}`],
    ['brackets', `a[${'b.'.repeat(500_000)}`],
    ['classes', `a~=${'['.repeat(1_000_000)}`],
    ['a class', `a~=[${'x'.repeat(1_000_000)}`],
    ['types', `a{${'T,'.repeat(500_000)}`],
    ['terms', 'a;'.repeat(500_000)],
    ['values', `a==${'1,'.repeat(500_000)}`],
    ['operators', `a${'='.repeat(1_000_000)}`],
    ['dots', `a==${'.'.repeat(1_000_000)}`],
    ['an IRI', `http://${'a/'.repeat(500_000)}`],
    ['a million spaces', ' '.repeat(1_000_000)],
  ])('hold for %s, soon', (_, text) => {
    const begun = performance.now()
    problemOf(() => parse(text, { limits: wide }))
    expect(performance.now() - begun).toBeLessThan(2_000)
  })
})

describe('what a query is about', () => {
  it('links that are followed', () => {
    expect(linkDepth(parse('a;b==1'))).toBe(0)
    expect(linkDepth(parse('a|(b;c{d{e}})|f{g}'))).toBe(2)
  })

  it('an Attribute that is none of the system (5.7.2.4)', () => {
    const system = new Set(['urn:A:createdAt', 'urn:A:modifiedAt'])
    expect(namesAttribute(parse('createdAt>2020-01-01T00:00:00Z|modifiedAt'), system)).toBe(false)
    expect(namesAttribute(parse('createdAt>2020-01-01T00:00:00Z;(modifiedAt|speed)'), system)).toBe(true)
    expect(namesAttribute(parse('speed.createdAt'), system)).toBe(true)
    expect(namesAttribute(parse('owner{createdAt}'), system)).toBe(true)
  })
})
