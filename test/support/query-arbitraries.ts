/** Generators of entities and queries of a small world, in which queries find something. */

import fc from 'fast-check'
import type { AttributeInstance, Entity, Json } from '../../src/core/model/entity.ts'
import type {
  AttributePath,
  ComparableOperand,
  EntityFilter,
  EntityQuery,
  Geometry,
  GeoQuery,
  Operand,
  Ordering,
  OrderingKey,
  Query,
  QueryTest,
  ScopeQuery,
} from '../../src/core/query/ast.ts'
import { comparablesOf } from '../../src/core/query/comparable.ts'

const CORE = 'https://uri.etsi.org/ngsi-ld/'
const TYPES = ['urn:T:a', 'urn:T:b', 'urn:T:c']
const NAMES = ['urn:A:a', 'urn:A:b', 'urn:A:c', `${CORE}location`]
const SUBS = ['urn:S:s', 'urn:A:a']
const IDS = Array.from({ length: 120 }, (_, i) => `urn:x:${i}`)
const NOW = Date.UTC(2026, 0, 1)
const LONG = 'ñ'.repeat(210)
/** Of as many units as are kept of a text, where a character would be divided. */
const ALMOST = 'x'.repeat(199)

const TIMES = [
  '2020-01-01T00:00:00Z',
  '2020-01-01T00:00:00.5Z',
  '2021-06-01T12:00:00.123456Z',
  '2020-01-01',
  '12:30:00Z',
]
/** Where a text is cut, and what databases do not have as it is. */
const ENDS = [LONG, `${LONG}a`, `${ALMOST}y`, `${ALMOST}😀`, `${ALMOST}\uffff`, 'a\0b', '\ud800', '\ufffd']
const TEXTS = [
  '',
  'a',
  'ab',
  'b',
  '0 a',
  'Point',
  'É',
  'ﬀ',
  '😀',
  'urn:x:1',
  'urn:V:v',
  'a\u{10ffff}b',
  ...ENDS,
  ...TIMES,
]
const NUMBERS = [-1, 0, 0.5, 1, 2, 10, 1e300]
const URIS = ['urn:x:1', 'urn:x:2', 'urn:x:3', 'urn:V:v', `urn:${LONG}`]
/** Some that no index keeps, and some with spaces: a path and a value stand in one key. */
const MEMBERS = ['m', 'n', 'm 0', 'm\nb', '\ud800', '\udfff', 'en', 'length', '*', 'type', 'coordinates', '@value']

const scalar = fc.constantFrom<Json>(...NUMBERS, ...TEXTS, true, false)
const typed = fc
  .tuple(fc.constantFrom(...TIMES), fc.option(scalar, { nil: undefined }))
  .map(([text, m]): Json => ({ '@type': 'DateTime', '@value': text, ...(m !== undefined && { m }) }))
const compound: fc.Arbitrary<Json> = fc.dictionary(
  fc.constantFrom(...MEMBERS),
  fc.oneof(
    scalar,
    fc.array(scalar, { maxLength: 2 }),
    fc.dictionary(fc.constantFrom(...MEMBERS), scalar, { maxKeys: 2 }),
  ),
  { maxKeys: 3 },
) as fc.Arbitrary<Json>
/** Of which neither may be taken for the other. */
const alike = fc.subarray<readonly [string, Json]>(
  [
    ['m', '0 a'],
    ['m 0', 'a'],
  ],
  { minLength: 1 },
)
const crowd = fc.constantFrom<Json>(Array.from({ length: 70 }, (_, i) => i))
const place = fc.tuple(fc.integer({ min: -4, max: 4 }), fc.integer({ min: -4, max: 4 }))
const point = place.map((coordinates): Geometry => ({ type: 'Point', coordinates }))
const square = fc.tuple(place, fc.constantFrom(1, 2, 5)).map(([[x, y], size]): Geometry => {
  const ring = [
    [x, y],
    [x + size, y],
    [x + size, y + size],
    [x, y + size],
    [x, y],
  ]
  return { type: 'Polygon', coordinates: [ring] }
})
const line = fc
  .tuple(place, place)
  .map(([a, [x, y]]): Geometry => ({ type: 'LineString', coordinates: [a, [x + 9, y]] }))
const geometry = fc.oneof({ weight: 4, arbitrary: point }, square, line)

