import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { casesOf } from '../../../test/support/long.ts'
import type { AttributeInstance, AttributeType, Entity, Json } from '../model/entity.ts'
import { ExactNumber } from '../model/exact-number.ts'
import { CORE } from '../model/uri.ts'
import type { AttributePath, Geometry, Ordering, OrderingKey } from './ast.ts'
import { createOrdering } from './compare-entities.ts'

const NOW = Date.UTC(2026, 0, 1)

function instance(
  value: Json,
  type: AttributeType = 'Property',
  more: Partial<AttributeInstance> = {},
): AttributeInstance {
  return { type, value, createdAt: NOW, modifiedAt: NOW, ...more }
}

/** With instances of the Attribute `a`. */
function entity(id: string, ...instances: readonly AttributeInstance[]): Entity {
  const attributes: Entity['attributes'] = instances.length === 0 ? {} : { a: instances }
  return { id, types: ['t'], createdAt: NOW, modifiedAt: NOW, attributes }
}

const path = (...names: readonly string[]): AttributePath => ({ links: [], names })
const asc = (by: OrderingKey['by']): OrderingKey => ({ by, direction: 'asc' })
const desc = (by: OrderingKey['by']): OrderingKey => ({ by, direction: 'desc' })

function sorted(entities: readonly Entity[], ordering: Ordering | OrderingKey): readonly string[] {
  const { keyOf, compare } = createOrdering('keys' in ordering ? ordering : { keys: [ordering] })
  return entities
    .map((one) => ({ id: one.id, keys: keyOf(one) }))
    .sort((a, b) => compare(a.keys, b.keys))
    .map(({ id }) => id)
}

/** The values in their order. */
function inOrder(values: readonly Json[], key: OrderingKey = asc(path('a')), collation?: string): readonly Json[] {
  const entities = values.map((value, i) =>
    entity(String(i), instance(value, value === null ? 'JsonProperty' : 'Property')),
  )
  const ordering = { keys: [key], ...(collation !== undefined && { collation }) }
  return sorted(entities, ordering).map((id) => values[Number(id)] ?? null)
}

const MIXED: readonly Json[] = [
  1,
  new ExactNumber('1.5000000000000000001'),
  'a',
  'B',
  { x: 1 },
  [0],
  false,
  true,
  '10:00:00Z',
  '2020-01-01',
  '2019-01-01T00:00:00Z',
  { '@type': 'DateTime', '@value': '2020-01-01T00:00:00Z' },
  null,
]

