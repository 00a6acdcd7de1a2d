/** 20,000 entities (on a server fewer, as it takes longer to fill), and the questions of them that an index answers: the same for every store. */

import type { AttributeInstance, Entity, Json } from '../../src/core/model/entity.ts'
import type { EntityFilter, GeoQuery, Ordering, QueryTerm } from '../../src/core/query/ast.ts'
import { NOW, property } from './contract-store.ts'

const CORE = 'https://uri.etsi.org/ngsi-ld/'
export const MANY = process.env.BOYA_TEST_STORE === 'mongodb' ? 6_000 : 20_000
const TYPE = 'urn:T:car'
export const types = [[TYPE]]
function car(i: number): Entity {
  const at = new Date(NOW + i * 60_000).toISOString()
  const instance = (type: AttributeInstance['type'], value: Json): AttributeInstance[] => [{ ...property(value), type }]
  return {
    id: `urn:x:${i}`,
    types: i % 1000 === 0 ? [TYPE, 'urn:T:rare'] : [TYPE],
    scopes: [`/City/District${i % 500}`],
    createdAt: NOW + i,
    modifiedAt: NOW + i,
    attributes: {
      'urn:A:speed': [property((i * 7919) % MANY, { observedAt: at, attributes: { 'urn:A:by': [property(`s${i}`)] } })],
      'urn:A:state': [property(['on', 'off', 'broken'][i % 3] ?? '')],
      'urn:A:name': [property(`car ${i}`)],
      'urn:A:stops': [
        property(i),
        property(i + 1, { datasetId: 'urn:next' }),
        property(i + 2, { datasetId: 'urn:last' }),
      ],
      'urn:A:lane': [property(i % 130)],
      'urn:A:kind': [property('car')],
      'urn:A:line': [property(`line ${i % 100}`)],
      'urn:A:seen': [property(at)],
      'urn:A:tick': [property(`2026-01-01T00:00:00.${String((i * 7919) % MANY).padStart(6, '0')}Z`)],
      'urn:A:parked': [property(i % 2 === 0)],
      'urn:A:address': [property({ city: `town ${i % 4000}` })],
      'urn:A:road': instance('Relationship', `urn:road:${i % 1000}`),
      'urn:A:label': instance('LanguageProperty', { en: `no ${i}`, es: `número ${i}` }),
      ...(i % 1000 === 7 && { 'urn:A:rare': [property(1)] }),
      [`${CORE}location`]: instance('GeoProperty', {
        type: 'Point',
        coordinates: [-3.9 + ((i * 131) % MANY) / (5 * MANY), 43.4 + ((i * 337) % MANY) / (10 * MANY)],
      }),
    },
  }
}

export const all = Array.from({ length: MANY }, (_, i) => car(i))
export function term(
  names: readonly string[],
  test?: QueryTerm['test'],
  more: Partial<QueryTerm['path']> = {},
): EntityFilter {
  return { types, q: { kind: 'term', path: { links: [], names, ...more }, ...(test && { test }) } }
}
export const time = (i: number) => ({ kind: 'dateTime', value: (NOW + i * 60_000) * 1000 }) as const
const near = { kind: 'maxDistance', metres: 300 } as const
const box = [
  [-3.8, 43.45],
  [-3.797, 43.45],
  [-3.797, 43.452],
  [-3.8, 43.452],
  [-3.8, 43.45],
]

/** A text, and a speed below a bound. */
export function both([name, text]: readonly [string, string], speed: number): EntityFilter {
  const q = [
    term(['urn:A:speed'], below(speed)),
    term([name], { operator: '==', values: [{ kind: 'text', value: text }] }),
  ].flatMap((each) => each.q ?? [])
  return { types, q: { kind: 'and', parts: q } }
}

export function below(value: number): QueryTerm['test'] {
  return { operator: '<', value: { kind: 'number', value } }
}

export function around(metres: number): GeoQuery {
  const geometry = { type: 'Point', coordinates: [-3.8, 43.45] } as const
  return { relation: { kind: 'maxDistance', metres }, geometry, property: `${CORE}location` }
}

export const remembered: EntityFilter = {
  types,
  q: {
    kind: 'and',
    parts: [term(['urn:A:speed'], below(9_001)), term(['urn:A:seen'], { operator: '>=', value: time(0) })].flatMap(
      ({ q }) => q ?? [],
    ),
  },
}

