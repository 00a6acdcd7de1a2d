import { beforeAll, describe, expect, it } from 'vitest'
import { testClock } from '../support/broker.ts'
import { brokerForFile, CORE, type Document, expectProblem, pathOf } from './client.ts'

const clock = testClock()
const broker = brokerForFile({}, clock)

/** After C.2.2; Bob is nowhere but in Relationships, and the parking is operated by a company that links back. */
const vehicle = {
  id: 'urn:ngsi-ld:Vehicle:A4567',
  type: 'Vehicle',
  brandName: { type: 'Property', value: 'Mercedes' },
  isParked: {
    type: 'Relationship',
    objectType: 'OffStreetParking',
    object: 'urn:ngsi-ld:OffStreetParking:Downtown1',
    observedAt: '2017-07-29T12:00:04Z',
    providedBy: { type: 'Relationship', object: 'urn:ngsi-ld:Person:Alice' },
  },
  passengers: {
    type: 'Relationship',
    objectType: 'Person',
    object: ['urn:ngsi-ld:Person:Alice', 'urn:ngsi-ld:Person:Bob'],
  },
  route: {
    type: 'ListRelationship',
    objectList: [
      { object: 'urn:ngsi-ld:City:Rotterdam' },
      { object: 'urn:ngsi-ld:City:Amsterdam' },
      { object: 'urn:ngsi-ld:City:Antwerp' },
    ],
  },
}
const parking = {
  id: 'urn:ngsi-ld:OffStreetParking:Downtown1',
  type: 'OffStreetParking',
  name: { type: 'Property', value: 'Top Parking' },
  location: { type: 'GeoProperty', value: { type: 'Point', coordinates: [-8.51, 41.1] } },
  operatedBy: { type: 'Relationship', object: 'urn:ngsi-ld:Company:BigParkingCorp' },
}
const company = {
  id: 'urn:ngsi-ld:Company:BigParkingCorp',
  type: 'Company',
  owns: { type: 'Relationship', object: [vehicle.id, parking.id] },
}
const alice = {
  id: 'urn:ngsi-ld:Person:Alice',
  type: 'Person',
  name: { type: 'Property', value: 'Alice' },
  says: { type: 'LanguageProperty', languageMap: { en: 'yes', fr: 'oui' } },
}
const cities = ['Antwerp', 'Rotterdam', 'Amsterdam'].map((name) => ({
  id: `urn:ngsi-ld:City:${name}`,
  type: 'City',
  name: { type: 'Property', value: name },
}))
const [antwerp, rotterdam, amsterdam] = cities

beforeAll(() => broker.create(vehicle, parking, company, alice, ...cities))

const inline = {
  ...vehicle,
  isParked: { ...vehicle.isParked, entity: parking },
  passengers: { ...vehicle.passengers, entity: [alice] },
  route: { ...vehicle.route, entityList: [rotterdam, amsterdam, antwerp] },
}
const flat = [vehicle, parking, alice, rotterdam, amsterdam, antwerp]

async function retrieve(query: string, headers = {}): Promise<unknown> {
  const response = await broker.get(`${pathOf(vehicle.id)}?${query}`, headers)
  expect(response.status, response.text).toBe(200)
  return response.body
}

async function query(parameters: string, headers = {}): Promise<unknown> {
  const response = await broker.get(`/entities?${parameters}`, headers)
  expect(response.status, response.text).toBe(200)
  return response.body
}

