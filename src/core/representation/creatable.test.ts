import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { entityArb } from '../../../test/support/arbitraries.ts'
import { loadCoreContext } from '../../contexts/core-context.ts'
import { createCoreOnly } from '../../contexts/resolve.ts'
import type { TermTable } from '../jsonld/terms.ts'
import type { Entity, Json, JsonObject } from '../model/entity.ts'
import { parseJson, stringifyJson } from '../model/json-text.ts'
import { createCreatableCheck } from './creatable.ts'
import { readStoredForm } from './stored-form.ts'

const json = { depth: 64, digits: 1000 }
const limits = { attributes: 10_000, vertices: 10_000, idLength: 2048, json }
let terms: TermTable
beforeAll(async () => {
  terms = createCoreOnly(await loadCoreContext()).terms
})

function taken(text: string): Entity {
  const entity = readStoredForm(parseJson(text, { depth: 200, digits: 1000 }))
  createCreatableCheck({ terms, limits })(entity)
  return entity
}

const CORE = 'https://uri.etsi.org/ngsi-ld/'
const A = 'https://example.org/a'
const T = { createdAt: 5, modifiedAt: 7 }
const instance = (more: object = {}) => ({ type: 'Property', value: 1, ...T, ...more })
const entity = (more: object = {}) => ({ id: 'urn:x:1', types: ['urn:T:a'], ...T, attributes: {}, ...more })
const having = (one: object, name = A) => entity({ attributes: { [name]: [instance(one)] } })

