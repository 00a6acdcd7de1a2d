import { describe, expect, it } from 'vitest'
import { testClock } from '../support/broker.ts'
import { brokerForFile, type Document, newId, pathOf, START } from './client.ts'

const clock = testClock(START)
const broker = brokerForFile({}, clock)
const NULL = 'urn:ngsi-ld:null'

/** Merges a fragment into a new entity, and returns what that is afterwards but for id. */
async function merged(entity: Document, fragment: Document): Promise<Document> {
  const id = newId()
  await broker.create({ id, type: 'Room', ...entity })
  await broker.patch(pathOf(id), fragment).expect(204)
  const { id: _, ...rest } = await broker.entity(id)
  return rest
}

describe('5.6.17 Merge Entity: the examples of 5.5.12 and 5.4', () => {
  it('5.5.12 EXAMPLE 1: value and observedAt are updated, unitCode is left untouched', async () => {
    const temperature = { type: 'Property', value: 25, unitCode: 'CEL', observedAt: '2022-03-14T01:59:26.535Z' }
    const fragment = { type: 'Property', value: 100, observedAt: '2022-03-14T13:00:00.000Z' }
    expect(await merged({ temperature }, { temperature: fragment })).toEqual({
      type: 'Room',
      temperature: { ...fragment, unitCode: 'CEL' },
    })
  })

  it('5.5.12 EXAMPLE 2: the value is merged by RFC 7396, NGSI-LD Null removes a member', async () => {
    const value = { street: 'Straße des 17. Juni', city: 'Berlin', country: 'Germany' }
    const fragment = { type: 'Property', value: { street: 'Pariser Platz', country: NULL } }
    expect(await merged({ address: { type: 'Property', value } }, { address: fragment })).toEqual({
      type: 'Room',
      address: { type: 'Property', value: { street: 'Pariser Platz', city: 'Berlin' } },
    })
  })

  it('5.4 EXAMPLE 2: a value and a time change, a sub-attribute and an Attribute go', async () => {
    const entity = {
      batteryLevel: { value: 9, observedAt: '2022-03-14T12:00:00.000Z', providedBy: { object: 'urn:x:1' } },
      uncharged: true,
    }
    const fragment = {
      type: 'Room',
      batteryLevel: { type: 'Property', value: 7, observedAt: '2022-03-14T12:51:02.000Z', providedBy: NULL },
      uncharged: { type: 'Property', value: NULL },
    }
    expect(await merged(entity, fragment)).toEqual({
      type: 'Room',
      batteryLevel: { type: 'Property', value: 7, observedAt: '2022-03-14T12:51:02.000Z' },
    })
  })
})