describe('4.5.23.2 inline', () => {
  it('C.2.2, normalized: entity for an object, an array for several, entityList in the order of the objectList', async () => {
    expect(await retrieve('join=inline')).toEqual(inline)
    expect(await query('type=Vehicle&join=inline')).toEqual([inline])
  })

  it('C.2.2: a Relationship of a Relationship is not followed', async () => {
    const { isParked } = (await retrieve('join=inline')) as typeof inline
    expect(isParked.providedBy).toEqual(vehicle.isParked.providedBy)
  })

  it('C.2.2, concise', async () => {
    const { type: _, ...isParked } = vehicle.isParked
    expect(await retrieve('join=inline&format=concise')).toEqual({
      id: vehicle.id,
      type: 'Vehicle',
      brandName: 'Mercedes',
      isParked: {
        ...isParked,
        providedBy: { object: alice.id },
        entity: {
          id: parking.id,
          type: parking.type,
          name: 'Top Parking',
          location: parking.location.value,
          operatedBy: { object: company.id },
        },
      },
      passengers: {
        objectType: 'Person',
        object: vehicle.passengers.object,
        entity: [{ id: alice.id, type: 'Person', name: 'Alice', says: { languageMap: alice.says.languageMap } }],
      },
      route: {
        objectList: ['Rotterdam', 'Amsterdam', 'Antwerp'].map((name) => `urn:ngsi-ld:City:${name}`),
        entityList: ['Rotterdam', 'Amsterdam', 'Antwerp'].map((name) => ({
          id: `urn:ngsi-ld:City:${name}`,
          type: 'City',
          name,
        })),
      },
    })
  })

  it('C.2.2, 4.5.4, simplified: the entity stands for its URI; what is not stored here stays a URI', async () => {
    expect(await retrieve('join=inline&format=simplified&lang=fr')).toEqual({
      id: vehicle.id,
      type: 'Vehicle',
      brandName: 'Mercedes',
      isParked: {
        id: parking.id,
        type: parking.type,
        name: 'Top Parking',
        location: parking.location.value,
        operatedBy: company.id,
      },
      passengers: [{ id: alice.id, type: 'Person', name: 'Alice', says: 'oui' }, 'urn:ngsi-ld:Person:Bob'],
      route: ['Rotterdam', 'Amsterdam', 'Antwerp'].map((name) => ({
        id: `urn:ngsi-ld:City:${name}`,
        type: 'City',
        name,
      })),
    })
  })

  it('5.7.1.5: follows as many Relationships as joinLevel says, and a loop ends where it begins', async () => {
    const within = { ...parking, operatedBy: { ...parking.operatedBy, entity: company } }
    expect(await retrieve('join=inline&joinLevel=2')).toMatchObject({ isParked: { entity: within } })
    for (const level of [3, 5]) {
      const { isParked } = (await retrieve(`join=inline&joinLevel=${level}`)) as typeof inline
      expect(isParked.entity).toEqual(within)
    }
  })

  it('shows what several entities of a page link to in each of them, also where it is on the page itself', async () => {
    expect(await query(`local=true&id=${parking.id},${company.id}&join=inline`)).toEqual([
      { ...parking, operatedBy: { ...parking.operatedBy, entity: company } },
      { ...company, owns: { ...company.owns, entity: [vehicle, parking] } },
    ])
  })

  it('5.2.30: in GeoJSON in the properties of the Feature, as an Entity', async () => {
    expect(await retrieve('join=inline&pick=isParked', { Accept: 'application/geo+json' })).toMatchObject({
      type: 'Feature',
      properties: { isParked: { entity: parking } },
    })
  })

  it('has one @context, that of the answer', async () => {
    const body = (await retrieve('join=inline', { Accept: 'application/ld+json' })) as Document
    expect(body).toEqual({ ...inline, '@context': CORE })
  })

  it('several instances, each with its own', async () => {
    const a = [
      { type: 'Relationship', object: antwerp?.id },
      { type: 'Relationship', object: 'urn:ngsi-ld:City:None', datasetId: 'urn:d:1' },
      { type: 'ListRelationship', objectList: [{ object: amsterdam?.id }], datasetId: 'urn:d:2' },
      { type: 'Property', value: antwerp?.id, datasetId: 'urn:d:3' },
    ]
    const id = 'urn:ngsi-ld:Trip:1'
    await broker.create({ id, type: 'Trip', a })
    expect((await broker.entity(id, 'join=inline')).a).toEqual([
      { ...a[0], entity: antwerp },
      a[1],
      { ...a[2], entityList: [amsterdam] },
      a[3],
    ])
    const simple = (name: string) => ({ id: `urn:ngsi-ld:City:${name}`, type: 'City', name })
    expect((await broker.entity(id, 'join=inline&format=simplified')).a).toEqual({
      dataset: {
        '@none': simple('Antwerp'),
        'urn:d:1': 'urn:ngsi-ld:City:None',
        'urn:d:2': [simple('Amsterdam')],
        'urn:d:3': antwerp?.id,
      },
    })
  })

  it('5.2.6: an answer can be sent again, its "entity" and "entityList" are ignored', async () => {
    const id = 'urn:ngsi-ld:Vehicle:Copy'
    await broker.create({ ...inline, type: 'Copy', id })
    expect(await broker.entity(id)).toEqual({ ...vehicle, type: 'Copy', id })
  })
})

