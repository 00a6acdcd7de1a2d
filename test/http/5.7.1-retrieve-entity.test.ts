import { describe, expect, it } from 'vitest'
import { CONTEXT_LINK, testClock } from '../support/broker.ts'
import { brokerForFile, CORE, expectProblem, newId, pathOf, START } from './client.ts'

const clock = testClock(START)
const broker = brokerForFile({}, clock)
const now = new Date(START).toISOString()

/** Has an Attribute of every kind (after C.2.2). */
function vehicle(id: string) {
  return {
    id,
    type: 'Vehicle',
    scope: '/Santander/Centro',
    brandName: { type: 'Property', value: 'Mercedes' },
    speed: [
      { type: 'Property', value: 55, unitCode: 'KMH', source: { type: 'Property', value: 'Speedometer' } },
      { type: 'Property', value: 54.5, datasetId: 'urn:d:gps', observedAt: '2026-01-01T10:00:00Z' },
    ],
    address: { type: 'Property', value: { type: 'PostalAddress', city: 'Santander' } },
    street: { type: 'LanguageProperty', languageMap: { fr: 'Grand Place', nl: 'Grote Markt' } },
    category: { type: 'VocabProperty', vocab: 'commercial' },
    ticket: { type: 'JsonProperty', json: { id: '85a6', value: 'Overstay' } },
    tyres: { type: 'ListProperty', valueList: [300, 300, 120] },
    isParked: {
      type: 'Relationship',
      object: 'urn:x:Parking:1',
      providedBy: { type: 'Relationship', object: 'urn:x:1' },
    },
    passengers: { type: 'ListRelationship', objectList: [{ object: 'urn:x:P:1' }, { object: 'urn:x:P:2' }] },
    location: { type: 'GeoProperty', value: { type: 'Point', coordinates: [-3.8, 43.46] } },
  }
}

async function newVehicle() {
  const entity = vehicle(newId())
  await broker.create(entity)
  return entity
}

describe('5.7.1 Retrieve Entity: representations (6.3.7)', () => {
  const concise = {
    brandName: 'Mercedes',
    speed: [
      { value: 55, unitCode: 'KMH', source: 'Speedometer' },
      { value: 54.5, datasetId: 'urn:d:gps', observedAt: '2026-01-01T10:00:00Z' },
    ],
    // 4.5.2.3: an object with a "type" would be read as normalized, so it needs its "value"
    address: { value: { type: 'PostalAddress', city: 'Santander' } },
    street: { languageMap: { fr: 'Grand Place', nl: 'Grote Markt' } },
    category: { vocab: 'commercial' },
    ticket: { json: { id: '85a6', value: 'Overstay' } },
    tyres: { valueList: [300, 300, 120] },
    isParked: { object: 'urn:x:Parking:1', providedBy: { object: 'urn:x:1' } },
    passengers: { objectList: ['urn:x:P:1', 'urn:x:P:2'] },
    location: { type: 'Point', coordinates: [-3.8, 43.46] },
  }
  const simplified = {
    brandName: 'Mercedes',
    speed: { dataset: { '@none': 55, 'urn:d:gps': 54.5 } },
    address: { type: 'PostalAddress', city: 'Santander' },
    street: { languageMap: { fr: 'Grand Place', nl: 'Grote Markt' } },
    category: { vocab: 'commercial' },
    ticket: { json: { id: '85a6', value: 'Overstay' } },
    tyres: [300, 300, 120],
    isParked: 'urn:x:Parking:1',
    passengers: ['urn:x:P:1', 'urn:x:P:2'],
    location: { type: 'Point', coordinates: [-3.8, 43.46] },
  }

  it.each(['', 'format=normalized', 'options=normalized'])('4.5.1: normalized, by "%s"', async (query) => {
    const entity = await newVehicle()
    expect(await broker.entity(entity.id, query)).toEqual(entity)
  })

  it.each(['format=concise', 'options=concise', 'format=concise&options=keyValues'])(
    '4.5.2.3: concise, by "%s"',
    async (query) => {
      const { id, type, scope } = await newVehicle()
      expect(await broker.entity(id, query)).toEqual({ id, type, scope, ...concise })
    },
  )

  it.each(['format=simplified', 'format=keyValues', 'options=keyValues', 'options=simplified'])(
    '4.5.4: simplified, by "%s"',
    async (query) => {
      const { id, type, scope } = await newVehicle()
      expect(await broker.entity(id, query)).toEqual({ id, type, scope, ...simplified })
    },
  )

  it('4.5.4 EXAMPLES 13 and 19: datasets of Relationships, and one instance that has a datasetId', async () => {
    const id = newId()
    const r = [{ object: 'urn:x:1' }, { object: 'urn:x:2', datasetId: 'urn:d:1' }]
    const l = [{ objectList: ['urn:x:1'] }, { objectList: ['urn:x:2', 'urn:x:3'], datasetId: 'urn:d:1' }]
    await broker.create({ id, type: 'T', r, l })
    expect(await broker.entity(id, 'format=simplified')).toEqual({
      id,
      type: 'T',
      r: { dataset: { '@none': 'urn:x:1', 'urn:d:1': 'urn:x:2' } },
      l: { dataset: { '@none': ['urn:x:1'], 'urn:d:1': ['urn:x:2', 'urn:x:3'] } },
    })
  })
})

