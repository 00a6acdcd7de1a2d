import { describe, expect, it } from 'vitest'
import { expandName } from '../../../test/support/naming.ts'
import { problemOf } from '../../../test/support/problem-of.ts'
import { faultsOf, samplesOf } from '../../../test/support/samples.ts'
import { type ProjectionTerm, parseProjectionTerms, projectionDepth } from './parse-projection.ts'

const parse = (text: string) => parseProjectionTerms(text, 'pick', expandName, { terms: 8, depth: 4 })

function print(terms: readonly ProjectionTerm[]): string {
  return terms
    .map(({ member, linked }) => member.replace('urn:A:', '') + (linked === undefined ? '' : `{${print(linked)}}`))
    .join(',')
}

describe('projections (4.21)', () => {
  it.each(samplesOf('projection-valid.txt'))('%s', (text) => {
    expect(parse(print(parse(text)))).toEqual(parse(text))
  })

  it.each(faultsOf('projection-invalid.txt'))('refuses $text', ({ text, says }) => {
    const problem = problemOf(() => parse(text))
    expect(problem?.kind).toBe(/at most|more than/.test(says) ? 'TooComplexQuery' : 'BadRequestData')
    expect(problem?.at).toBe('pick')
    expect(problem?.detail).toContain(says)
  })

  it('name members of the entity, and of what its Relationships lead to', () => {
    expect(parse('id|name,observation{temperature,sensor{id}}')).toEqual([
      { member: 'id' },
      { member: 'urn:A:name' },
      {
        member: 'urn:A:observation',
        linked: [{ member: 'urn:A:temperature' }, { member: 'urn:A:sensor', linked: [{ member: 'id' }] }],
      },
    ])
  })

  it('have each member once', () => {
    expect(parse('a,b|a')).toEqual([{ member: 'urn:A:a' }, { member: 'urn:A:b' }])
  })

  it('are as deep as their braces', () => {
    expect(projectionDepth(parse('a,b'))).toBe(0)
    expect(projectionDepth(parse('a{b},c{d{e}},f'))).toBe(2)
  })

  it('refuses what is empty', () => {
    expect(problemOf(() => parse(''))?.detail).toBe(
      'expected id, type, scope or the name of an Attribute at character 1, found the end; a projection looks like id,temperature or observation{temperature,humidity}',
    )
  })
})
