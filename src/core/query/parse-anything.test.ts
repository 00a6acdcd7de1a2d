import fc from 'fast-check'
import { expect, it } from 'vitest'
import { casesOf } from '../../../test/support/long.ts'
import { expandName } from '../../../test/support/naming.ts'
import { problemOf } from '../../../test/support/problem-of.ts'
import { faultsOf, parametersOf, samplesOf } from '../../../test/support/samples.ts'
import { parseGeoQuery } from './parse-geo.ts'
import { parseOrdering } from './parse-ordering.ts'
import { parseProjectionTerms } from './parse-projection.ts'
import { parseQuery } from './parse-query.ts'
import { parseScopeQuery } from './parse-scopes.ts'
import { parseTypeSelection } from './parse-types.ts'
import { checkPattern, literalPrefixOf, matcherOf } from './pattern.ts'

const limits = { chars: 1_000, terms: 50, depth: 5 }

const parsers: Readonly<Record<string, { readonly files: string; parse(text: string): unknown }>> = {
  query: {
    files: 'q',
    parse: (text) => parseQuery(text, { expand: expandName, expandValue: (value) => value, at: 'q', limits }),
  },
  geoquery: { files: 'geo', parse: (text) => parseGeoQuery({ ...parametersOf(text), property: 'urn:A:location' }, 50) },
  'scope query': { files: 'scope', parse: (text) => parseScopeQuery(text, 'scopeQ', 50) },
  ordering: {
    files: 'ordering',
    parse: (text) => {
      const { orderBy = text, collation } = parametersOf(text)
      return parseOrdering(orderBy.split(','), { expand: expandName, most: 9, ...(collation && { collation }) })
    },
  },
  projection: { files: 'projection', parse: (text) => parseProjectionTerms(text, 'pick', expandName, limits) },
  'selection of types': { files: 'types', parse: (text) => parseTypeSelection(text, expandName, 50) },
}

/** A sample in which some characters are taken out, doubled, or replaced by those that mean something. */
function mutated(samples: readonly string[]): fc.Arbitrary<string> {
  const change = fc.record({
    at: fc.nat(),
    by: fc.constantFrom('', ...'()[]{};|,.:=!<>~"\'\\/#+-*&%@ 0a1eTZé😀\u0000\ud800\n', '==', '..', '%3D', 'true'),
    removed: fc.nat({ max: 2 }),
  })
  return fc
    .tuple(fc.constantFrom(...samples), fc.array(change, { minLength: 1, maxLength: 4 }))
    .map(([sample, changes]) =>
      changes.reduce((text, { at, by, removed }) => {
        const from = at % (text.length + 1)
        return text.slice(0, from) + by + text.slice(from + removed)
      }, sample),
    )
}

it.each(Object.entries(parsers))(
  'no text makes the parser of a %s throw anything but a Problem',
  (_, { files, parse }) => {
    const samples = [...samplesOf(`${files}-valid.txt`), ...faultsOf(`${files}-invalid.txt`).map(({ text }) => text)]
    const alphabet = [...new Set(samples.join(''))]
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 30 }),
      fc.string({ unit: fc.constantFrom(...alphabet), maxLength: 30 }),
      mutated(samples),
    )
    fc.assert(
      fc.property(text, (given) => {
        const problem = problemOf(() => parse(given))
        if (problem === undefined) return
        expect(['BadRequestData', 'TooComplexQuery']).toContain(problem.kind)
        expect(problem.detail.length).toBeLessThan(500)
      }),
      { numRuns: casesOf(4_000) },
    )
  },
)

it('no text makes a regular expression throw anything but a Problem, and its matches begin as it says', () => {
  const pattern = fc.string({ unit: fc.constantFrom(...'^$ab.*+?{}1,|()[]\\-:=!<>PQEdé😀'), maxLength: 12 })
  fc.assert(
    fc.property(pattern, fc.string({ unit: fc.constantFrom(...'ab1^$.\\{}[]()é😀'), maxLength: 6 }), (source, text) => {
      if (problemOf(() => checkPattern(source, 'q', 100)) !== undefined) return
      if (matcherOf(source)(text)) expect(text.startsWith(literalPrefixOf(source))).toBe(true)
    }),
    { numRuns: casesOf(8_000) },
  )
})
