/** Generators of model entities for property-based tests. */

import fc from 'fast-check'
import type { AttributeInstance, Attributes, AttributeType, Entity, Json } from '../../src/core/model/entity.ts'

const DEFAULT = 'https://uri.etsi.org/ngsi-ld/default-context/'
const PROOF = 'https://uri.etsi.org/ngsi-ld/ngsildproof'
const NOW = Date.UTC(2026, 0, 1)

const name = fc
  .constantFrom('speed', 'name', 'constructor', 'größe', 'toString', 'velocidad_2', 'https://example.org/x#y')
  .map((term) => (term.includes(':') ? term : DEFAULT + term))
const uri = fc.constantFrom('urn:ngsi-ld:Road:1', 'urn:ngsi-ld:Road:2', 'https://example.org/things/3', 'urn:x:ñ')
const dateTime = fc.constantFrom('2026-02-23T05:59:13Z', '2026-02-23T05:59:13.107Z', '2015-12-28T08:49:34.123456Z')

/** Any JSON value but null, and without NGSI-LD Null. */
export const jsonValue: fc.Arbitrary<Json> = fc
  .oneof(
    fc.jsonValue({ maxDepth: 3 }),
    fc.constantFrom<Json>(
      { type: 'PostalAddress', city: 'Santander' },
      { type: 'Point', coordinates: [1, 2] },
      { value: 1 },
      { object: 'urn:x:1', datasetId: 'urn:d:1' },
      [{ type: 'Property', value: 1 }],
      [{ value: 1 }, { value: 2 }],
      { '@type': 'DateTime', '@value': '2026-01-01T00:00:00Z' },
      { observedAt: 'yesterday' },
      { '@context': 'x', a: 1 },
      { entityIdSealed: 'urn:x:1', b: 2 },
      { speed: { value: 1 }, name: { object: 'urn:x:1' } },
      { speed: { value: 1 }, name: 2 },
    ),
  )
  .filter((value) => value !== null)
  .map((value) => JSON.parse(JSON.stringify(value)))

/** "foreign members" of a geometry (RFC 7946, section 6.1) are kept. */
const foreign = fc.constantFrom(
  {},
  {},
  { value: 1 },
  { '@type': 'x' },
  { '@context': 'x' },
  { observedAt: 'yesterday' },
)
const point = fc
  .tuple(fc.integer({ min: -180, max: 180 }), fc.integer({ min: -90, max: 90 }), foreign)
  .map(([x, y, members]) => ({ type: 'Point', coordinates: [x, y], ...members }))
const languageMap = fc.dictionary(
  fc.constantFrom('es', 'en', 'en-GB', '@none'),
  fc.oneof(fc.string(), fc.array(fc.string(), { minLength: 1 })),
  { minKeys: 1 },
)

const values: Record<AttributeType, fc.Arbitrary<Json>> = {
  Property: jsonValue,
  GeoProperty: point,
  LanguageProperty: languageMap as fc.Arbitrary<Json>,
  VocabProperty: fc.oneof(name, fc.array(name, { minLength: 1, maxLength: 3 })),
  JsonProperty: fc.constantFrom<Json>({ id: 1, value: null }, [{ a: 1 }], { type: 'x' }),
  ListProperty: fc.array(jsonValue, { maxLength: 3 }),
  Relationship: fc.oneof(uri, fc.array(uri, { minLength: 1, maxLength: 3 })),
  ListRelationship: fc.array(uri, { minLength: 1, maxLength: 3 }),
}

/** 4.5.2.2: an `ngsildproof`, the one Property that may have the sealed members, and whose value is an object. */
const proofArb: fc.Arbitrary<AttributeInstance> = fc
  .record(
    {
      value: fc.constantFrom<Json>(
        { type: 'DataIntegrityProof' },
        { proofPurpose: 'x' },
        { entityIdSealed: 'urn:x:1', b: 2 },
        { entityTypeSealed: 'T' },
        { '@context': 'x', a: 1 },
        { object: 'urn:x:1' },
      ),
      entityIdSealed: uri,
      entityTypeSealed: name,
    },
    { requiredKeys: ['value'] },
  )
  .map((proof) => ({ type: 'Property', ...proof, createdAt: NOW, modifiedAt: NOW }))