type Value = Pick<AttributeInstance, 'type' | 'value'>
const value: fc.Arbitrary<Value> = fc.oneof(
  { weight: 4, arbitrary: scalar.map((value): Value => ({ type: 'Property', value })) },
  fc.oneof(fc.array(scalar, { maxLength: 3 }), compound, typed).map((value): Value => ({ type: 'Property', value })),
  alike.map((members): Value => ({ type: 'Property', value: Object.fromEntries(members) })),
  { weight: 1, arbitrary: crowd.map((value): Value => ({ type: 'Property', value })) },
  fc.constantFrom(...URIS).map((value): Value => ({ type: 'Relationship', value })),
  fc
    .uniqueArray(fc.constantFrom(...URIS), { minLength: 2, maxLength: 3 })
    .map((value): Value => ({ type: 'Relationship', value })),
  fc
    .uniqueArray(fc.constantFrom(...URIS), { minLength: 1, maxLength: 3 })
    .map((value): Value => ({ type: 'ListRelationship', value })),
  fc.array(scalar, { maxLength: 3 }).map((value): Value => ({ type: 'ListProperty', value })),
  fc.constantFrom(...URIS, '12:30:00Z').map((value): Value => ({ type: 'VocabProperty', value })),
  fc
    .dictionary(
      fc.constantFrom('en', 'es', 'en-GB', '@none'),
      fc.oneof(fc.constantFrom(...TEXTS), fc.array(fc.constantFrom(...TEXTS), { minLength: 1, maxLength: 2 })),
      { minKeys: 1 },
    )
    .map((value): Value => ({ type: 'LanguageProperty', value: value as Json })),
  fc.oneof(compound, fc.constant(null)).map((value): Value => ({ type: 'JsonProperty', value })),
  { weight: 2, arbitrary: geometry.map((value): Value => ({ type: 'GeoProperty', value: value as unknown as Json })) },
)

const bare: fc.Arbitrary<AttributeInstance> = fc
  .record({ of: value, observedAt: fc.option(fc.constantFrom(...TIMES.slice(0, 3)), { nil: undefined }) })
  .map(({ of, observedAt }) => ({
    ...of,
    ...(observedAt !== undefined && { observedAt }),
    createdAt: NOW,
    modifiedAt: NOW,
  }))
const instance = fc
  .tuple(
    bare,
    fc.dictionary(
      fc.constantFrom(...SUBS),
      bare.map((one) => [one]),
      { maxKeys: 1 },
    ),
  )
  .map(([one, attributes]): AttributeInstance => (Object.keys(attributes).length === 0 ? one : { ...one, attributes }))
export const instances = fc.oneof(
  { weight: 5, arbitrary: instance.map((one) => [one]) },
  fc.tuple(instance, instance).map(([one, other]) => [one, { ...other, datasetId: 'urn:d:1' }]),
)
const SCOPES = ['/A', '/A/B', '/A/B/C', '/A/D', 'A', '/B', '/A/X/C', `/${LONG}`, `/${LONG}/B`]

/** A hundred and twenty entities in the order of their creation, the clock a second further with each. */
function worldOf(attributes: fc.Arbitrary<Entity['attributes']>): fc.Arbitrary<readonly Entity[]> {
  const types = fc.subarray(TYPES, { minLength: 1 })
  const scopes = fc.subarray(SCOPES, { maxLength: 2 })
  return fc
    .array(fc.record({ types, scopes, attributes }), { minLength: IDS.length, maxLength: IDS.length })
    .map((drawn) =>
      drawn.map((each, i) => ({
        id: IDS[i] ?? '',
        types: each.types,
        ...(each.scopes.length > 0 && { scopes: each.scopes }),
        createdAt: NOW + i * 1000,
        modifiedAt: NOW + i * 1000,
        attributes: each.attributes,
      })),
    )
}

/** Anything anywhere. */
export const world = worldOf(fc.dictionary(fc.constantFrom(...NAMES), instances, { maxKeys: 4 }))

/** An Attribute as one contractor sends it. */
function uniform(type: AttributeInstance['type'], values: fc.Arbitrary<Json>): fc.Arbitrary<AttributeInstance[]> {
  const observedAt = fc.option(fc.constantFrom(...TIMES.slice(0, 3)), { nil: undefined })
  const by = fc.option(fc.constantFrom(...NUMBERS), { nil: undefined })
  return fc.record({ value: values, observedAt, by }).map(({ value, observedAt: at, by: number }) => [
    {
      ...{ type, value, createdAt: NOW, modifiedAt: NOW },
      ...(at !== undefined && { observedAt: at }),
      ...(number !== undefined && {
        attributes: { 'urn:S:s': [{ type: 'Property', value: number, createdAt: NOW, modifiedAt: NOW }] },
      }),
    },
  ])
}

