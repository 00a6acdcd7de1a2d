import { describe, expect, it } from 'vitest'
import { expandName } from '../../../test/support/naming.ts'
import { problemOf } from '../../../test/support/problem-of.ts'
import { faultsOf, parametersOf, samplesOf } from '../../../test/support/samples.ts'
import { parseGeometry } from './parse-geo.ts'
import { type OrderingOptions, parseOrdering } from './parse-ordering.ts'

const places = { type: 'orderGeometry', coordinates: 'orderFrom' }

function parse(sample: string) {
  const { orderBy = '', orderFrom, orderGeometry = 'Point', collation } = parametersOf(sample)
  const from = orderFrom === undefined ? undefined : parseGeometry(orderGeometry, orderFrom, places, 10)
  return parseOrdering(
    orderBy.split(','),
    options({ ...(from && { from }), ...(collation !== undefined && { collation }) }),
  )
}

function options(more: Partial<OrderingOptions>): OrderingOptions {
  return { expand: expandName, most: 5, ...more }
}

const path = (name: string, trail?: readonly string[]) => ({
  links: [],
  names: [`urn:A:${name}`],
  ...(trail && { trail }),
})

describe('orderings (4.23.3)', () => {
  it.each(samplesOf('ordering-valid.txt'))('%s', (sample) => {
    const { orderBy = '', collation } = parametersOf(sample)
    const ordering = parse(sample)
    expect(ordering.keys).toHaveLength(orderBy.split(',').length)
    expect(ordering.keys.map(({ direction }) => direction)).toEqual(
      orderBy.split(',').map((term) => (term.endsWith('desc') ? 'desc' : 'asc')),
    )
    expect(ordering.collation).toBe(collation)
  })

  it.each(faultsOf('ordering-invalid.txt'))('refuses $text', ({ text, says }) => {
    const problem = problemOf(() => parse(text))
    expect(problem?.kind).toBe(says.includes('at most') ? 'TooComplexQuery' : 'BadRequestData')
    expect(`${problem?.at}: ${problem?.detail}`).toContain(says)
  })

  it('are by members of the entity or by paths', () => {
    expect(parse('orderBy=id,type;desc,address[city.part],name.observedAt;desc').keys).toEqual([
      { by: 'id', direction: 'asc' },
      { by: 'type', direction: 'desc' },
      { by: path('address', ['city', 'part']), direction: 'asc' },
      { by: { links: [], names: ['urn:A:name', 'urn:A:observedAt'] }, direction: 'desc' },
    ])
  })

  it('are by distance where they say so', () => {
    const from = { type: 'Point', coordinates: [8, 40] }
    expect(parse('orderBy=location;dist-desc,location&orderFrom=[8,40]').keys).toEqual([
      { by: path('location'), direction: 'desc', from },
      { by: path('location'), direction: 'asc' },
    ])
  })

  it.each([
    ['orderBy', ['a', 'b;down'], {}],
    ['orderBy', ['id;dist-asc'], {}],
    ['orderBy', ['a', 'a'], {}],
    ['orderBy', [], {}],
    ['orderBy', ['a', 'b', 'c', 'd', 'e', 'f'], {}],
    ['orderFrom', ['location;dist-asc'], {}],
    ['collation', ['a'], { collation: 'not a bcp47 tag!!' }],
  ])('are refused at %s', (at, terms, more) => {
    expect(problemOf(() => parseOrdering(terms, options(more)))?.at).toBe(at)
  })
})