describe('5.6.17 Merge Entity: depth', () => {
  it.each<[string, unknown, unknown, unknown]>([
    ['nested objects', { a: { b: 1, c: 2 }, d: 3 }, { a: { b: 9 } }, { a: { b: 9, c: 2 }, d: 3 }],
    ['a member that is new', { a: 1 }, { b: { c: 2 } }, { a: 1, b: { c: 2 } }],
    ['arrays are replaced (RFC 7396)', { a: [1, 2] }, { a: [3] }, { a: [3] }],
    ['an object takes the place of a number', 1, { a: 1 }, { a: 1 }],
    ['a number takes the place of an object', { a: 1 }, 1, 1],
    ['Null of what is not there', { a: 1 }, { b: NULL }, { a: 1 }],
    ['Null in an object that is new (RFC 7396, section 2)', { a: 1 }, { b: { c: NULL, d: 1 } }, { a: 1, b: { d: 1 } }],
    ['the last member goes', { a: 1 }, { a: NULL }, {}],
  ])('5.5.12: %s', async (_, before, sent, after) => {
    expect((await merged({ p: { value: before } }, { p: { value: sent } })).p).toEqual({
      type: 'Property',
      value: after,
    })
  })

  it('5.5.12: sub-attributes are merged to any depth', async () => {
    const p = { value: 1, sub: { value: 1, unitCode: 'CEL', deep: { value: { x: 1, y: 2 } } }, kept: 1 }
    expect(
      (await merged({ p }, { p: { type: 'Property', sub: { type: 'Property', deep: { value: { x: 9 } } } } })).p,
    ).toEqual({
      type: 'Property',
      value: 1,
      kept: { type: 'Property', value: 1 },
      sub: {
        type: 'Property',
        value: 1,
        unitCode: 'CEL',
        deep: { type: 'Property', value: { x: 9, y: 2 } },
      },
    })
  })

  it('RFC 7396, section 2: what is appended has no NGSI-LD Null left in it, sub-attributes neither', async () => {
    const sent = { p: { value: { x: NULL, y: 1 }, sub: { value: { x: { z: NULL } }, deep: { value: { x: NULL } } } } }
    expect((await merged({}, sent)).p).toEqual({
      type: 'Property',
      value: { y: 1 },
      sub: { type: 'Property', value: { x: {} }, deep: { type: 'Property', value: {} } },
    })
  })

  it('4.5.2.3: an empty object is a value, of what is there and of what is new', async () => {
    expect(await merged({ p: 1 }, { p: {}, q: {} })).toEqual({
      type: 'Room',
      p: { type: 'Property', value: {} },
      q: { type: 'Property', value: {} },
    })
  })

  it('5.5.12: an element alone, without a value', async () => {
    const p = { value: 1, unitCode: 'CEL' }
    expect((await merged({ p }, { p: { observedAt: '2026-01-01T00:00:00Z' } })).p).toEqual({
      type: 'Property',
      ...p,
      observedAt: '2026-01-01T00:00:00Z',
    })
    expect((await merged({ p }, { p: { unitCode: NULL } })).p).toEqual({ type: 'Property', value: 1 })
  })

  it('5.5.12: languages of a LanguageProperty are merged, one goes by NGSI-LD Null', async () => {
    const p = { languageMap: { es: 'a', en: 'b', fr: 'c' } }
    expect((await merged({ p }, { p: { languageMap: { en: 'z', fr: NULL } } })).p).toEqual({
      type: 'LanguageProperty',
      languageMap: { es: 'a', en: 'z' },
    })
  })

  it('5.5.12: Relationships, lists and geometries are one value each', async () => {
    const before = {
      r: { object: 'urn:x:1', s: 1 },
      l: { valueList: [1, 2] },
      g: { type: 'Point', coordinates: [1, 2] },
    }
    const sent = {
      r: { object: ['urn:x:2', 'urn:x:3'] },
      l: { valueList: [3] },
      g: { type: 'Point', coordinates: [3, 4] },
    }
    expect(await merged(before, sent)).toEqual({
      type: 'Room',
      r: { type: 'Relationship', object: ['urn:x:2', 'urn:x:3'], s: { type: 'Property', value: 1 } },
      l: { type: 'ListProperty', valueList: [3] },
      g: { type: 'GeoProperty', value: { type: 'Point', coordinates: [3, 4] } },
    })
  })
})