/** One kind of values at each path, so that indexes know all there is to know. */
export const tidyWorld = worldOf(
  fc.record(
    {
      'urn:A:a': uniform('Property', fc.constantFrom<Json>(...NUMBERS, true, false, 'a', 'b', '')),
      'urn:A:b': uniform('Relationship', fc.constantFrom(...URIS.slice(0, 4))),
      'urn:A:c': uniform('Property', fc.constantFrom(...TIMES, 'a', 'ab')),
      [`${CORE}location`]: uniform('GeoProperty', point as unknown as fc.Arbitrary<Json>),
    },
    { requiredKeys: [] },
  ) as fc.Arbitrary<Entity['attributes']>,
)

const name = fc.constantFrom(...NAMES, 'urn:A:unknown')
const member = fc.constantFrom('observedAt', 'modifiedAt', 'unitCode').map((each) => CORE + each)
const names: fc.Arbitrary<readonly string[]> = fc.oneof(
  { weight: 4, arbitrary: name.map((one) => [one]) },
  fc.tuple(name, fc.oneof(fc.constantFrom(...SUBS), member)).map((pair) => [...pair]),
  fc.constantFrom('createdAt', 'modifiedAt', 'expiresAt').map((each) => [CORE + each]),
)
const trail = fc.option(fc.array(fc.constantFrom(...MEMBERS, 'es', '@none'), { minLength: 1, maxLength: 3 }), {
  nil: undefined,
  freq: 3,
})
const path: fc.Arbitrary<AttributePath> = fc
  .record({
    links: fc.oneof(
      { weight: 8, arbitrary: fc.constant([]) },
      fc.array(fc.record({ relationship: name, types: fc.subarray(TYPES, { maxLength: 1 }) }), {
        minLength: 1,
        maxLength: 2,
      }),
    ),
    names,
    trail,
  })
  .map(({ links, names, trail }) => ({ links, names, ...(trail && { trail }) }))

function comparable(json: Json): ComparableOperand[] {
  return comparablesOf(json).map(({ kind, value }) => ({ kind, value }) as ComparableOperand)
}
const COMPARABLES = [...NUMBERS, ...TEXTS, '2026-01-01T00:00:05Z', '2026-01-01T00:00:30Z'].flatMap(comparable)
const operand: fc.Arbitrary<Operand> = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom<Operand>(...COMPARABLES) },
  fc.boolean().map((value): Operand => ({ kind: 'boolean', value })),
  fc.constantFrom(...URIS, 'v').map((value): Operand => ({ kind: 'uri', value })),
  fc.constantFrom<Operand>({ kind: 'uri', value: 'v', iri: 'urn:V:v' }, { kind: 'text', value: 'v', iri: 'urn:V:v' }),
)
const range = fc
  .tuple(fc.constantFrom(...COMPARABLES), fc.constantFrom(...COMPARABLES))
  .filter(([a, b]) => a.kind === b.kind)
  .map(([a, b]) => (a.value <= b.value ? ([a, b] as const) : ([b, a] as const)))