describe('4.5.23.3 flat', () => {
  it('C.2.2: linking entities, then each linked one once, in the order of the Relationships', async () => {
    expect(await retrieve('join=flat')).toEqual(flat)
    expect(await query('type=Vehicle&join=flat')).toEqual(flat)
  })

  it('4.5.4: simplified', async () => {
    expect(await retrieve('join=flat&format=simplified&pick=id,isParked')).toEqual([
      { id: vehicle.id, isParked: parking.id },
      {
        id: parking.id,
        type: parking.type,
        name: 'Top Parking',
        location: parking.location.value,
        operatedBy: company.id,
      },
    ])
  })

  it('5.7.1.5: as deep as joinLevel says, "unless a target URI has been previously encountered"', async () => {
    expect(await retrieve('join=flat&joinLevel=2')).toEqual([...flat, company])
    expect(await retrieve('join=flat&joinLevel=5')).toEqual([...flat, company])
  })

  it('4.5.23.3: "shall always consist of an array", also where nothing is linked', async () => {
    const response = await broker.get(`${pathOf(alice.id)}?join=flat`)
    expect(response.body).toEqual([alice])
  })

  it('does not append what is on the page', async () => {
    expect(await query(`local=true&id=${company.id},${parking.id}&join=flat`)).toEqual([parking, company, vehicle])
  })

  it('5.2.30: a FeatureCollection in GeoJSON', async () => {
    const feature = ({ id, ...properties }: Document, geometry: unknown = null) => ({
      id,
      type: 'Feature',
      geometry,
      properties,
    })
    const pick = `pick=${encodeURIComponent('type,isParked')}`
    const { type, isParked } = vehicle
    const features = [feature({ id: vehicle.id, type, isParked }), feature(parking, parking.location.value)]
    const collection = { type: 'FeatureCollection', features }
    const geo = { Accept: 'application/geo+json' }
    expect(await retrieve(`join=flat&${pick}`, geo)).toEqual({ ...collection, '@context': CORE })
    expect(await retrieve(`join=flat&${pick}`, { ...geo, Prefer: 'body=json' })).toEqual(collection)
    expect(await query(`type=Vehicle&join=flat&${pick}`, geo)).toEqual({ ...collection, '@context': CORE })
  })

  it('has the @context in each entity (C.2.2)', async () => {
    const ld = { Accept: 'application/ld+json' }
    const expected = flat.map((entity) => ({ ...entity, '@context': CORE }))
    expect(await retrieve('join=flat', ld)).toEqual(expected)
    expect(await query('type=Vehicle&join=flat', ld)).toEqual(expected)
  })

  it('counts and pages the linking entities alone', async () => {
    const response = await broker.get('/entities?type=City,Vehicle&join=flat&limit=1&count=true').expect(200)
    expect(response.body).toEqual(flat)
    expect(response.headers['ngsild-results-count']).toBe('4')
    expect(response.headers.link).toMatch(/join=flat.*rel="next"/)
  })
})