describe('the order of entities (4.23)', () => {
  it('4.23.2: is by data type where "the values of Attributes are of mixed datatypes"', () => {
    expect(inOrder([...MIXED].reverse())).toEqual(MIXED)
  })

  it('"Attribute does not exist" comes last, after Null, whatever the direction: "null values last"', () => {
    const all = [
      entity('none'),
      entity('null', instance(null, 'JsonProperty')),
      entity('typed null', instance({ '@type': '@json', '@value': null })),
      entity('1', instance(1)),
      entity('x', instance('x')),
    ]
    expect(sorted(all, asc(path('a')))).toEqual(['1', 'x', 'null', 'typed null', 'none'])
    expect(sorted(all, desc(path('a')))).toEqual(['x', '1', 'null', 'typed null', 'none'])
  })

  it('4.23.3, EXAMPLE 2: elements "shall be applied sequentially"', () => {
    const named = (id: string, name: string, age: number) => ({
      ...entity(id),
      attributes: { name: [instance(name)], age: [instance(age)] },
    })
    const people = [named('1', 'Bo', 3), named('2', 'Al', 2), named('3', 'Al', 5)]
    expect(sorted(people, { keys: [asc(path('name')), asc(path('age'))] })).toEqual(['2', '3', '1'])
    expect(sorted(people, { keys: [asc(path('name')), desc(path('age'))] })).toEqual(['3', '2', '1'])
  })

  it('EXAMPLE 4: by "a subitem within the value"', () => {
    const by = { links: [], names: ['a'], trail: ['city'] }
    expect(inOrder([{ city: 'Paris' }, { city: 'Berlin' }, { street: 'x' }], asc(by))).toEqual([
      { city: 'Berlin' },
      { city: 'Paris' },
      { street: 'x' },
    ])
  })

  it('EXAMPLE 5: by a sub-Attribute, or a member that is not reified', () => {
    const seen = (id: string, observedAt: string, accuracy: number) =>
      entity(id, instance(1, 'Property', { observedAt, attributes: { accuracy: [instance(accuracy)] } }))
    const all = [seen('1', '2020-01-01T00:00:00.5Z', 2), seen('2', '2020-01-01T00:00:00Z', 3), entity('3', instance(1))]
    expect(sorted(all, asc(path('a', `${CORE}observedAt`)))).toEqual(['2', '1', '3'])
    expect(sorted(all, asc(path('a', 'accuracy')))).toEqual(['1', '2', '3'])
    expect(sorted(all, asc(path('a', 'accuracy', 'x')))).toEqual(['1', '2', '3'])
  })

  it('is by id, type and scope: of several the first', () => {
    const all: readonly Entity[] = [
      { ...entity('urn:2'), types: ['b', 'z'], scopes: ['/B', 'A/B'] },
      { ...entity('urn:1'), types: ['c', 'a'] },
      { ...entity('urn:3'), types: ['b'], scopes: ['/A'] },
    ]
    expect(sorted(all, asc('id'))).toEqual(['urn:1', 'urn:2', 'urn:3'])
    expect(sorted(all, desc('id'))).toEqual(['urn:3', 'urn:2', 'urn:1'])
    expect(sorted(all, asc('type'))).toEqual(['urn:1', 'urn:2', 'urn:3'])
    expect(sorted(all, asc('scope'))).toEqual(['urn:3', 'urn:2', 'urn:1'])
    expect(sorted(all, desc('scope'))).toEqual(['urn:2', 'urn:3', 'urn:1'])
    const scoped = ['/B', 'A'].map((scope) => ({ ...entity(scope), scopes: [scope] }))
    expect(sorted(scoped, asc('scope'))).toEqual(['A', '/B'])
  })

  it('is by the times of the entity', () => {
    const all = [
      { ...entity('2'), createdAt: NOW + 1000 },
      { ...entity('1'), expiresAt: '2030-01-01T00:00:00Z' },
    ]
    expect(sorted(all, asc(path(`${CORE}createdAt`)))).toEqual(['1', '2'])
    expect(sorted(all, asc(path(`${CORE}expiresAt`)))).toEqual(['1', '2'])
  })

  it('"by target value or target object"', () => {
    const all = [
      entity('2', instance('urn:b', 'Relationship')),
      entity('1', instance('urn:a', 'Relationship')),
      entity('3', instance(['urn:a'], 'ListRelationship')),
    ]
    expect(sorted(all, asc(path('a')))).toEqual(['1', '2', '3'])
  })

  it('is by the first text of a languageMap, or by that of a language', () => {
    const all = [
      entity('1', instance({ en: 'b', es: ['a', 'z'] }, 'LanguageProperty')),
      entity('2', instance({ en: 'a', es: 'b' }, 'LanguageProperty')),
    ]
    expect(sorted(all, asc(path('a')))).toEqual(['2', '1'])
    expect(sorted(all, asc({ ...path('a'), trail: ['ES'] }))).toEqual(['1', '2'])
  })

  it('is by the default instance where there are several, else by the first', () => {
    const other = { datasetId: 'urn:d:1' }
    const all = [
      entity('2', instance(1, 'Property', other), instance(3)),
      entity('1', instance(2, 'Property', other), instance(0, 'Property', { datasetId: 'urn:d:2' })),
    ]
    expect(sorted(all, asc(path('a')))).toEqual(['1', '2'])
  })

  it('of texts is that of the collation; what it takes for equal, the next key decides, and code points at last', () => {
    expect(inOrder(['b', 'á', 'B', 'A', 'a'])).toEqual(['a', 'A', 'á', 'b', 'B'])
    expect(inOrder(['b', 'á', 'B', 'A', 'a'], asc(path('a')), 'und-u-ks-level1')).toEqual(['A', 'a', 'á', 'B', 'b'])
    const all = [entity('1', instance('a')), entity('2', instance('A')), entity('3', instance('á'))]
    expect(sorted(all, { keys: [asc(path('a')), desc('id')], collation: 'und-u-ks-level1' })).toEqual(['3', '2', '1'])
  })
})