const test: fc.Arbitrary<QueryTest> = fc.oneof(
  fc.record({
    operator: fc.constantFrom('==' as const, '!=' as const),
    values: fc.oneof(
      { weight: 3, arbitrary: operand.map((one) => [one]) },
      fc.array(operand, { minLength: 2, maxLength: 3 }),
    ),
  }),
  fc.record({ operator: fc.constantFrom('==' as const, '!=' as const), range }),
  fc.record({ operator: fc.constantFrom('>', '>=', '<', '<=' as const), value: fc.constantFrom(...COMPARABLES) }),
  fc.record({
    operator: fc.constantFrom('~=' as const, '!~=' as const),
    pattern: fc.constantFrom('a', '^a', '^ab$', '^2020-', 'b|É', '^urn:', '😀', '^$', '^ñ'),
  }),
) as fc.Arbitrary<QueryTest>
const MEMBERS_WITH_VALUES: readonly (readonly [string, Json])[] = [
  ['type', 'Point'],
  ['coordinates', 1],
  ['m', '0 a'],
  ['m 0', 'a'],
  ['@type', 'DateTime'],
  ['@value', '2020-01-01'],
]
/** What is easily lost on the way into an index and back: members of places and of typed values, where texts end. */
const pointed: fc.Arbitrary<Query> = fc.oneof(
  fc
    .tuple(name, fc.constantFrom(...MEMBERS_WITH_VALUES))
    .map(([name, [member, value]]) =>
      pointedAt({ names: [name], trail: [member] }, { operator: '==', values: comparable(value) }),
    ),
  fc
    .tuple(name, fc.constantFrom('<' as const, '<=' as const, '>' as const, '>=' as const), fc.constantFrom(...ENDS))
    .map(([name, operator, value]) => pointedAt({ names: [name] }, { operator, value: { kind: 'text', value } })),
  fc.tuple(name, fc.constantFrom(...ENDS, ...TIMES)).map(([name, text]) => {
    const operand = comparable(text).at(-1)
    return pointedAt({ names: [name] }, { operator: '==', values: operand === undefined ? [] : [operand] })
  }),
  name.map((name) => pointedAt({ names: [name] }, { operator: '~=', pattern: '^a' })),
)
function pointedAt(path: Omit<AttributePath, 'links'>, test: QueryTest): Query {
  return { kind: 'term', path: { links: [], ...path }, test }
}
const term: fc.Arbitrary<Query> = fc
  .tuple(path, fc.option(test, { nil: undefined, freq: 6 }))
  .map(([path, test]) => ({ kind: 'term', path, ...(test && { test }) }))

export const queryArb: fc.Arbitrary<Query> = fc.letrec<{ query: Query }>((tie) => ({
  query: fc.oneof(
    { maxDepth: 2, withCrossShrink: true },
    { weight: 3, arbitrary: term },
    fc.record({
      kind: fc.constantFrom('and' as const, 'or' as const),
      parts: fc.array(tie('query'), { minLength: 2, maxLength: 3 }),
    }),
  ),
})).query

const geo: fc.Arbitrary<GeoQuery> = fc.record({
  relation: fc.oneof(
    fc.record({ kind: fc.constantFrom('within', 'contains', 'intersects', 'equals', 'disjoint', 'overlaps' as const) }),
    fc.record({
      kind: fc.constantFrom('maxDistance' as const, 'minDistance' as const),
      metres: fc.constantFrom(1, 120_000, 400_000, 2_000_000, 30_000_000),
    }),
  ),
  geometry,
  property: fc.constantFrom(`${CORE}location`, 'urn:A:a', 'urn:A:unknown'),
}) as fc.Arbitrary<GeoQuery>

const scopes: fc.Arbitrary<ScopeQuery> = fc.array(
  fc.array(
    fc
      .record({ levels: fc.array(fc.constantFrom('A', 'B', 'C', 'D', '+'), { maxLength: 3 }), below: fc.boolean() })
      .map(({ levels, below }) => ({ levels, below: below || levels.length === 0 })),
    { minLength: 1, maxLength: 2 },
  ),
  { minLength: 1, maxLength: 2 },
)

const types = fc.array(fc.array(fc.constantFrom(...TYPES, 'urn:T:unknown'), { minLength: 1, maxLength: 2 }), {
  minLength: 1,
  maxLength: 2,
})
const selector = {
  types,
  ids: fc.array(fc.constantFrom(...IDS, 'urn:x:unknown'), { minLength: 1, maxLength: 20 }),
  idPattern: fc.constantFrom('^urn:x:1', '5$', '^urn:x:[0-3]', '^urn:x:7$', 'x'),
}
/** Each member is there in one of `rare` cases. */
function sometimes<T>(arbitrary: fc.Arbitrary<T>, rare: number): fc.Arbitrary<T | undefined> {
  return fc
    .option(arbitrary, { nil: undefined, freq: rare - 1 })
    .chain((value) => fc.integer({ min: 1, max: rare }).map((n) => (n === 1 ? value : undefined)))
}
export const filterArb: fc.Arbitrary<EntityFilter> = fc
  .record({
    types: sometimes(types, 2),
    ids: sometimes(selector.ids, 8),
    idPattern: sometimes(selector.idPattern, 6),
    attributes: sometimes(fc.array(name, { minLength: 1, maxLength: 2 }), 6),
    q: fc.option(queryArb, { nil: undefined, freq: 3 }),
    geo: sometimes(geo, 3),
    scopes: sometimes(scopes, 4),
    alternatives: sometimes(
      fc.array(fc.record(selector, { requiredKeys: ['types'] }), { minLength: 1, maxLength: 3 }),
      8,
    ),
  })
  .map((filter) => Object.fromEntries(Object.entries(filter).filter(([, part]) => part !== undefined)))

