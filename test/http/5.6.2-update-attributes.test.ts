import { describe, expect, it } from 'vitest'
import { testClock } from '../support/broker.ts'
import { brokerForFile, type Document, expectProblem, iri, newId, pathOf, START } from './client.ts'

const clock = testClock(START)
const broker = brokerForFile({}, clock)

const NULL = 'urn:ngsi-ld:null'
const temperature = { type: 'Property', value: 25, unitCode: 'CEL', observedAt: '2022-03-14T01:59:26.535Z' }

async function updated(id: string, fragment: Document): Promise<Document> {
  await broker.patch(`${pathOf(id)}/attrs`, fragment).expect(204)
  return broker.entity(id)
}

describe('5.6.2 Update Attributes: values', () => {
  it('5.5.8 EXAMPLE 2: the whole Attribute is overwritten, others remain untouched', async () => {
    const id = newId()
    await broker.create({ id, type: 'Room', temperature, humidity: { type: 'Property', value: 40 } })
    const fragment = { type: 'Property', value: 100, observedAt: '2022-03-14T13:00:00.000Z' }
    expect(await updated(id, { temperature: fragment })).toEqual({
      id,
      type: 'Room',
      temperature: fragment,
      humidity: { type: 'Property', value: 40 },
    })
  })

  it('5.5.8 EXAMPLE 3: NGSI-LD Null deletes the whole Attribute, others remain untouched', async () => {
    const id = newId()
    await broker.create({ id, type: 'Room', temperature, humidity: 40 })
    const fragment = { temperature: { type: 'Property', value: NULL } }
    expect(await updated(id, fragment)).toEqual({ id, type: 'Room', humidity: { type: 'Property', value: 40 } })
  })

  it('5.6.2.4: an Attribute that is not there is appended', async () => {
    const id = newId()
    await broker.create({ id, type: 'Room' })
    expect(await updated(id, { temperature })).toEqual({ id, type: 'Room', temperature })
  })

  it('5.6.2.4: the type of the Attribute may be another one than before', async () => {
    const id = newId()
    await broker.create({ id, type: 'Room', a: 1 })
    expect((await updated(id, { a: { type: 'Relationship', object: 'urn:x:1' } })).a).toEqual({
      type: 'Relationship',
      object: 'urn:x:1',
    })
  })

  it('4.8: createdAt of entity and Attribute remain, modifiedAt of both move, those of others stay', async () => {
    const id = newId()
    await broker.create({ id, type: 'Room', a: 1, b: 1 })
    const before = new Date(clock.now()).toISOString()
    clock.advance(1000)
    await broker.patch(`${pathOf(id)}/attrs`, { a: 2, c: 3 }).expect(204)
    const after = new Date(clock.now()).toISOString()
    expect(await broker.entity(id, 'options=sysAttrs')).toEqual({
      id,
      type: 'Room',
      createdAt: before,
      modifiedAt: after,
      a: { type: 'Property', value: 2, createdAt: before, modifiedAt: after },
      b: { type: 'Property', value: 1, createdAt: before, modifiedAt: before },
      c: { type: 'Property', value: 3, createdAt: after, modifiedAt: after },
    })
  })
})

describe('5.6.2 Update Attributes: NGSI-LD Null in the form of each kind of Attribute (4.5.0)', () => {
  const forms: Record<string, readonly [unknown, unknown]> = {
    'a bare NGSI-LD Null': [{ type: 'Property', value: 1 }, NULL],
    'a bare NGSI-LD Null for a Relationship (4.5.3.3)': [{ object: 'urn:x:1' }, NULL],
    Property: [1, { type: 'Property', value: NULL }],
    'concise Property': [1, { value: NULL }],
    GeoProperty: [
      { type: 'Point', coordinates: [1, 2] },
      { type: 'GeoProperty', value: NULL },
    ],
    Relationship: [{ object: 'urn:x:1' }, { type: 'Relationship', object: NULL }],
    'concise Relationship': [{ object: 'urn:x:1' }, { object: NULL }],
    LanguageProperty: [{ languageMap: { es: 'x' } }, { type: 'LanguageProperty', languageMap: { '@none': NULL } }],
    VocabProperty: [{ vocab: 'x' }, { type: 'VocabProperty', vocab: NULL }],
    JsonProperty: [{ json: {} }, { type: 'JsonProperty', json: NULL }],
    ListProperty: [{ valueList: [1] }, { type: 'ListProperty', valueList: [NULL] }],
    ListRelationship: [{ objectList: ['urn:x:1'] }, { type: 'ListRelationship', objectList: [NULL] }],
    'ListRelationship with an object': [{ objectList: ['urn:x:1'] }, { objectList: [{ object: NULL }] }],
  }

  it.each(Object.entries(forms))('%s is deleted', async (_, [attribute, removal]) => {
    const id = newId()
    await broker.create({ id, type: 'Room', a: attribute, b: 1 })
    expect(await updated(id, { a: removal })).toEqual({ id, type: 'Room', b: { type: 'Property', value: 1 } })
  })

  it('5.5.4: NGSI-LD Null inside a value is for merging only', async () => {
    const id = newId()
    await broker.create({ id, type: 'Room', a: { value: { b: 1 } } })
    const response = await broker.patch(`${pathOf(id)}/attrs`, { a: { value: { b: NULL } } })
    expectProblem(response, 400, 'BadRequestData')
  })

  it('5.5.8: a datasetId cannot be deleted by NGSI-LD Null', async () => {
    const id = newId()
    await broker.create({ id, type: 'Room', a: { value: 1, datasetId: 'urn:d:1' } })
    const response = await broker.patch(`${pathOf(id)}/attrs`, { a: { value: 1, datasetId: NULL } })
    expectProblem(response, 400, 'BadRequestData')
  })

  it('6.6.3.2: 207 with an UpdateResult where there is nothing to delete, in Fully Qualified Names (6.3.6)', async () => {
    const id = newId()
    await broker.create({ id, type: 'Room', b: 1 })
    const response = await broker.patch(`${pathOf(id)}/attrs`, { a: NULL, b: 2 }).expect(207)
    expect(response.headers['content-type']).toMatch(/^application\/json/)
    expect(response.body).toEqual({
      updated: [iri('b')],
      notUpdated: [{ attributeName: iri('a'), reason: expect.any(String) }],
    })
    expect((await broker.entity(id)).b).toEqual({ type: 'Property', value: 2 })
  })
})

