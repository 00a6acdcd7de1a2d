import { describe, expect, it } from 'vitest'
import { problemOf } from '../../../test/support/problem-of.ts'
import { faultsOf, samplesOf } from '../../../test/support/samples.ts'
import type { ScopeQuery } from './ast.ts'
import { parseScopeQuery } from './parse-scopes.ts'

const parse = (text: string) => parseScopeQuery(text, 'scopeQ', 20)
const print = (query: ScopeQuery) =>
  query
    .map((all) => `(${all.map(({ levels, below }) => ['', ...levels, ...(below ? ['#'] : [])].join('/')).join(';')})`)
    .join('|')

describe('scope queries (4.19)', () => {
  it.each(samplesOf('scope-valid.txt'))('%s', (text) => {
    expect(parse(print(parse(text)))).toEqual(parse(text))
  })

  it.each(faultsOf('scope-invalid.txt'))('refuses $text', ({ text, says }) => {
    const problem = problemOf(() => parse(text))
    expect(problem?.kind).toBe('BadRequestData')
    expect(problem?.at).toBe('scopeQ')
    expect(problem?.detail).toContain(says)
    expect(problem?.detail).toMatch(/ at character \d+/)
  })

  it('name levels, and what is below them', () => {
    expect(parse('/Madrid/+/ParqueNorte')).toEqual([[{ levels: ['Madrid', '+', 'ParqueNorte'], below: false }]])
    expect(parse('/Madrid/Gardens/#')).toEqual([[{ levels: ['Madrid', 'Gardens'], below: true }]])
    expect(parse('/#')).toEqual([[{ levels: [], below: true }]])
  })

  it('bind ; tighter than | and ,', () => {
    const all = [
      [
        { levels: ['Madrid', 'Districts'], below: false },
        { levels: ['CompanyA'], below: false },
      ],
      [{ levels: ['CompanyB'], below: false }],
    ]
    expect(parse('(/Madrid/Districts;/CompanyA)|CompanyB')).toEqual(all)
    expect(parse('(/Madrid/Districts;/CompanyA),CompanyB')).toEqual(all)
    expect(parse('/Madrid/Districts;/CompanyA|/CompanyB')).toEqual(all)
  })

  it('have as many Scopes as are taken', () => {
    expect(parse(Array(20).fill('/a').join(';'))).toHaveLength(1)
    expect(problemOf(() => parse(Array(21).fill('/a').join('|')))?.kind).toBe('TooComplexQuery')
  })

  it('refuses what is empty', () => {
    expect(problemOf(() => parse(''))?.detail).toBe(
      'expected a level of a Scope: a name, "+" or, as the last one, "#" at character 1, found the end; a scope query looks like /Madrid/Gardens/# or (/Madrid;/CompanyA)|/CompanyB',
    )
  })
})
