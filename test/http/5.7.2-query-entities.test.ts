import { beforeAll, describe, expect, it } from 'vitest'
import { CONTEXT_LINK } from '../support/broker.ts'
import { brokerForFile, CORE, expectProblem, iri, newId } from './client.ts'

const broker = brokerForFile({ PAGE_DEFAULT: '5', PAGE_MAX: '50' })

const home = { id: 'urn:x:home', type: ['Home', 'Vehicle'], a: { type: 'Property', value: 1 } }
const car = { id: 'urn:x:car', type: 'Vehicle', b: { type: 'Property', value: 2 } }
const house = {
  id: 'https://example.org/house',
  type: 'House',
  a: [
    { type: 'Property', value: 3 },
    { type: 'Property', value: 4, datasetId: 'urn:d:1' },
  ],
  location: { type: 'GeoProperty', value: { type: 'Point', coordinates: [1, 2] } },
}

beforeAll(() => broker.create(home, car, house))

async function ids(query: string): Promise<string[]> {
  const { body, status, text } = await broker.get(`/entities?${query}`)
  expect(status, text).toBe(200)
  return body.map(({ id }: { id: string }) => id)
}

describe('5.7.2 Query Entities: what is selected', () => {
  it.each<[string, readonly { id: string }[]]>([
    ['type=Vehicle', [home, car]],
    ['type=House,Home', [home, house]],
    ['type=House%7CHome', [home, house]],
    ['type=(Home;Vehicle)', [home]],
    ['type=(Home;Vehicle)%7CHouse', [home, house]],
    ['type=(Home;Vehicle),House', [home, house]],
    [`type=${encodeURIComponent(iri('House'))}`, [house]],
    ['type=Nobody', []],
    ['type=*', [home, car, house]],
    ['type=*&local=true', [home, car, house]],
    ['local=true', [home, car, house]],
    ['local=true&id=urn:x:car', [car]],
    ['type=Vehicle&id=urn:x:car,https://example.org/house', [car]],
    ['type=Vehicle&id=urn:x:nobody', []],
    ['attrs=a', [home, house]],
    ['attrs=a,b', [home, car, house]],
    ['attrs=location', [house]],
    ['type=Vehicle&attrs=a', [home]],
    ['attrs=nobody', []],
  ])('5.7.2.4, 4.17: %s', async (query, expected) => {
    expect(await ids(query)).toEqual(expected.map(({ id }) => id))
  })

  it('6.4.3.2: an array of entities, as they are retrieved one by one', async () => {
    const { body } = await broker.get('/entities?local=true').expect(200)
    expect(body).toEqual([home, car, house])
  })

  it.each(['', '?local=false', '?id=urn:x:car', '?limit=5', '?pick=a', '?count=true'])(
    '5.7.2.4: BadRequestData for a query that is too wide: %s',
    async (query) => {
      expectProblem(await broker.get(`/entities${query}`), 400, 'BadRequestData')
    },
  )

  it.each([
    'type=Vehicle&id=no-uri',
    'type=*&local=false',
    'type=Home;Vehicle',
    'type=(Home;Vehicle',
    'type=Home||Vehicle',
    'type=Home,',
    'type=a-b',
    'type=Vehicle&pick=a%7Bb%7D',
    'type=Vehicle&geometryProperty=location',
    'type=Vehicle&datasetId=x',
    'attrs=a-b',
    'type=Vehicle&lang=no%20lang%20at%20all',
  ])('5.7.2.4: BadRequestData for %s', async (query) => {
    expectProblem(await broker.get(`/entities?${query}`), 400, 'BadRequestData')
  })
})