const key: fc.Arbitrary<OrderingKey> = fc
  .record({
    by: fc.oneof(
      fc.constantFrom('id' as const, 'type' as const, 'scope' as const),
      fc
        .record({ links: fc.constant([]), names, trail })
        .map(({ links, names, trail }) => ({ links, names, ...(trail && { trail }) })),
    ),
    direction: fc.constantFrom('asc' as const, 'desc' as const),
    from: sometimes(geometry, 4),
  })
  .map(({ by, direction, from }) => ({ by, direction, ...(from !== undefined && typeof by !== 'string' && { from }) }))
const ordering: fc.Arbitrary<Ordering> = fc
  .record({
    keys: fc.array(key, { minLength: 1, maxLength: 2 }),
    collation: fc.option(fc.constantFrom('es', 'und-u-ks-level1'), { nil: undefined }),
  })
  .map(({ keys, collation }) => ({ keys, ...(collation !== undefined && { collation }) }))

const extent = {
  limit: fc.constantFrom(0, 1, 3, 20, 100),
  offset: fc.constantFrom(0, 0, 1, 7, 100),
  count: fc.boolean(),
}
const anyQuery: fc.Arbitrary<EntityQuery> = fc
  .record({
    filter: fc.oneof(
      { weight: 2, arbitrary: filterArb },
      pointed.map((q): EntityFilter => ({ q })),
    ),
    ordering: sometimes(ordering, 3),
    ...extent,
  })
  .map(({ ordering, ...query }) => ({ ...query, ...(ordering && { ordering }) }))

/** Conditions that indexes alone can answer where what is stored is tidy, and that something meets. */
const usualTerm: fc.Arbitrary<Query> = fc.oneof(
  usualOf(['urn:A:a'], [...NUMBERS, 'a', 'b']),
  usualOf(['urn:A:b'], URIS.slice(0, 4)),
  usualOf(['urn:A:c'], [...TIMES, 'a', 'ab']),
  usualOf(['urn:A:c', `${CORE}observedAt`], TIMES.slice(0, 3)),
  usualOf(['urn:A:a', 'urn:S:s'], NUMBERS),
  fc
    .boolean()
    .map((value) => pointedAt({ names: ['urn:A:a'] }, { operator: '==', values: [{ kind: 'boolean', value }] })),
)

function usualOf(names: readonly string[], values: readonly Json[]): fc.Arbitrary<Query> {
  // Of what reads in several ways the narrowest is meant.
  const value = fc.constantFrom(...values).map((json) => comparable(json).at(-1) as ComparableOperand)
  const test = fc.oneof(
    value.map((one): QueryTest => ({ operator: '==', values: [one] })),
    fc
      .tuple(fc.constantFrom('>', '>=', '<', '<=' as const), value)
      .map(([operator, one]) => ({ operator, value: one }) as QueryTest),
  )
  return test.map((each) => pointedAt({ names }, each))
}

const near: fc.Arbitrary<GeoQuery> = fc.record({
  relation: fc.oneof(
    fc.record({ kind: fc.constant('maxDistance' as const), metres: fc.constantFrom(1, 120_000, 400_000) }),
    fc.constant({ kind: 'within' as const }),
  ),
  geometry: fc.oneof(point, square),
  property: fc.constant(`${CORE}location`),
})
const usualQuery: fc.Arbitrary<EntityQuery> = fc
  .record({
    types: sometimes(types, 2),
    q: fc.oneof(
      usualTerm,
      fc.record({ kind: fc.constant('and' as const), parts: fc.tuple(usualTerm, usualTerm) }),
      fc.record({ kind: fc.constant('or' as const), parts: fc.tuple(usualTerm, usualTerm) }),
    ),
    geo: sometimes(near, 4),
    scopes: sometimes(scopes, 6),
    ...extent,
  })
  .map(({ q, types, geo, scopes, ...rest }) => ({
    filter: { q, ...(types && { types }), ...(geo && { geo }), ...(scopes && { scopes }) },
    ...rest,
  }))

export const entityQueryArb: fc.Arbitrary<EntityQuery> = fc.oneof({ weight: 2, arbitrary: anyQuery }, usualQuery)
