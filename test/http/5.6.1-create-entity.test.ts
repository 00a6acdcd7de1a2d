import { describe, expect, it } from 'vitest'
import { testClock } from '../support/broker.ts'
import { brokerForFile, CORE, expectProblem, iri, LD, newId, pathOf, START } from './client.ts'

const clock = testClock(START)
const broker = brokerForFile({}, clock)

describe('5.6.1 Create Entity: what is created', () => {
  it('6.4.3.1: 201 with the relative path of the entity in Location, no body and no Link', async () => {
    const id = newId()
    const response = await broker.post('/entities', { id, type: 'Vehicle' }).expect(201)
    expect(response.headers.location).toBe(`/ngsi-ld/v1/entities/${id}`)
    expect(response.text).toBe('')
    expect(response.headers.link).toBeUndefined()
    expect(await broker.entity(id)).toEqual({ id, type: 'Vehicle' })
  })

  it('6.4.3.1: Location can be followed, whatever characters the id has', async () => {
    for (const id of ['https://example.org/a b'.replace(' ', '%20'), 'urn:x:a/b?c=d&e#f', 'urn:x:ñandú', 'urn:x:a+b']) {
      const { headers } = await broker.post('/entities', { id, type: 'Vehicle' }).expect(201)
      const followed = await broker.root('get', String(headers.location)).expect(200)
      expect(followed.body.id).toBe(id)
    }
  })

  it('4.5.2–4.5.24: every kind of Attribute comes back as it was sent', async () => {
    const id = newId()
    const attributes = {
      speed: { type: 'Property', value: 55, unitCode: 'KMH', observedAt: '2026-01-01T10:00:00Z' },
      address: { type: 'Property', value: { street: 'Calle Burgos', city: 'Santander' } },
      location: { type: 'GeoProperty', value: { type: 'Point', coordinates: [-3.8, 43.46] } },
      label: { type: 'LanguageProperty', languageMap: { es: 'Coche', en: ['Car', 'Auto'], '@none': 'X' } },
      fuel: { type: 'VocabProperty', vocab: ['diesel', 'petrol'] },
      raw: { type: 'JsonProperty', json: { id: 'no-uri', value: null, '@context': 1 } },
      stops: { type: 'ListProperty', valueList: ['a', 1, { b: 2 }] },
      isParked: { type: 'Relationship', object: 'urn:ngsi-ld:Spot:1', objectType: 'Spot' },
      passengers: { type: 'Relationship', object: ['urn:ngsi-ld:Person:1', 'urn:ngsi-ld:Person:2'] },
      route: { type: 'ListRelationship', objectList: [{ object: 'urn:x:1' }, { object: 'urn:x:2' }] },
    }
    await broker.create({ id, type: ['Vehicle', 'Car'], scope: ['/a', '/b/c'], ...attributes })
    const { type, ...rest } = await broker.entity(id)
    expect(new Set(type as string[])).toEqual(new Set(['Vehicle', 'Car']))
    expect(rest).toEqual({ id, scope: ['/a', '/b/c'], ...attributes })
  })

  it('4.5.5: instances with datasetIds, and "@none" for the default one', async () => {
    const id = newId()
    const speed = [
      { type: 'Property', value: 1, datasetId: '@none' },
      { type: 'Property', value: 2, datasetId: 'urn:d:1' },
    ]
    await broker.create({ id, type: 'Vehicle', speed })
    expect((await broker.entity(id)).speed).toEqual([
      { type: 'Property', value: 1 },
      { type: 'Property', value: 2, datasetId: 'urn:d:1' },
    ])
  })

  it('4.5.2.2: sub-attributes of any depth, which can have instances, too', async () => {
    const id = newId()
    const speed = {
      type: 'Property',
      value: 1,
      providedBy: { type: 'Relationship', object: 'urn:x:1', since: { type: 'Property', value: '2020' } },
      accuracy: [
        { type: 'Property', value: 0.5 },
        { type: 'Property', value: 0.9, datasetId: 'urn:d:1' },
      ],
    }
    await broker.create({ id, type: 'Vehicle', speed })
    expect((await broker.entity(id)).speed).toEqual(speed)
  })

  it('4.5.2.3, 4.5.3.3: the concise representation means the same as the normalized one', async () => {
    const id = newId()
    await broker.create({
      id,
      type: 'Vehicle',
      brand: 'Seat',
      tags: ['a', 'b'],
      speed: { value: 55, unitCode: 'KMH', accuracy: 0.9 },
      isParked: { object: 'urn:x:1' },
      label: { languageMap: { es: 'Coche' } },
      fuel: { vocab: 'diesel' },
      raw: { json: { a: 1 } },
      stops: { valueList: [1, 2] },
      route: { objectList: ['urn:x:1'] },
      position: { type: 'Point', coordinates: [1, 2] },
      track: { value: { type: 'Point', coordinates: [1, 2] }, observedAt: '2026-01-01T10:00:00Z' },
    })
    expect(await broker.entity(id)).toEqual({
      id,
      type: 'Vehicle',
      brand: { type: 'Property', value: 'Seat' },
      tags: { type: 'Property', value: ['a', 'b'] },
      speed: { type: 'Property', value: 55, unitCode: 'KMH', accuracy: { type: 'Property', value: 0.9 } },
      isParked: { type: 'Relationship', object: 'urn:x:1' },
      label: { type: 'LanguageProperty', languageMap: { es: 'Coche' } },
      fuel: { type: 'VocabProperty', vocab: 'diesel' },
      raw: { type: 'JsonProperty', json: { a: 1 } },
      stops: { type: 'ListProperty', valueList: [1, 2] },
      route: { type: 'ListRelationship', objectList: [{ object: 'urn:x:1' }] },
      position: { type: 'GeoProperty', value: { type: 'Point', coordinates: [1, 2] } },
      track: {
        type: 'GeoProperty',
        value: { type: 'Point', coordinates: [1, 2] },
        observedAt: '2026-01-01T10:00:00Z',
      },
    })
  })

  it('5.2.5: output only members are ignored, and the system times are the broker’s', async () => {
    const id = newId()
    const sent = { createdAt: '1999-01-01T00:00:00Z', modifiedAt: '1999-01-01T00:00:00Z' }
    const speed = { type: 'Property', value: 1, instanceId: 'urn:i:1', previousValue: 0, ...sent }
    await broker.create({ id, type: 'Vehicle', ...sent, speed })
    const now = new Date(clock.now()).toISOString()
    const times = { createdAt: now, modifiedAt: now }
    expect(await broker.entity(id)).toEqual({ id, type: 'Vehicle', speed: { type: 'Property', value: 1 } })
    expect(await broker.entity(id, 'options=sysAttrs')).toEqual({
      id,
      type: 'Vehicle',
      ...times,
      speed: { type: 'Property', value: 1, ...times },
    })
  })

  it('4.6.4: characters of scripts come back as they were', async () => {
    const id = newId()
    const value = `<script>alert("x")</script>'=;() \u0000 \u2028 𝄞`
    await broker.create({ id, type: 'Vehicle', note: { type: 'Property', value } })
    expect(await broker.entity(id, 'format=simplified')).toEqual({ id, type: 'Vehicle', note: value })
  })

  it('5.5.7: names are stored as IRIs of the request’s @context and compacted with that of the reading request', async () => {
    const id = newId()
    const context = { Vehicle: 'https://example.org/Vehicle', speed: 'https://example.org/speed' }
    const entity = { id, type: 'Vehicle', speed: { type: 'Property', value: 1 }, '@context': [context, CORE] }
    await broker.post('/entities', entity, LD).expect(201)
    expect(await broker.entity(id)).toEqual({
      id,
      type: 'https://example.org/Vehicle',
      'https://example.org/speed': { type: 'Property', value: 1 },
    })
  })
})