describe.each(['inline', 'flat'])('join=%s', (join) => {
  const linkedOf = (body: unknown): Document =>
    join === 'flat'
      ? ((body as Document[])[1] ?? {})
      : ((body as { passengers: { entity: Document[] } }).passengers.entity[0] ?? {})

  it('6.3.11, 4.15: sysAttrs and lang are for the linked entities, too', async () => {
    const alone = await broker.entity(alice.id, 'options=sysAttrs&lang=fr')
    expect(alone).toMatchObject({ createdAt: expect.any(String), says: { value: 'oui' } })
    expect(linkedOf(await retrieve(`join=${join}&options=sysAttrs&lang=fr&pick=passengers`))).toEqual(alone)
  })

  it('4.3.6.8: so is the version; 203 where they alone are altered', async () => {
    const id = `urn:x:version:${join}`
    await broker.create({ id, type: 'T', passengers: { object: [alice.id] } })
    const response = await broker.get(`${pathOf(id)}?join=${join}`, { Prefer: 'ngsi-ld=1.3' })
    expect(response.status).toBe(203)
    expect(linkedOf(response.body).says).toEqual({ type: 'Property', value: alice.says.languageMap })
    expect((await broker.get(pathOf(id), { Prefer: 'ngsi-ld=1.3' })).status).toBe(200)
  })

  it('4.5.5: so is datasetId, and instances that are not shown are not followed', async () => {
    const [from, to, other] = ['from', 'to', 'other'].map((name) => `urn:x:${join}:${name}`)
    const speed = [{ value: 1 }, { value: 2, datasetId: 'urn:d:1' }]
    await broker.create(
      { id: from, type: 'T', passengers: [{ object: other }, { object: [to], datasetId: 'urn:d:1' }] },
      { id: to, type: 'T', speed },
      { id: other, type: 'T' },
    )
    const response = await broker.get(`${pathOf(String(from))}?join=${join}&datasetId=urn:d:1`)
    expect(response.text).not.toContain(`"id":"${other}"`)
    expect(linkedOf(response.body)).toEqual({
      id: to,
      type: 'T',
      speed: { type: 'Property', value: 2, datasetId: 'urn:d:1' },
    })
  })

  it('4.22: what has expired is not there', async () => {
    const [from, to] = ['from', 'to'].map((name) => `urn:x:expiry:${join}:${name}`)
    const expiresAt = new Date(clock.now() + 60_000).toISOString()
    await broker.create({ id: from, type: 'T', passengers: { object: [to] } }, { id: to, type: 'T', expiresAt })
    const query = `${pathOf(String(from))}?join=${join}&format=simplified`
    expect((await broker.get(query)).text).toContain(`"id":"${to}"`)
    clock.advance(61_000)
    expect((await broker.get(query)).text).not.toContain(`"id":"${to}"`)
  })

  it('6.5.3.1, containedBy: what was encountered is neither shown again nor followed', async () => {
    const response = await broker.get(
      `${pathOf(vehicle.id)}?join=${join}&joinLevel=3&containedBy=${parking.id},${alice.id}`,
    )
    expect(response.text).not.toMatch(/"id":"urn:ngsi-ld:(OffStreetParking|Person|Company)/)
    expect(response.text).toContain(`"id":"${antwerp?.id}"`)
    const page = await broker.get(
      `/entities?type=Company,Vehicle&join=${join}&joinLevel=1&containedBy=${vehicle.id}&pick=id,owns`,
    )
    // It is asked for, but not shown a second time.
    expect(page.text.split(`"id":"${vehicle.id}"`)).toHaveLength(2)
    expect(page.text).toContain(`"id":"${parking.id}"`)
  })

  it('does not change what is kept of entities as they were shown before', async () => {
    const plain = await query('type=Vehicle')
    await query(`type=Vehicle&join=${join}`)
    expect(await query('type=Vehicle')).toEqual(plain)
    expect(plain).toEqual([vehicle])
  })

  it('6.23: by POST as by GET', async () => {
    const asked = {
      type: 'Query',
      entities: [{ type: 'Vehicle' }],
      join,
      joinLevel: 2,
      pick: ['id', 'isParked{id,operatedBy}'],
    }
    const response = await broker.post('/entityOperations/query', asked)
    expect(response.body).toEqual(await query(`type=Vehicle&join=${join}&joinLevel=2&pick=id,isParked{id,operatedBy}`))
    expect(response.text).toContain(`"owns"`)
  })

  it('attrs, deprecated, says of the linking entities what they have', async () => {
    const linked = linkedOf(await retrieve(`join=${join}&attrs=passengers`))
    expect(linked).toEqual(alice)
  })
})

describe('join and its parameters', () => {
  it.each(['', 'join=@none'])('%s: nothing is joined', async (parameters) => {
    expect(await retrieve(parameters)).toEqual(vehicle)
    expect(await query(`type=Vehicle&${parameters}`)).toEqual([vehicle])
  })

  it.each([
    'join=tree',
    'join=inline&joinLevel=0',
    'join=inline&joinLevel=1.5',
    'joinLevel=1',
    'join=@none&joinLevel=1',
    'join=inline&joinLevel=1&containedBy=nobody',
    'join=inline&containedBy=urn:x:1',
  ])('BadRequestData for %s', async (parameters) => {
    expectProblem(await broker.get(`${pathOf(vehicle.id)}?${parameters}`), 400, 'BadRequestData')
    expectProblem(await broker.get(`/entities?type=Vehicle&${parameters}`), 400, 'BadRequestData')
  })

  it('TooComplexQuery for a joinLevel that is higher than the configuration allows', async () => {
    const response = await broker.get(`${pathOf(vehicle.id)}?join=flat&joinLevel=6`)
    expectProblem(response, 403, 'TooComplexQuery', /5 times at most \(BOYA_MAX_JOIN_LEVEL\)/)
  })

  it('ResourceNotFound is about the entity that was asked for alone', async () => {
    expectProblem(await broker.get('/entities/urn:x:nobody?join=flat'), 404, 'ResourceNotFound')
    expectProblem(await broker.get(`${pathOf(vehicle.id)}?join=inline&pick=nobody`), 404, 'ResourceNotFound')
    expectProblem(await broker.get(`${pathOf(vehicle.id)}?join=flat&pick=nobody`), 404, 'ResourceNotFound')
  })
})
