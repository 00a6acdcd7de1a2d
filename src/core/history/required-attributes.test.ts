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