function instanceArb(type: AttributeType, depth: number): fc.Arbitrary<AttributeInstance> {
  const isRelationship = type.endsWith('Relationship')
  return fc
    .record(
      {
        value: values[type],
        observedAt: dateTime,
        expiresAt: fc.constant('2099-01-01T00:00:00Z'),
        unitCode: fc.constantFrom('CEL', 'KMH'),
        valueType: name,
        objectType: fc.uniqueArray(name, { minLength: 1, maxLength: 2 }),
        attributes: depth === 0 ? fc.constant({}) : attributesArb(depth - 1),
      },
      { requiredKeys: ['value'] },
    )
    .map(({ unitCode, valueType, objectType, attributes, ...rest }) => ({
      type,
      ...rest,
      ...((type === 'Property' || type === 'ListProperty') && unitCode !== undefined && { unitCode }),
      ...(!isRelationship && type !== 'LanguageProperty' && valueType !== undefined && { valueType }),
      ...(isRelationship && objectType !== undefined && { objectType }),
      createdAt: NOW,
      modifiedAt: NOW,
      ...(attributes !== undefined && Object.keys(attributes).length > 0 && { attributes }),
    }))
}

const types = Object.keys(values) as AttributeType[]

/** One instance with nothing but its value: what the concise representation shows bare. */
const plainArb: fc.Arbitrary<AttributeInstance[]> = fc
  .constantFrom<AttributeType[]>('Property', 'Property', 'GeoProperty')
  .chain((type) => values[type].map((value) => [{ type, value, createdAt: NOW, modifiedAt: NOW }]))

function instancesArb(depth: number): fc.Arbitrary<AttributeInstance[]> {
  const datasets = fc.uniqueArray(fc.constantFrom(undefined, 'urn:d:1', 'urn:d:2'), { minLength: 1, maxLength: 3 })
  return datasets.chain((ids) =>
    fc.tuple(...ids.map(() => fc.constantFrom(...types).chain((type) => instanceArb(type, depth)))).map((instances) =>
      instances.map((instance, i) => {
        const datasetId = ids[i]
        return datasetId === undefined ? instance : { ...instance, datasetId }
      }),
    ),
  )
}

export function attributesArb(depth: number): fc.Arbitrary<Attributes> {
  return fc
    .uniqueArray(fc.oneof({ weight: 9, arbitrary: name }, { weight: 1, arbitrary: fc.constant(PROOF) }), {
      maxLength: 3,
    })
    .chain((names) =>
      fc
        .tuple(
          ...names.map((key) =>
            key === PROOF
              ? proofArb.map((proof) => [proof])
              : fc.oneof(plainArb, instancesArb(depth), instancesArb(depth)),
          ),
        )
        .map((all) => Object.fromEntries(names.map((key, i) => [key, all[i] ?? []]))),
    )
}

/** An entity all of whose times are {@link createdAt}. */
export const entityArb: fc.Arbitrary<Entity> = fc
  .record(
    {
      id: fc.constantFrom('urn:ngsi-ld:Vehicle:1', 'https://example.org/vehicles/2'),
      types: fc.uniqueArray(name, { minLength: 1, maxLength: 3 }),
      scopes: fc.uniqueArray(fc.constantFrom('/Mobility/Parking', 'Madrid', '/Ciudad_1'), { minLength: 1 }),
      expiresAt: fc.constant('2099-01-01T00:00:00Z'),
      attributes: attributesArb(1),
    },
    { requiredKeys: ['id', 'types', 'attributes'] },
  )
  .map((entity) => ({ ...entity, createdAt: NOW, modifiedAt: NOW }))

export const createdAt = NOW