describe('5.6.1 Create Entity: what is refused', () => {
  it('5.6.1.4: 409 AlreadyExists, and the entity stays as it was, also with another type', async () => {
    const id = newId()
    await broker.create({ id, type: 'Vehicle', speed: 1 })
    expectProblem(await broker.post('/entities', { id, type: 'Vehicle', speed: 2 }), 409, 'AlreadyExists', /exists/)
    expectProblem(await broker.post('/entities', { id, type: 'Car', speed: 2 }), 409, 'AlreadyExists')
    expect(await broker.entity(id, 'format=simplified')).toEqual({ id, type: 'Vehicle', speed: 1 })
  })

  it.each(['', '{', '{"id":', 'no json', '{"a":1}}'])(
    '5.5.4: InvalidRequest for a body that is no JSON: %s',
    async (text) => {
      expectProblem(await broker.post('/entities', text), 400, 'InvalidRequest')
    },
  )

  it('5.5.2: InvalidRequest for a body that is another kind of document', async () => {
    expectProblem(await broker.post('/entities', [{ id: 'urn:x:bad', type: 'T' }]), 400, 'InvalidRequest')
    expectProblem(await broker.post('/entities', '"urn:x:bad"'), 400, 'InvalidRequest')
  })

  const bad: Record<string, object> = {
    'no id': { type: 'T' },
    'no type': { id: 'urn:x:bad' },
    'an empty array of types': { id: 'urn:x:bad', type: [] },
    'an id that is no URI': { id: 'x', type: 'T' },
    'an id with a space': { id: 'urn:x: y', type: 'T' },
    'an id that is a number': { id: 7, type: 'T' },
    'a type that is no name (4.6.2)': { id: 'urn:x:bad', type: 'a b' },
    'an Attribute’s name that is none (4.6.2)': { id: 'urn:x:bad', type: 'T', 'a-b': 1 },
    'a null value (4.5.0)': { id: 'urn:x:bad', type: 'T', a: null },
    'a Property without value': { id: 'urn:x:bad', type: 'T', a: { type: 'Property' } },
    'a Relationship whose object is no URI': { id: 'urn:x:bad', type: 'T', a: { type: 'Relationship', object: 'x' } },
    'a Relationship with unitCode': { id: 'urn:x:bad', type: 'T', a: { object: 'urn:x:1', unitCode: 'CEL' } },
    'a Property with object': { id: 'urn:x:bad', type: 'T', a: { type: 'Property', value: 1, object: 'urn:x:1' } },
    'an unknown attribute type': { id: 'urn:x:bad', type: 'T', a: { type: 'Proprety', value: 1 } },
    'an observedAt that is no UTC DateTime': { id: 'urn:x:bad', type: 'T', a: { value: 1, observedAt: '2026-01-01' } },
    'an expiresAt that is no DateTime': { id: 'urn:x:bad', type: 'T', expiresAt: 'tomorrow' },
    'a geometry that is none': {
      id: 'urn:x:bad',
      type: 'T',
      location: { type: 'GeoProperty', value: { type: 'Point' } },
    },
    'a location that is a Property (4.7)': { id: 'urn:x:bad', type: 'T', location: { type: 'Property', value: 1 } },
    'a language tag that is none': { id: 'urn:x:bad', type: 'T', a: { languageMap: { 'no tag': 'x' } } },
    'a scope that is none (4.18)': { id: 'urn:x:bad', type: 'T', scope: '/1a' },
    'two default instances (4.5.5.1)': { id: 'urn:x:bad', type: 'T', a: [{ value: 1 }, { value: 2 }] },
    'the same datasetId twice': {
      id: 'urn:x:bad',
      type: 'T',
      a: [
        { value: 1, datasetId: 'urn:d:1' },
        { value: 2, datasetId: 'urn:d:1' },
      ],
    },
    'a datasetId that is no URI': { id: 'urn:x:bad', type: 'T', a: { value: 1, datasetId: 'd' } },
    'a term of the core as an Attribute’s name (4.5.1)': { id: 'urn:x:bad', type: 'T', unitCode: 'CEL' },
    'an @context inside an Attribute (5.5.7)': { id: 'urn:x:bad', type: 'T', a: { value: 1, '@context': CORE } },
    // 5.5.4, every form of NGSI-LD Null
    'NGSI-LD Null as a member': { id: 'urn:x:bad', type: 'T', a: 'urn:ngsi-ld:null' },
    'NGSI-LD Null as a value': { id: 'urn:x:bad', type: 'T', a: { type: 'Property', value: 'urn:ngsi-ld:null' } },
    'NGSI-LD Null inside a value': { id: 'urn:x:bad', type: 'T', a: { value: { b: { c: 'urn:ngsi-ld:null' } } } },
    'NGSI-LD Null as an object': {
      id: 'urn:x:bad',
      type: 'T',
      a: { type: 'Relationship', object: 'urn:ngsi-ld:null' },
    },
    'NGSI-LD Null in a languageMap': {
      id: 'urn:x:bad',
      type: 'T',
      a: { languageMap: { '@none': 'urn:ngsi-ld:null' } },
    },
    'NGSI-LD Null in a valueList': { id: 'urn:x:bad', type: 'T', a: { valueList: ['urn:ngsi-ld:null'] } },
    'NGSI-LD Null in an objectList': { id: 'urn:x:bad', type: 'T', a: { objectList: ['urn:ngsi-ld:null'] } },
    'NGSI-LD Null as the scope': { id: 'urn:x:bad', type: 'T', scope: 'urn:ngsi-ld:null' },
    'NGSI-LD Null as a sub-attribute': { id: 'urn:x:bad', type: 'T', a: { value: 1, b: 'urn:ngsi-ld:null' } },
  }

  it.each(Object.entries(bad))('5.5.4: BadRequestData for %s', async (_, entity) => {
    expectProblem(await broker.post('/entities', entity), 400, 'BadRequestData')
    expectProblem(await broker.get(pathOf('urn:x:bad')), 404, 'ResourceNotFound')
  })

  it('5.5.3: the detail of a problem names the place of the fault', async () => {
    const entity = { id: newId(), type: 'T', speed: { value: 1, accuracy: { value: 1, observedAt: 'x' } } }
    expectProblem(await broker.post('/entities', entity), 400, 'BadRequestData', /\/speed\/accuracy\/observedAt/)
  })

  it('5.5.3: the detail shows what was found, also a number that no double holds, and of what is long the beginning', async () => {
    const body = (json: string) => `{"id":"${newId()}","type":"T","a":{"type":"JsonProperty","json":${json}}}`
    const exact = await broker.post('/entities', body('[100000000000000001]'))
    expectProblem(exact, 400, 'BadRequestData', /found \[100000000000000001\]$/)
    const long = await broker.post('/entities', body(JSON.stringify(['x'.repeat(500_000)])))
    expectProblem(long, 400, 'BadRequestData', /found \["x{55}…$/)
  })

  it('5.5.7: two names of one IRI are the same Attribute, which stands once', async () => {
    const entity = { id: newId(), type: 'T', speed: 1, [iri('speed')]: 2 }
    expectProblem(await broker.post('/entities', entity), 400, 'BadRequestData')
  })
})
