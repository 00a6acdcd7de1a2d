import { describe, expect, it } from 'vitest'
import { expandName } from '../../../test/support/naming.ts'
import { problemOf } from '../../../test/support/problem-of.ts'
import { faultsOf, samplesOf } from '../../../test/support/samples.ts'
import { parseTypeSelection } from './parse-types.ts'

const parse = (text: string) => parseTypeSelection(text, expandName, 8)

describe('selections of types (4.17)', () => {
  it.each(samplesOf('types-valid.txt'))('%s', (text) => {
    const print = parse(text).map((all) => `(${all.map((type) => type.replace('urn:A:', '')).join(';')})`)
    expect(parse(print.join('|'))).toEqual(parse(text))
  })

  it.each(faultsOf('types-invalid.txt'))('refuses $text', ({ text, says }) => {
    const problem = problemOf(() => parse(text))
    expect(problem?.kind).toBe('BadRequestData')
    expect(problem?.at).toBe('type')
    expect(problem?.detail).toContain(says)
  })

  it('are disjunctions of conjunctions', () => {
    expect(parse('(Home;Vehicle),Motorhome|Tent')).toEqual([
      ['urn:A:Home', 'urn:A:Vehicle'],
      ['urn:A:Motorhome'],
      ['urn:A:Tent'],
    ])
  })

  it('may have alternatives in parentheses', () => {
    expect(parse('(Home|Tent),(Vehicle;Boat)')).toEqual([
      ['urn:A:Home'],
      ['urn:A:Tent'],
      ['urn:A:Vehicle', 'urn:A:Boat'],
    ])
  })

  it('name as many types as are taken', () => {
    expect(parse('A,B,C,D,E,F,G,H')).toHaveLength(8)
    expect(problemOf(() => parse('A,B,C,D,E,F,G,H,I'))?.kind).toBe('TooComplexQuery')
    expect(problemOf(() => parse('(A;B;C;D;E;F;G;H;I)'))?.kind).toBe('TooComplexQuery')
  })
})