describe('the order by distance (4.23)', () => {
  const from: Geometry = { type: 'Point', coordinates: [8, 40] }
  const at = (id: string, x: number, y: number) =>
    entity(id, instance({ type: 'Point', coordinates: [x, y] }, 'GeoProperty'))
  const all = [
    at('far', 10, 45),
    entity('none'),
    at('near', 8.01, 40.01),
    entity('text', instance('x')),
    at('mid', 9, 41),
    entity('1', instance(1)),
  ]

  it('EXAMPLE 8: "in ascending distance from a Point", and what is no GeoProperty after that, by value', () => {
    expect(sorted(all, { ...asc(path('a')), from })).toEqual(['near', 'mid', 'far', '1', 'text', 'none'])
  })

  it('EXAMPLE 9: "in descending distance", GeoProperties first nevertheless', () => {
    expect(sorted(all, { ...desc(path('a')), from })).toEqual(['far', 'mid', 'near', 'text', '1', 'none'])
  })

  it('EXAMPLE 10: from a LineString', () => {
    const line: Geometry = {
      type: 'LineString',
      coordinates: [
        [8, 45],
        [10, 45.5],
      ],
    }
    expect(sorted(all.slice(0, 3), { ...asc(path('a')), from: line })).toEqual(['far', 'near', 'none'])
  })

  it('is that of a GeoProperty of an Attribute, too', () => {
    const [a, b] = [at('1', 9, 41), at('2', 8, 40)].map(({ id, attributes }) =>
      entity(id, instance(0, 'Property', { attributes })),
    )
    expect(sorted([a, b] as readonly Entity[], { ...asc(path('a', 'a')), from })).toEqual(['2', '1'])
  })
})

describe('whatever is ordered', () => {
  const value = fc.oneof(
    fc.constantFrom<Json>(...MIXED),
    fc.integer({ min: -3, max: 3 }),
    fc.constantFrom('', 'a', 'A', 'á', 'b', 'ß', 'ss', '😀'),
    fc.array(fc.integer({ min: 0, max: 2 }), { maxLength: 2 }),
  )
  const one = fc.oneof(
    value.map((json) => entity('x', instance(json, json === null ? 'JsonProperty' : 'Property'))),
    fc.constant(entity('none')),
    fc
      .integer({ min: -2, max: 2 })
      .map((x) => entity('x', instance({ type: 'Point', coordinates: [x, 0] }, 'GeoProperty'))),
  )
  const ordering = fc
    .record({
      direction: fc.constantFrom('asc' as const, 'desc' as const),
      from: fc.constantFrom<Geometry | undefined>(undefined, { type: 'Point', coordinates: [1, 0] }),
      collation: fc.constantFrom(undefined, 'es', 'und-u-ks-level1'),
    })
    .map(
      ({ direction, from, collation }): Ordering => ({
        keys: [{ by: path('a'), direction, ...(from && { from }) }],
        ...(collation !== undefined && { collation }),
      }),
    )

  it('has a total order', () => {
    fc.assert(
      fc.property(ordering, one, one, one, (by, x, y, z) => {
        const { keyOf, compare } = createOrdering(by)
        const [a, b, c] = [keyOf(x), keyOf(y), keyOf(z)]
        expect(compare(a, a)).toBe(0)
        expect(Math.sign(compare(a, b))).toBe(-Math.sign(compare(b, a)) || 0)
        if (compare(a, b) <= 0 && compare(b, c) <= 0) expect(compare(a, c)).toBeLessThanOrEqual(0)
      }),
      { numRuns: casesOf(2000) },
    )
  })

  it('has keys that another thread can be sent', () => {
    fc.assert(
      fc.property(ordering, one, (by, x) => {
        const keys = createOrdering(by).keyOf(x)
        expect(structuredClone(keys)).toEqual(keys)
      }),
    )
  })
})