describe('5.6.17 Merge Entity: Attributes and instances', () => {
  it.each<[string, unknown, unknown]>([
    ['a bare NGSI-LD Null', 1, NULL],
    ['Property', 1, { type: 'Property', value: NULL }],
    ['Relationship', { object: 'urn:x:1' }, { object: NULL }],
    ['Relationship, bare (4.5.3.3)', { object: 'urn:x:1' }, NULL],
    ['LanguageProperty', { languageMap: { es: 'x' } }, { languageMap: { '@none': NULL } }],
    ['VocabProperty', { vocab: 'x' }, { vocab: NULL }],
    ['JsonProperty', { json: {} }, { json: NULL }],
    ['ListProperty', { valueList: [1] }, { valueList: [NULL] }],
    ['ListRelationship', { objectList: ['urn:x:1'] }, { objectList: [NULL] }],
    ['GeoProperty', { type: 'Point', coordinates: [1, 2] }, { type: 'GeoProperty', value: NULL }],
  ])('4.5.0: %s is deleted', async (_, before, removal) => {
    expect(await merged({ p: before, q: 1 }, { p: removal })).toEqual({
      type: 'Room',
      q: { type: 'Property', value: 1 },
    })
  })

  // "If overwrite is allowed and the Attribute value is NGSI-LD Null, then the existing Attribute … shall be deleted."
  // Unlike 5.6.4.4 the clause asks for no type, and a bare NGSI-LD Null has none.
  it.each([
    [1, { object: NULL }],
    [1, { type: 'Relationship', object: NULL }],
    [1, { languageMap: { '@none': NULL } }],
    [{ object: 'urn:x:1' }, { value: NULL }],
  ])('5.6.17.4: %j is deleted by %j: whatever NGSI-LD Null is the value of', async (p, removal) => {
    expect(await merged({ p }, { p: removal })).toEqual({ type: 'Room' })
  })

  it('5.6.17.4: NGSI-LD Null of what is not there changes nothing and is no error (RFC 7396)', async () => {
    expect(await merged({ q: 1 }, { p: NULL })).toEqual({ type: 'Room', q: { type: 'Property', value: 1 } })
  })

  it.each([
    ['the same datasetId is merged', { value: 9, datasetId: 'urn:d:1' }, { '@none': 1, 'urn:d:1': 9 }],
    ['another datasetId is appended', { value: 9, datasetId: 'urn:d:2' }, { '@none': 1, 'urn:d:1': 2, 'urn:d:2': 9 }],
    ['no datasetId targets the default instance', { value: 9 }, { '@none': 9, 'urn:d:1': 2 }],
    ['several at once', [{ value: 8 }, { value: 9, datasetId: 'urn:d:1' }], { '@none': 8, 'urn:d:1': 9 }],
  ])('5.6.17.4: %s', async (_, sent, dataset) => {
    const id = newId()
    const p = [
      { value: 1, unitCode: 'CEL' },
      { value: 2, unitCode: 'KMH', datasetId: 'urn:d:1' },
    ]
    await broker.create({ id, type: 'Room', p })
    await broker.patch(pathOf(id), { p: sent }).expect(204)
    expect((await broker.entity(id, 'format=simplified')).p).toEqual({ dataset })
    expect((await broker.entity(id)).p).toEqual(expect.arrayContaining([expect.objectContaining({ unitCode: 'KMH' })]))
  })

  it('5.6.5, 5.5.12: NGSI-LD Null with a datasetId deletes that instance only', async () => {
    const p = [{ value: 1 }, { value: 2, datasetId: 'urn:d:1' }]
    expect((await merged({ p }, { p: { value: NULL, datasetId: 'urn:d:1' } })).p).toEqual({
      type: 'Property',
      value: 1,
    })
    expect((await merged({ p }, { p: NULL })).p).toEqual({ type: 'Property', value: 2, datasetId: 'urn:d:1' })
  })

  it('5.6.17.4: types are added, the scope becomes that of the fragment, NGSI-LD Null removes it', async () => {
    const { type, scope } = await merged({ scope: ['/a', '/b'] }, { type: ['Office', 'Room'], scope: '/c' })
    expect(new Set(type as string[])).toEqual(new Set(['Room', 'Office']))
    expect(scope).toBe('/c')
    expect(await merged({}, { scope: ['/c', '/d'] })).toEqual({ type: 'Room', scope: ['/c', '/d'] })
    expect(await merged({ scope: '/a' }, { scope: NULL })).toEqual({ type: 'Room' })
  })

  it('4.8: createdAt remains, modifiedAt of entity and Attribute move, also of sub-attributes', async () => {
    const id = newId()
    await broker.create({ id, type: 'Room', p: { value: 1, sub: 1, other: 1 }, q: 1 })
    const before = new Date(clock.now()).toISOString()
    clock.advance(1000)
    await broker.patch(pathOf(id), { p: { type: 'Property', sub: { value: 2 } } }).expect(204)
    const after = new Date(clock.now()).toISOString()
    expect(await broker.entity(id, 'options=sysAttrs')).toMatchObject({
      createdAt: before,
      modifiedAt: after,
      p: {
        createdAt: before,
        modifiedAt: after,
        sub: { createdAt: before, modifiedAt: after },
        other: { createdAt: before, modifiedAt: before },
      },
      q: { createdAt: before, modifiedAt: before },
    })
  })
})

describe('5.5.12 sub-attributes alone in the fragment', () => {
  const attribute = { type: 'Property', value: 20, accuracy: { type: 'Property', value: 1 } }

  it.each([
    [
      'with a type',
      { accuracy: { type: 'Property', value: 2 } },
      { ...attribute, accuracy: { type: 'Property', value: 2 } },
    ],
    ['concise, as an object', { accuracy: { value: 2 } }, { ...attribute, accuracy: { type: 'Property', value: 2 } }],
    ['concise, as a value', { accuracy: 2 }, { ...attribute, accuracy: { type: 'Property', value: 2 } }],
    ['as NGSI-LD Null', { accuracy: 'urn:ngsi-ld:null' }, { type: 'Property', value: 20 }],
  ])('are merged where the Attribute has them: %s', async (_, fragment, expected) => {
    const id = newId()
    await broker.create({ id, type: 'T', temperature: attribute })
    await broker.patch(pathOf(id), { temperature: fragment }).expect(204)
    expect((await broker.entity(id)).temperature).toEqual(expected)
  })

  it('are members of the value where it has none of that name', async () => {
    const id = newId()
    await broker.create({ id, type: 'T', address: { type: 'Property', value: { city: 'Santander', zip: '39001' } } })
    await broker.patch(pathOf(id), { address: { city: 'Torrelavega', zip: 'urn:ngsi-ld:null' } }).expect(204)
    expect((await broker.entity(id, 'format=simplified')).address).toEqual({ city: 'Torrelavega' })
  })
})