/** The members of the model in another order; what clients name stays in theirs. */
function reversed(value: Json, name = ''): Json {
  if (name === 'value' || typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((item) => reversed(item))
  const members = Object.entries(value as JsonObject).map(([key, inner]) => [key, reversed(inner, key)])
  return Object.fromEntries(name === 'attributes' ? members : members.toReversed())
}

/** Every time another one, as after many changes. */
function changed(value: Json): Json {
  let now = 1_700_000_000_000
  const next = (each: Json): Json => {
    if (Array.isArray(each)) return each.map(next)
    if (typeof each !== 'object' || each === null) return each
    const members = Object.entries(each as JsonObject).map(([name, inner]) => {
      if (name === 'value') return [name, inner]
      return [name, name === 'createdAt' || name === 'modifiedAt' ? ++now : next(inner)]
    })
    return Object.fromEntries(members)
  }
  return next(value)
}

describe('what clients can have made', () => {
  it('is taken as it is, with its own times, in one order of members', () => {
    fc.assert(
      fc.property(entityArb, (made) => {
        const whole = changed(made as unknown as Json)
        const first = taken(stringifyJson(whole).text)
        expect(first).toEqual(whole)
        const { text } = stringifyJson(first)
        expect(stringifyJson(taken(text)).text).toBe(text)
        expect(stringifyJson(taken(stringifyJson(reversed(first as unknown as Json)).text)).text).toBe(text)
      }),
      { numRuns: 300 },
    )
  })

  it.each<[string, object]>([
    ['a number of many digits', having({ value: '#' })],
    [
      'an Attribute of the core',
      having({ type: 'GeoProperty', value: { type: 'Point', coordinates: [1, 2] } }, `${CORE}location`),
    ],
    [
      'the valueType of a LanguageProperty',
      having({
        type: 'LanguageProperty',
        value: { en: 'a' },
        valueType: 'http://www.w3.org/1999/02/22-rdf-syntax-ns#langString',
      }),
    ],
    ['a name that no client can send without its @context', having({}, 'http://example.org/<a>')],
    ['a blank node', entity({ types: ['_:b0'] })],
    ['a name longer than one may be sent', having({}, `https://example.org/${'x'.repeat(3_000)}`)],
    ['a vocab of words', having({ type: 'VocabProperty', value: [`${CORE}default-context/two words`, 'urn:x'] })],
    ['no Attributes', entity()],
  ])('%s', (_, sent) => {
    const text = JSON.stringify(sent).replace('"#"', '12345678901234567890.123456789')
    const kept = taken(text)
    expect(stringifyJson(kept).text).toBe(stringifyJson(readStoredForm(parseJson(text, json))).text)
    expect(kept).toEqual(parseJson(text, json))
  })
})

describe('what is refused', () => {
  const deep = JSON.parse('['.repeat(65) + ']'.repeat(65))
  it.each<[string, unknown, RegExp]>([
    ['no object', [], /expected an object/],
    ['no id', { ...entity(), id: undefined }, /is missing \(at \/id\)/],
    ['an id that is no URI', entity({ id: 'x' }), /expected a URI/],
    ['an unknown member', entity({ kind: 1 }), /no member of the form.*at \/kind/],
    ['no types', entity({ types: [] }), /the array is empty/],
    ['a type twice', entity({ types: ['urn:T:a', 'urn:T:a'] }), /no client can have made this.*at \/types/],
    ['a type that is a term', entity({ types: ['Road'] }), /no client can have made this/],
    ['a wrong scope', entity({ scopes: ['/1'] }), /expected a scope/],
    ['a time that is a text', entity({ createdAt: '2026-01-01T00:00:00Z' }), /milliseconds since 1970.*at \/createdAt/],
    ['a time that is none', entity({ modifiedAt: 8e15 }), /milliseconds since 1970/],
    ['a time that is not whole', entity({ createdAt: 0.5 }), /milliseconds since 1970/],
    ['a change before the creation', entity({ createdAt: 9 }), /modified at 7, before it was created at 9/],
    ['the same of an Attribute', having({ createdAt: 9 }), /modified at 7, before it was created at 9/],
    ['a wrong expiresAt', entity({ expiresAt: 'tomorrow' }), /urn:x:1 expires at "tomorrow", which is no date/],
    ['the same of an Attribute', having({ expiresAt: '2026' }), /example.org\/a expires at "2026"/],
    ['attributes that are a list', entity({ attributes: [] }), /attributes by their names/],
    ['no instances', entity({ attributes: { [A]: [] } }), /expected attribute instances/],
    [
      'two default instances',
      entity({ attributes: { [A]: [instance(), instance()] } }),
      /second instance without datasetId/,
    ],
    ['a name that is a term', having({}, 'speed'), /no client can have made this/],
    ['a name that is a keyword', having({}, '@type'), /is no name/],
    ['a name that the core has taken', having({}, `${CORE}observedAt`), /"observedAt" has no place here/],
    [
      'an ancestor for a name',
      `{"id":"urn:x:1","types":["urn:T:a"],"createdAt":5,"modifiedAt":7,"attributes":{"__proto__":[]}}`,
      /__proto__/,
    ],
    ['no value', having({ value: undefined }), /is missing.*\/value/],
    ['null for a value', having({ value: null }), /null is no value/],
    ['NGSI-LD Null', having({ value: 'urn:ngsi-ld:null' }), /removes something/],
    ['a value of another type', having({ type: 'Relationship' }), /expected a URI/],
    ['a list of nothing', having({ type: 'ListRelationship', value: 7 }), /no array/],
    ['an unknown type', having({ type: 'Prop' }), /expected a type of Attributes/],
    [
      'a unit of a Relationship',
      having({ type: 'Relationship', value: 'urn:x:2', unitCode: 'CEL' }),
      /a Relationship has no unit/,
    ],
    [
      'no position',
      having({ type: 'GeoProperty', value: { type: 'Point', coordinates: [999, 0] } }),
      /no place on Earth/,
    ],
    [
      'a geometry as text',
      having({ type: 'GeoProperty', value: '{"type":"Point","coordinates":[1,2]}' }),
      /would have been stored as/,
    ],
    ['the core location as a Property', having({}, `${CORE}location`), /is a GeoProperty/],
    ['a wrong datasetId', having({ datasetId: '@none' }), /would have been stored as/],
    ['no sub-attributes', having({ attributes: {} }), /would have been stored as/],
    [
      'a wrong sub-attribute',
      having({ attributes: { [A]: [instance({ observedAt: 'x' })] } }),
      /expected a date and time/,
    ],
    ['a value deeper than it may be', having({ value: deep }), /BOYA_MAX_JSON_DEPTH/],
  ])('%s', (_, sent, says) => {
    expect(() => taken(typeof sent === 'string' ? sent : JSON.stringify(sent))).toThrow(says)
  })

  it('more Attributes than there may be', () => {
    const names = Array.from({ length: 11 }, (_, i) => [`${A}${i}`, [instance()]])
    const many = readStoredForm(entity({ attributes: Object.fromEntries(names) }) as unknown as Json)
    expect(() => createCreatableCheck({ terms, limits: { ...limits, attributes: 10 } })(many)).toThrow(
      /BOYA_MAX_ATTRIBUTES/,
    )
  })
})