describe('5.6.2 Update Attributes: datasetId', () => {
  const instances = [
    { type: 'Property', value: 1, unitCode: 'CEL' },
    { type: 'Property', value: 2, datasetId: 'urn:d:1' },
  ]

  it.each([
    ['the same datasetId is replaced', { value: 9, datasetId: 'urn:d:1' }, [1, 9]],
    ['another datasetId is appended', { value: 9, datasetId: 'urn:d:2' }, [1, 2, 9]],
    ['no datasetId targets the default instance', { value: 9 }, [9, 2]],
    ['"@none" targets the default instance', { value: 9, datasetId: '@none' }, [9, 2]],
    ['NGSI-LD Null with datasetId deletes that instance', { value: NULL, datasetId: 'urn:d:1' }, [1]],
    ['NGSI-LD Null without datasetId deletes the default instance', { value: NULL }, [2]],
    [
      'several instances at once',
      [{ value: NULL }, { value: 9, datasetId: 'urn:d:1' }, { value: 8, datasetId: 'urn:d:2' }],
      [9, 8],
    ],
  ])('5.6.2.4: %s', async (_, fragment, values) => {
    const id = newId()
    await broker.create({ id, type: 'Room', a: instances })
    const { a } = await updated(id, { a: fragment })
    expect((Array.isArray(a) ? a : [a]).map(({ value }) => value).sort()).toEqual([...values].sort())
  })
})

describe('5.6.2 Update Attributes: types, scopes, targets', () => {
  it('5.6.2.4: Entity Type names that are not there yet are added; none is removed', async () => {
    const id = newId()
    await broker.create({ id, type: ['Room', 'Space'] })
    expect(new Set((await updated(id, { type: ['Office', 'Room'] })).type as string[])).toEqual(
      new Set(['Room', 'Space', 'Office']),
    )
  })

  it('5.6.2.4: scope is replaced where the entity has one', async () => {
    const id = newId()
    await broker.create({ id, type: 'Room', scope: ['/a', '/b'] })
    expect((await updated(id, { scope: '/c' })).scope).toBe('/c')
  })

  it('5.6.2.4: scope is ignored where the entity has none, and reported as not updated', async () => {
    const id = newId()
    await broker.create({ id, type: 'Room' })
    const response = await broker.patch(`${pathOf(id)}/attrs`, { scope: '/c', a: 1 }).expect(207)
    expect(response.body).toMatchObject({
      updated: [iri('a')],
      notUpdated: [{ attributeName: 'https://uri.etsi.org/ngsi-ld/scope' }],
    })
    expect(await broker.entity(id, 'format=simplified')).toEqual({ id, type: 'Room', a: 1 })
  })

  it('4.17: the type parameter narrows the target: 404 where it does not match, and nothing is changed', async () => {
    const id = newId()
    await broker.create({ id, type: ['Room', 'Space'], a: 1 })
    for (const type of ['Car', '(Room;Car)', 'Car|Bike']) {
      const response = await broker.patch(`${pathOf(id)}/attrs?type=${encodeURIComponent(type)}`, { a: 2 })
      expectProblem(response, 404, 'ResourceNotFound')
    }
    for (const type of ['Room', '(Room;Space)', 'Car,Space', iri('Room')]) {
      await broker.patch(`${pathOf(id)}/attrs?type=${encodeURIComponent(type)}`, { a: 2 }).expect(204)
    }
  })

  it('5.6.2.4: BadRequestData for an id that is no URI, ResourceNotFound for one that nobody has', async () => {
    expectProblem(await broker.patch('/entities/no-uri/attrs', { a: 1 }), 400, 'BadRequestData')
    expectProblem(await broker.patch(`${pathOf(newId())}/attrs`, { a: 1 }), 404, 'ResourceNotFound')
  })

  it('5.4: the id of the fragment, where it is sent, is that of the target', async () => {
    const id = newId()
    await broker.create({ id, type: 'Room', a: 1 })
    await broker.patch(`${pathOf(id)}/attrs`, { id, a: 2 }).expect(204)
    expectProblem(await broker.patch(`${pathOf(id)}/attrs`, { id: 'urn:x:other', a: 3 }), 400, 'BadRequestData')
  })

  it('5.5.4: a fragment that is wrong in one Attribute changes none', async () => {
    const id = newId()
    await broker.create({ id, type: 'Room', a: 1, b: 1 })
    const response = await broker.patch(`${pathOf(id)}/attrs`, { a: 2, b: { type: 'Property' } })
    expectProblem(response, 400, 'BadRequestData', /\/b/)
    expect(await broker.entity(id, 'format=simplified')).toEqual({ id, type: 'Room', a: 1, b: 1 })
  })
})