describe('5.7.1 Retrieve Entity: system Attributes (6.3.11)', () => {
  const times = { createdAt: now, modifiedAt: now }

  it('options=sysAttrs adds createdAt, modifiedAt and expiresAt at every level', async () => {
    const id = newId()
    const expiresAt = '2099-01-01T00:00:00Z'
    await broker.create({ id, type: 'T', expiresAt, a: { value: 1, expiresAt, sub: 1 } })
    const a = { type: 'Property', value: 1, expiresAt, ...times, sub: { type: 'Property', value: 1, ...times } }
    expect(await broker.entity(id, 'options=sysAttrs')).toEqual({ id, type: 'T', expiresAt, ...times, a })
    expect(await broker.entity(id)).toEqual({
      id,
      type: 'T',
      a: { type: 'Property', value: 1, sub: { type: 'Property', value: 1 } },
    })
  })

  it.each([
    'options=keyValues,sysAttrs',
    'options=sysAttrs,keyValues',
    'format=simplified&options=sysAttrs',
    'options=sysAttrs&options=keyValues',
  ])('goes together with simplified: %s', async (query) => {
    const id = newId()
    await broker.create({ id, type: 'T', a: 1 })
    expect(await broker.entity(id, query)).toEqual({ id, type: 'T', a: 1, ...times })
  })

  it('goes together with concise, where a value then needs its "value"', async () => {
    const id = newId()
    await broker.create({ id, type: 'T', a: 1 })
    expect(await broker.entity(id, 'options=concise,sysAttrs')).toEqual({
      id,
      type: 'T',
      ...times,
      a: { value: 1, ...times },
    })
  })
})

describe('5.7.1 Retrieve Entity: targets and @context', () => {
  it('5.7.1.4: BadRequestData for an id that is no URI, ResourceNotFound for one nobody has or of another type', async () => {
    const { id } = await newVehicle()
    expectProblem(await broker.get('/entities/no-uri'), 400, 'BadRequestData')
    expectProblem(await broker.get(pathOf('urn:x:nobody')), 404, 'ResourceNotFound')
    expectProblem(await broker.get(`${pathOf(id)}?type=Car`), 404, 'ResourceNotFound')
    expect((await broker.entity(id, 'type=Car|Vehicle')).id).toBe(id)
  })

  it('6.3.6: application/json has the @context in a Link header, application/ld+json in the body', async () => {
    const { id } = await newVehicle()
    const json = await broker.get(pathOf(id)).expect(200)
    expect(json.headers['content-type']).toMatch(/^application\/json/)
    expect(json.headers.link).toBe(CONTEXT_LINK(CORE))
    expect(json.body).not.toHaveProperty('@context')
    const ld = await broker.get(pathOf(id), { Accept: 'application/ld+json' }).expect(200)
    expect(ld.headers['content-type']).toMatch(/^application\/ld\+json/)
    expect(ld.headers.link).toBeUndefined()
    expect(ld.body).toEqual({ ...json.body, '@context': CORE })
  })
})
