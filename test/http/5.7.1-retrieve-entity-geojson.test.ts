import { describe, expect, it } from 'vitest'
import { CONTEXT_LINK } from '../support/broker.ts'
import { brokerForFile, CORE, expectProblem, newId, pathOf } from './client.ts'

const broker = brokerForFile()
const GEO = { Accept: 'application/geo+json' }

const geometry = { type: 'Point', coordinates: [-8.51, 41.1] }
const line = {
  type: 'LineString',
  coordinates: [
    [0, 0],
    [1, 1],
  ],
}

async function parking(): Promise<string> {
  const id = newId('OffStreetParking')
  await broker.create({
    id,
    type: ['OffStreetParking', 'Place'],
    scope: '/a',
    name: 'Downtown One',
    availableSpotNumber: { value: 121, providedBy: { object: 'urn:x:Camera:1' } },
    location: { value: geometry, observedAt: '2026-01-01T00:00:00Z' },
    route: line,
  })
  return id
}

describe('5.7.1 Retrieve Entity as GeoJSON (4.5.16, 5.2.29; C.2.3)', () => {
  it('4.5.16.2: a Feature with id, geometry, properties and, by default, @context in the body', async () => {
    const id = await parking()
    const response = await broker.get(pathOf(id), GEO).expect(200)
    expect(response.headers['content-type']).toMatch(/^application\/geo\+json/)
    expect(response.headers.link).toBeUndefined()
    expect(response.body).toEqual({
      id,
      type: 'Feature',
      geometry,
      properties: {
        type: ['OffStreetParking', 'Place'],
        scope: '/a',
        name: { type: 'Property', value: 'Downtown One' },
        availableSpotNumber: {
          type: 'Property',
          value: 121,
          providedBy: { type: 'Relationship', object: 'urn:x:Camera:1' },
        },
        location: { type: 'GeoProperty', value: geometry, observedAt: '2026-01-01T00:00:00Z' },
        route: { type: 'GeoProperty', value: line },
      },
      '@context': CORE,
    })
  })

  it.each([
    ['body=ld+json', true],
    ['body=json', false],
  ])('6.3.6: Prefer: %s', async (prefer, inBody) => {
    const id = await parking()
    const { headers, body } = await broker.get(pathOf(id), { ...GEO, Prefer: prefer }).expect(200)
    expect(headers['content-type']).toMatch(/^application\/geo\+json/)
    expect(Object.hasOwn(body, '@context')).toBe(inBody)
    expect(headers.link).toBe(inBody ? undefined : CONTEXT_LINK(CORE))
  })

  it('4.5.17.1: simplified and concise GeoJSON', async () => {
    const id = await parking()
    const properties = { type: ['OffStreetParking', 'Place'], scope: '/a', name: 'Downtown One', route: line }
    const simplified = await broker.get(`${pathOf(id)}?format=simplified`, { ...GEO, Prefer: 'body=json' }).expect(200)
    expect(simplified.body).toEqual({
      id,
      type: 'Feature',
      geometry,
      properties: { ...properties, availableSpotNumber: 121, location: geometry },
    })
    const concise = await broker.get(`${pathOf(id)}?options=concise`, { ...GEO, Prefer: 'body=json' }).expect(200)
    expect(concise.body.properties).toEqual({
      ...properties,
      availableSpotNumber: { value: 121, providedBy: { object: 'urn:x:Camera:1' } },
      location: { value: geometry, observedAt: '2026-01-01T00:00:00Z' },
    })
  })

  it('4.5.16.1: geometryProperty selects another GeoProperty', async () => {
    const id = await parking()
    expect((await broker.get(`${pathOf(id)}?geometryProperty=route`, GEO).expect(200)).body.geometry).toEqual(line)
  })

  it('4.5.16.1: geometry is null where the entity lacks the GeoProperty, or it holds no geometry', async () => {
    const id = await parking()
    const bare = newId()
    await broker.create({ id: bare, type: 'T' })
    for (const path of [pathOf(bare), `${pathOf(id)}?geometryProperty=nobody`, `${pathOf(id)}?geometryProperty=name`]) {
      expect((await broker.get(path, GEO).expect(200)).body.geometry).toBeNull()
    }
  })

  it('4.5.16.1: of several instances, that of the datasetId, else the default one', async () => {
    const id = newId()
    const other = { type: 'Point', coordinates: [1, 2] }
    const location = [
      { type: 'GeoProperty', value: geometry },
      { type: 'GeoProperty', value: other, datasetId: 'urn:d:1' },
    ]
    await broker.create({ id, type: 'T', location })
    expect((await broker.get(pathOf(id), GEO)).body.geometry).toEqual(geometry)
    const { body } = await broker.get(`${pathOf(id)}?datasetId=urn:d:1`, GEO)
    expect(body.geometry).toEqual(other)
    expect(body.properties.location).toEqual(location[1])
  })

  it('4.5.16.2: "geometry" is there also where the GeoProperty is not among the properties picked', async () => {
    const id = await parking()
    const { body } = await broker.get(`${pathOf(id)}?attrs=name`, { ...GEO, Prefer: 'body=json' }).expect(200)
    expect(body).toEqual({
      id,
      type: 'Feature',
      geometry,
      properties: {
        type: ['OffStreetParking', 'Place'],
        scope: '/a',
        name: { type: 'Property', value: 'Downtown One' },
      },
    })
  })

  it('5.7.1.4: geometryProperty without GeoJSON is BadRequestData', async () => {
    const id = await parking()
    expectProblem(await broker.get(`${pathOf(id)}?geometryProperty=route`), 400, 'BadRequestData')
  })
})