describe('5.7.2 Query Entities: how they are shown', () => {
  it('4.5.4, 4.21: representation and projection are those of Retrieve Entity', async () => {
    const { body } = await broker.get('/entities?local=true&format=simplified&pick=id,a').expect(200)
    expect(body).toEqual([
      { id: home.id, a: 1 },
      { id: car.id },
      { id: house.id, a: { dataset: { '@none': 3, 'urn:d:1': 4 } } },
    ])
  })

  it('Table 6.4.3.2-1: attrs selects entities and reduces them', async () => {
    const { body } = await broker.get('/entities?attrs=a').expect(200)
    expect(body).toEqual([home, { id: house.id, type: house.type, a: house.a }])
  })

  it('4.5.5: an Attribute without instance of the datasetId is left out, the entity is not', async () => {
    const { body } = await broker.get('/entities?type=House,Vehicle&datasetId=urn:d:1').expect(200)
    expect(body).toEqual([
      { id: home.id, type: home.type },
      { id: car.id, type: car.type },
      { id: house.id, type: house.type, a: house.a[1] },
    ])
  })

  it('6.3.6: application/ld+json has the @context in each entity, application/json in a Link', async () => {
    const ld = await broker.get('/entities?type=Vehicle', { Accept: 'application/ld+json' }).expect(200)
    expect(ld.body).toEqual([home, car].map((entity) => ({ ...entity, '@context': CORE })))
    expect(ld.headers.link).toBeUndefined()
    const json = await broker.get('/entities?type=Vehicle').expect(200)
    expect(json.headers.link).toBe(CONTEXT_LINK(CORE))
  })

  it('4.5.16.3: a FeatureCollection, with one @context for all in the body, or in a Link', async () => {
    const accept = { Accept: 'application/geo+json' }
    const features = [
      { id: home.id, type: 'Feature', geometry: null, properties: { type: home.type, a: 1 } },
      { id: car.id, type: 'Feature', geometry: null, properties: { type: car.type, b: 2 } },
      {
        id: house.id,
        type: 'Feature',
        geometry: house.location.value,
        properties: {
          type: house.type,
          a: { dataset: { '@none': 3, 'urn:d:1': 4 } },
          location: house.location.value,
        },
      },
    ]
    const path = '/entities?local=true&format=simplified'
    const inBody = await broker.get(path, accept).expect(200)
    expect(inBody.headers['content-type']).toMatch(/^application\/geo\+json/)
    expect(inBody.headers.link).toBeUndefined()
    expect(inBody.body).toEqual({ type: 'FeatureCollection', features, '@context': CORE })
    const inLink = await broker.get(path, { ...accept, Prefer: 'body=json' }).expect(200)
    expect(inLink.headers.link).toBe(CONTEXT_LINK(CORE))
    expect(inLink.body).toEqual({ type: 'FeatureCollection', features })
    const none = await broker.get('/entities?type=Nobody', { ...accept, Prefer: 'body=json' }).expect(200)
    expect(none.body).toEqual({ type: 'FeatureCollection', features: [] })
  })
})

describe('5.7.2 Query Entities by what is not reified of an Attribute (4.8, 5.2.5, 5.2.6)', () => {
  it.each([
    'a.unitCode=="CEL"',
    'a.observedAt==2026-01-01T00:00:00Z',
    'a.modifiedAt>2020-01-01T00:00:00Z',
    'a.datasetId=="urn:d:1"',
    'a.valueType',
    'a.valueType=="celsius"&expandValues=a',
    'b.objectType=="Road"&expandValues=b',
    'createdAt>2020-01-01T00:00:00Z;a',
  ])('q=%s', async (q) => {
    const id = newId('Member')
    const a = {
      value: 1,
      unitCode: 'CEL',
      observedAt: '2026-01-01T00:00:00Z',
      datasetId: 'urn:d:1',
      valueType: 'celsius',
    }
    await broker.create({ id, type: 'Member', a, b: { object: 'urn:x:1', objectType: 'Road' } })
    const { body } = await broker.get(`/entities?type=Member&id=${id}&q=${q}`).expect(200)
    expect(body.map((entity: { id: string }) => entity.id)).toEqual([id])
    const none = await broker.get(
      `/entities?type=Member&id=${id}&q=${q.replace('&', ';nothing&')}${q.includes('&') ? '' : ';nothing'}`,
    )
    expect(none.body).toEqual([])
  })
})

describe('5.7.2 Query Entities by what is in a value', () => {
  const found = async (type: string, q: string) => {
    const { body } = await broker.get(`/entities?${new URLSearchParams({ type, q })}`).expect(200)
    return body.map((entity: { id: string }) => entity.id)
  }

  it('the type of a place, and one of its coordinates', async () => {
    const id = newId('Placed')
    await broker.create({ id, type: 'Placed', location: { value: { type: 'Point', coordinates: [7, 8] } } })
    expect(await found('Placed', 'location[type]=="Point"')).toEqual([id])
    expect(await found('Placed', 'location[coordinates]==8')).toEqual([id])
    expect(await found('Placed', 'location[type]=="Polygon"')).toEqual([])
  })

  it('members with spaces, also after a change', async () => {
    const id = newId('Spaced')
    await broker.create({ id, type: 'Spaced', p: { value: { a: '0 b' } } })
    await broker.patch(`/entities/${id}/attrs/p`, { value: { 'a 0': 'b' } }).expect(204)
    expect(await found('Spaced', 'p[a]=="0 b"')).toEqual([])
    expect(await found('Spaced', 'p[a 0]=="b"')).toEqual([id])
  })

  it('Scopes that differ in a slash', async () => {
    const id = newId('Scoped')
    await broker.create({ id, type: 'Scoped', scope: ['/a'] })
    await broker.patch(`/entities/${id}`, { scope: ['/a', 'a'] }).expect(204)
    const { body } = await broker.get('/entities?type=Scoped&scopeQ=/a').expect(200)
    expect(body.map((entity: { id: string }) => entity.id)).toEqual([id])
  })
})
