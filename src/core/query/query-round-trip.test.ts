import fc from 'fast-check'
import { expect, it } from 'vitest'
import { casesOf } from '../../../test/support/long.ts'
import { expandName, VOCABULARY } from '../../../test/support/naming.ts'
import { printQuery } from '../../../test/support/print-query.ts'
import { isUri } from '../model/uri.ts'
import type { AttributePath, ComparableOperand, Operand, Query, QueryTest } from './ast.ts'
import { compareComparables } from './comparable.ts'
import { parseQuery } from './parse-query.ts'

const name = fc.stringMatching(/^[a-zéя][a-zA-Z0-9_é]{0,8}$/)
const iri = fc.oneof(
  { weight: 4, arbitrary: name.map((short) => VOCABULARY + short) },
  fc.tuple(name, name).map((parts) => parts.join(':')),
  name.map((last) => `https://example.org/v1.0/${last}`),
)
/** In braces, where a colon stands behind types. */
const plainIri = fc.oneof(
  name.map((short) => VOCABULARY + short),
  name.map((last) => `https://example.org/v1.0#${last}`),
)
const typeIri = fc.oneof(
  name.map((short) => VOCABULARY + short),
  fc.tuple(name, name).map((parts) => parts.join(':')),
  name.map((last) => `https://example.org/v1.0#${last}`),
)
const member = fc.string({ unit: 'binary', minLength: 1, maxLength: 6 }).filter((text) => !/[.[\]]/.test(text))

const path: fc.Arbitrary<AttributePath> = fc
  .record({
    relationships: fc.array(iri, { maxLength: 3 }),
    types: fc.array(fc.array(typeIri, { maxLength: 2 }), { minLength: 3, maxLength: 3 }),
    own: iri,
    inner: plainIri,
    innerLinks: fc.array(plainIri, { minLength: 3, maxLength: 3 }),
    others: fc.array(iri, { maxLength: 3 }),
    trail: fc.option(fc.array(member, { minLength: 1, maxLength: 3 }), { nil: undefined }),
  })
  .map(({ relationships, types, own, inner, innerLinks, others, trail }) => ({
    links: relationships.map((relationship, i) => ({
      relationship: i === 0 ? relationship : (innerLinks[i] ?? ''),
      types: types[i] ?? [],
    })),
    names: [relationships.length === 0 ? own : inner, ...others],
    ...(trail && { trail }),
  }))

const DAY = 86_400_000_000
const number = fc
  .oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer())
  .map((value): ComparableOperand => ({ kind: 'number', value: value + 0 }))
const text = fc.string({ unit: 'binary' }).map((value): ComparableOperand => ({ kind: 'text', value }))
const dateTime = fc
  .integer({ min: -DAY * 365 * 100, max: DAY * 365 * 100 })
  .map((value): ComparableOperand => ({ kind: 'dateTime', value }))
const date = fc
  .integer({ min: -36_500, max: 36_500 })
  .map((days): ComparableOperand => ({ kind: 'date', value: days * DAY }))
const time = fc.integer({ min: 0, max: DAY - 1 }).map((value): ComparableOperand => ({ kind: 'time', value }))
const comparable = fc.oneof(number, text, dateTime, date, time)
const uri = fc
  .oneof(
    fc
      .webUrl({ withQueryParameters: true, withFragments: true })
      .filter((url) => isUri(url) && !/[;|(),]|\.\./.test(url)),
    fc
      .stringMatching(/^[a-z][a-zé0-9_.-]{0,8}$/)
      .filter((word) => !/\.\.|^(?:true|false|null|nan|inf|infinity)$/.test(word)),
  )
  .map((value): Operand => ({ kind: 'uri', value }))
const operand = fc.oneof(
  comparable,
  uri,
  fc.boolean().map((value): Operand => ({ kind: 'boolean', value })),
)
const range = fc
  .oneof(...[number, text, dateTime, date, time].map((one) => fc.tuple(one, one)))
  .map(([a, b]) => (compareComparables(a.value, b.value) > 0 ? ([b, a] as const) : ([a, b] as const)))
/** Few, of which every one is a regular expression. */
const pattern = fc.constantFrom('^a', '(a|b);c', 'say "yes"', '\\d+\\.', '\\\\', '[)"|;]', 'é😀', ' ')

const test: fc.Arbitrary<QueryTest> = fc.oneof(
  fc.record({
    operator: fc.constantFrom('==', '!='),
    values: fc.array(operand, { minLength: 1, maxLength: 4 }),
  }),
  fc.record({ operator: fc.constantFrom('==', '!='), range }),
  fc.record({ operator: fc.constantFrom('>', '>=', '<', '<='), value: comparable }),
  fc.record({ operator: fc.constantFrom('~=', '!~='), pattern }),
)
const term: fc.Arbitrary<Query> = fc
  .record({ path, test: fc.option(test, { nil: undefined }) })
  .map(({ path: at, test: of }) => ({ kind: 'term', path: at, ...(of && { test: of }) }))

/** Combinations alternate: what stands in its own kind is read as one. */
function combination(kind: 'and' | 'or', depth: number): fc.Arbitrary<Query> {
  const part = depth === 0 ? term : fc.oneof(term, combination(kind === 'and' ? 'or' : 'and', depth - 1))
  return fc.array(part, { minLength: 2, maxLength: 3 }).map((parts) => ({ kind, parts }))
}

const query = fc.oneof(term, combination('and', 3), combination('or', 3))

it('a query that is printed is read as the same query', () => {
  const options = {
    expand: expandName,
    expandValue: (value: string) => value,
    at: 'q',
    limits: { chars: 100_000, terms: 1_000, depth: 4 },
  }
  fc.assert(
    fc.property(query, (given) => {
      expect(parseQuery(printQuery(given), options)).toEqual(given)
    }),
    { numRuns: casesOf(2_000) },
  )
})