export const TWO_LISTS = 'a condition that two hundred meet, and one that a thousand meet'
export const filters: Record<string, EntityFilter> = {
  'a type': { types: [['urn:T:rare']] },
  ids: { ids: ['urn:x:5', 'urn:x:500'] },
  'the begin of an id': { types, idPattern: '^urn:x:1234' },
  'existence of an attribute': term(['urn:A:rare']),
  'a number': term(['urn:A:speed'], { operator: '==', values: [{ kind: 'number', value: 500 }] }),
  'a range of numbers': term(['urn:A:speed'], { operator: '>', value: { kind: 'number', value: MANY - 20 } }),
  'a range between two': term(['urn:A:speed'], {
    operator: '==',
    range: [
      { kind: 'number', value: 100 },
      { kind: 'number', value: 120 },
    ],
  }),
  'a range in which they have several values': term(['urn:A:stops'], {
    operator: '>',
    value: { kind: 'number', value: MANY - 160 },
  }),
  'a text': term(['urn:A:name'], { operator: '==', values: [{ kind: 'text', value: 'car 77' }] }),
  'several texts': term(['urn:A:name'], {
    operator: '==',
    values: ['car 1', 'car 2'].map((value) => ({ kind: 'text', value }) as const),
  }),
  'the begin of a text': term(['urn:A:name'], { operator: '~=', pattern: '^car 1234' }),
  'a time': term(['urn:A:seen'], { operator: '<', value: time(20) }),
  'the time of an observation': term(['urn:A:speed', `${CORE}observedAt`], { operator: '>=', value: time(MANY - 20) }),
  'a relationship': term(['urn:A:road'], { operator: '==', values: [{ kind: 'text', value: 'urn:road:7' }] }),
  'a relationship, by its URI': term(['urn:A:road'], {
    operator: '==',
    values: [{ kind: 'uri', value: 'urn:road:7' }],
  }),
  'a member of a value': term(
    ['urn:A:address'],
    { operator: '==', values: [{ kind: 'text', value: 'town 12' }] },
    { trail: ['city'] },
  ),
  'a sub-attribute': term(['urn:A:speed', 'urn:A:by'], { operator: '==', values: [{ kind: 'text', value: 's99' }] }),
  'a text in any language': term(['urn:A:label'], { operator: '==', values: [{ kind: 'text', value: 'no 5' }] }),
  'a text in one language': term(
    ['urn:A:label'],
    { operator: '==', values: [{ kind: 'text', value: 'no 5' }] },
    { trail: ['en'] },
  ),
  'when it was modified': term([`${CORE}modifiedAt`], {
    operator: '>',
    value: { kind: 'dateTime', value: (NOW + MANY - 20) * 1000 },
  }),
  'two conditions': both(['urn:A:state', 'on'], 60),
  [TWO_LISTS]: both(['urn:A:line', 'line 7'], 1_000),
  'a scope': { types, scopes: [[{ levels: ['City', 'District7'], below: false }]] },
  'a scope and below': { types, scopes: [[{ levels: ['City', 'District7'], below: true }]] },
  near: {
    types,
    geo: { relation: near, geometry: { type: 'Point', coordinates: [-3.8, 43.45] }, property: `${CORE}location` },
  },
  within: {
    types,
    geo: {
      relation: { kind: 'within' },
      geometry: { type: 'Polygon', coordinates: [box] },
      property: `${CORE}location`,
    },
  },
}

const path = (...names: string[]) => ({ links: [], names })
export const orderings: Record<string, Ordering> = {
  'a number': { keys: [{ by: path('urn:A:speed'), direction: 'asc' }] },
  'a number, the other way, and a text': {
    keys: [
      { by: path('urn:A:speed'), direction: 'desc' },
      { by: path('urn:A:name'), direction: 'asc' },
    ],
  },
  'the time of an observation': { keys: [{ by: path('urn:A:speed', `${CORE}observedAt`), direction: 'desc' }] },
  'when it was modified': { keys: [{ by: path(`${CORE}modifiedAt`), direction: 'desc' }] },
  'a number that many share': { keys: [{ by: path('urn:A:lane'), direction: 'asc' }] },
  'a number that many share, the other way': { keys: [{ by: path('urn:A:lane'), direction: 'desc' }] },
  microseconds: { keys: [{ by: path('urn:A:tick'), direction: 'asc' }] },
  'microseconds, the other way': { keys: [{ by: path('urn:A:tick'), direction: 'desc' }] },
  distance: {
    keys: [{ by: path(`${CORE}location`), direction: 'asc', from: { type: 'Point', coordinates: [-3.8, 43.45] } }],
  },
}

export const common: Ordering = {
  keys: [
    { by: path('urn:A:parked'), direction: 'desc' },
    { by: path('urn:A:speed'), direction: 'asc' },
  ],
}
