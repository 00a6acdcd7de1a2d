import fc from 'fast-check'
import { expect, it } from 'vitest'
import { filterArb, world } from '../../../test/support/query-arbitraries.ts'
import type { Query } from '../query/ast.ts'
import { matches } from '../query/evaluate.ts'
import { requiredAttributes } from './required-attributes.ts'

const term = (name: string): Query => ({ kind: 'term', path: { links: [], names: [name] } })
const all = (...parts: readonly Query[]): Query => ({ kind: 'and', parts })
const any = (...parts: readonly Query[]): Query => ({ kind: 'or', parts })

it('what is selected has one of each', () => {
  fc.assert(
    fc.property(world, filterArb, (entities, { attributes, q, geo }) => {
      const conditions = { ...(attributes && { attributes }), ...(q && { q }), ...(geo && { geo }) }
      const required = requiredAttributes(conditions)
      for (const entity of entities.filter((each) => matches(each, conditions)))
        for (const names of required) expect(names.some((name) => Object.hasOwn(entity.attributes, name))).toBe(true)
    }),
    { numRuns: 100 },
  )
})

it.each([
  [all(term('urn:a'), term('urn:b')), [['urn:a'], ['urn:b']]],
  [any(term('urn:a'), term('urn:b'), term('urn:a')), [['urn:a', 'urn:b']]],
  [any(term('urn:a'), all(term('urn:b'), term('urn:c'))), [['urn:a', 'urn:b']]],
  [any(term('urn:a'), term('https://uri.etsi.org/ngsi-ld/modifiedAt')), []],
] as const)('of a query', (q, required) => {
  expect(requiredAttributes({ q })).toEqual(required)
})

it('what follows from another list is left out', () => {
  const either = [any(term('urn:c'), term('urn:b')), any(term('urn:b'), term('urn:c'), term('urn:d'))]
  const q = all(...either, any(term('urn:a'), term('urn:b')), term('urn:a'), term('urn:a'))
  expect(requiredAttributes({ q })).toEqual([['urn:a'], ['urn:c', 'urn:b']])
  expect(requiredAttributes({ q, attributes: ['urn:d'], only: ['urn:d'] })).toEqual([
    ['urn:d'],
    ['urn:a'],
    ['urn:c', 'urn:b'],
  ])
})

it('of very many lists those are enough that say the most', () => {
  const pairs = Array.from({ length: 1_000 }, (_, i) => any(term('urn:a'), term(`urn:${i}`)))
  expect(requiredAttributes({ q: all(...pairs, term('urn:b')) })).toHaveLength(10)
  expect(requiredAttributes({ q: all(...pairs, term('urn:b')) })[0]).toEqual(['urn:b'])
  expect(requiredAttributes({ q: all(...pairs, term('urn:a')) })).toEqual([['urn:a']])
})
