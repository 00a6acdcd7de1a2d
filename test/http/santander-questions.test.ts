/** Twenty questions that a city would ask, on real data; the answers are computed here, from the files alone. */

import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { CONTEXT_LINK } from '../support/broker.ts'
import { brokerForFile, type Document } from './client.ts'

const folder = resolve(import.meta.dirname, '../../examples/santander')
const context = JSON.parse(readFileSync(join(folder, 'context.jsonld'), 'utf8'))

interface City extends Document {
  readonly id: string
  readonly type: string
}

/** Every entity as the last line of its id has it, in the order in which their ids first came. */
const city = new Map<string, City>()
const lines = new Map<string, readonly string[]>()
for (const name of readdirSync(folder).filter((file) => file.endsWith('.ndjson') && !file.includes('-history'))) {
  const all = readFileSync(join(folder, name), 'utf8').trimEnd().split('\n')
  lines.set(name, all)
  for (const line of all) {
    const entity: City = JSON.parse(line)
    city.set(entity.id, entity)
  }
}

const client = brokerForFile({ MAX_BATCH: '1000' })
let link = ''

beforeAll(async () => {
  const hosted = await client.post('/jsonldContexts', context).expect(201)
  link = CONTEXT_LINK(`${client.url()}${hosted.headers.location}`)
  for (const all of lines.values()) {
    for (let i = 0; i < all.length; i += 1_000) {
      const batch = JSON.parse(`[${all.slice(i, i + 1_000).join(',')}]`)
      const answer = await client.post('/entityOperations/upsert', batch, { Link: link })
      expect([201, 204], answer.text).toContain(answer.status)
    }
  }
}, 120_000)

/** Ids of all that a question finds, in the order of the answer. */
async function ask(question: Record<string, string>): Promise<readonly string[]> {
  const query = new URLSearchParams({ limit: '1000', count: 'true', ...question })
  const answer = await client.get(`/entities?${query}`, { Link: link })
  expect(answer.status, answer.text).toBe(200)
  const ids = answer.body.map(({ id }: City) => id)
  if (question.limit === undefined) expect(answer.headers['ngsild-results-count']).toBe(String(ids.length))
  return ids
}

/** Ids of the entities that are so, in the order of their creation. */
function those(isSo: (entity: City) => boolean): readonly string[] {
  return [...city.values()].filter(isSo).map(({ id }) => id)
}

type Place = readonly [longitude: number, latitude: number]

function member(entity: City, name: string, of = 'value'): unknown {
  return (entity[name] as Record<string, unknown> | undefined)?.[of]
}

function numberOf(entity: City, name: string): number {
  const value = member(entity, name)
  return typeof value === 'number' ? value : Number.NaN
}

function textOf(entity: City, name: string): string | undefined {
  const value = member(entity, name)
  return typeof value === 'string' ? value : undefined
}

function placeOf(entity: City): Place | undefined {
  const location = member(entity, 'location') as { type: string; coordinates: Place } | undefined
  return location?.type === 'Point' ? location.coordinates : undefined
}

/** Haversine, metres. */
function metres([a, b]: Place, [c, d]: Place): number {
  const rad = Math.PI / 180
  const h =
    Math.sin(((d - b) * rad) / 2) ** 2 + Math.cos(b * rad) * Math.cos(d * rad) * Math.sin(((c - a) * rad) / 2) ** 2
  return 2 * 6_371_008.8 * Math.asin(Math.sqrt(h))
}

function isNear(entity: City, place: Place, within: number): boolean {
  const own = placeOf(entity)
  return own !== undefined && metres(own, place) <= within
}

/** By the number of edges to the east. */
function isInside([x, y]: Place, ring: readonly Place[]): boolean {
  let inside = false
  ring.forEach(([ax, ay], i) => {
    const [bx, by] = ring[(i + 1) % ring.length] ?? [ax, ay]
    if (ay > y !== by > y && x < ((bx - ax) * (y - ay)) / (by - ay) + ax) inside = !inside
  })
  return inside
}

const CATHEDRAL: Place = [-3.8066, 43.4608]
const CENTRE: readonly Place[] = [
  [-3.815, 43.459],
  [-3.795, 43.459],
  [-3.795, 43.466],
  [-3.815, 43.466],
  [-3.815, 43.459],
]
const near = (place: Place, within: number) => ({
  georel: `near;maxDistance==${within}`,
  geometry: 'Point',
  coordinates: JSON.stringify(place),
})

describe('a city asks', () => {
  it('1: which parking spots are free?', async () => {
    const free = those((each) => each.type === 'ParkingSpot' && textOf(each, 'status') === 'free')
    expect(free.length).toBeGreaterThan(10)
    expect(await ask({ type: 'ParkingSpot', q: 'status=="free"' })).toEqual(free)
  })

  it('2: which free spots are within 500 m of here?', async () => {
    const here: Place = [-3.8016, 43.4631]
    const expected = those(
      (each) => each.type === 'ParkingSpot' && textOf(each, 'status') === 'free' && isNear(each, here, 500),
    )
    expect(expected.length).toBeGreaterThan(5)
    expect(await ask({ type: 'ParkingSpot', q: 'status=="free"', ...near(here, 500) })).toEqual(expected)
  })

  it('3: the five free spots nearest to here, nearest first?', async () => {
    const here: Place = [-3.8016, 43.4631]
    const nearest = those((each) => each.type === 'ParkingSpot' && textOf(each, 'status') === 'free')
      .map((id) => ({ id, far: metres(placeOf(city.get(id) as City) as Place, here) }))
      .sort((a, b) => a.far - b.far)
      .slice(0, 5)
    const question = { type: 'ParkingSpot', q: 'status=="free"', orderBy: 'location;dist-asc', limit: '5' }
    expect(await ask({ ...question, orderFrom: JSON.stringify(here) })).toEqual(nearest.map(({ id }) => id))
  })

  it('4: which spots belong to this street?', async () => {
    const street = 'urn:ngsi-ld:OnStreetParking:santander:daoiz_velarde_13_15'
    const expected = those((each) => member(each, 'refParkingSite', 'object') === street)
    expect(expected.length).toBeGreaterThan(1)
    expect(await ask({ type: 'ParkingSpot', q: `refParkingSite=="${street}"` })).toEqual(expected)
    expect(await ask({ type: 'ParkingSpot', q: `refParkingSite==${street}` })).toEqual(expected)
  })

  it('5: which spots have not said anything since Christmas?', async () => {
    const expected = those((each) => {
      const observedAt = member(each, 'status', 'observedAt')
      return each.type === 'ParkingSpot' && typeof observedAt === 'string' && observedAt < '2015-12-25T00:00:00Z'
    })
    expect(expected.length).toBeGreaterThan(0)
    expect(await ask({ type: 'ParkingSpot', q: 'status.observedAt<2015-12-25T00:00:00Z' })).toEqual(expected)
  })

  it('6: which car parks have more than ten spots, the largest first?', async () => {
    const expected = those((each) => each.type === 'OnStreetParking' && numberOf(each, 'totalSpotNumber') > 10)
      .map((id) => ({ id, spots: numberOf(city.get(id) as City, 'totalSpotNumber') }))
      .sort((a, b) => b.spots - a.spots)
    expect(expected.length).toBeGreaterThan(3)
    const question = { type: 'OnStreetParking', q: 'totalSpotNumber>10', orderBy: 'totalSpotNumber;desc' }
    expect(await ask(question)).toEqual(expected.map(({ id }) => id))
  })

  it('7: which car park am I in?', async () => {
    const here: Place = [-3.80335, 43.46292]
    const expected = those((each) => {
      const location = member(each, 'location') as { type: string; coordinates: Place[][] } | undefined
      return location?.type === 'Polygon' && isInside(here, location.coordinates[0] ?? [])
    })
    expect(expected).toEqual(['urn:ngsi-ld:OnStreetParking:santander:daoiz_velarde_1_5'])
    const question = { georel: 'contains', geometry: 'Point', coordinates: JSON.stringify(here) }
    expect(await ask({ type: 'OnStreetParking', ...question })).toEqual(expected)
  })

  it('8: which bus stops are in the centre?', async () => {
    const expected = those((each) => {
      const place = placeOf(each)
      return each.type === 'PublicTransportStop' && place !== undefined && isInside(place, CENTRE)
    })
    expect(expected.length).toBeGreaterThan(10)
    const within = { georel: 'within', geometry: 'Polygon', coordinates: JSON.stringify([CENTRE]) }
    expect(await ask({ type: 'PublicTransportStop', ...within })).toEqual(expected)
  })

  it('9: the nearest bus stops to the cathedral, by distance, in pages of ten?', async () => {
    const nearest = those((each) => each.type === 'PublicTransportStop')
      .map((id) => ({ id, far: metres(placeOf(city.get(id) as City) as Place, CATHEDRAL) }))
      .sort((a, b) => a.far - b.far)
      .map(({ id }) => id)
    const question = { type: 'PublicTransportStop', orderBy: 'location;dist-asc', limit: '10' }
    const page = (offset: number) => ask({ ...question, orderFrom: JSON.stringify(CATHEDRAL), offset: String(offset) })
    expect([...(await page(0)), ...(await page(10)), ...(await page(20))]).toEqual(nearest.slice(0, 30))
  })

  it('10: which stops have a name that begins with AVENIDA or AVDA?', async () => {
    const expected = those(
      (each) => each.type === 'PublicTransportStop' && /^(AVENIDA|AVDA)/.test(textOf(each, 'name') ?? ''),
    )
    expect(expected.length).toBeGreaterThan(0)
    expect(await ask({ type: 'PublicTransportStop', q: 'name~="^(AVENIDA|AVDA)"' })).toEqual(expected)
  })

  it('11: which stops are called CUATRO CAMINOS or LOS CASTROS 39?', async () => {
    const names = ['CUATRO CAMINOS', 'LOS CASTROS 39']
    const expected = those((each) => names.includes(textOf(each, 'name') ?? ''))
    expect(expected.length).toBeGreaterThan(1)
    expect(await ask({ type: 'PublicTransportStop', q: `name=="${names.join('","')}"` })).toEqual(expected)
  })

  it('12: which buses serve line 13?', async () => {
    const line = 'urn:ngsi-ld:PublicTransportRoute:santander:tus:13'
    const expected = those((each) => member(each, 'servesRoute', 'object') === line)
    expect(expected.length).toBeGreaterThan(0)
    expect(await ask({ type: 'Vehicle', q: `servesRoute=="${line}"` })).toEqual(expected)
  })

  it('13: which buses of the line that is called 13 are there, asked of the line itself?', async () => {
    const expected = those((each) => {
      const route = city.get(String(member(each, 'servesRoute', 'object')))
      return route !== undefined && textOf(route, 'shortName') === '13'
    })
    expect(expected.length).toBeGreaterThan(0)
    const question = { type: 'Vehicle', q: 'servesRoute{PublicTransportRoute:shortName}=="13"' }
    expect(await ask({ ...question, join: 'inline' })).toEqual(expected)
  })

  it('14: which buses stand still, and which drive faster than 20?', async () => {
    const standing = those((each) => each.type === 'Vehicle' && numberOf(each, 'speed') === 0)
    const driving = those((each) => each.type === 'Vehicle' && numberOf(each, 'speed') > 20)
    expect(standing.length).toBeGreaterThan(0)
    expect(await ask({ type: 'Vehicle', q: 'speed==0' })).toEqual(standing)
    expect(await ask({ type: 'Vehicle', q: 'speed>20' })).toEqual(driving)
    const either = those((each) => standing.includes(each.id) || driving.includes(each.id))
    expect(await ask({ type: 'Vehicle', q: 'speed==0|speed>20' })).toEqual(either)
  })

  it('15: where is traffic dense: a load from 50 to 100, or an occupancy over 0.2?', async () => {
    const expected = those(
      (each) =>
        each.type === 'TrafficFlowObserved' &&
        ((numberOf(each, 'roadLoad') >= 50 && numberOf(each, 'roadLoad') <= 100) || numberOf(each, 'occupancy') > 0.2),
    )
    expect(expected.length).toBeGreaterThan(5)
    expect(await ask({ type: 'TrafficFlowObserved', q: 'roadLoad==50..100|occupancy>0.2' })).toEqual(expected)
  })

  it('16: which traffic loops have no place, and which have one?', async () => {
    const placed = those((each) => each.type === 'TrafficFlowObserved' && each.location !== undefined)
    expect(placed).toHaveLength(482 - 189)
    expect(await ask({ type: 'TrafficFlowObserved', q: 'location' })).toEqual(placed)
    const all = await ask({ type: 'TrafficFlowObserved' })
    expect(all).toHaveLength(482)
  })

  it('17: the ten busiest loops that count more than 100 cars in the centre?', async () => {
    const expected = those((each) => {
      const place = placeOf(each)
      return each.type === 'TrafficFlowObserved' && place !== undefined && isInside(place, CENTRE)
    })
      .map((id) => ({ id, cars: numberOf(city.get(id) as City, 'intensity') }))
      .filter(({ cars }) => cars > 100)
      .sort((a, b) => b.cars - a.cars)
      .slice(0, 10)
    expect(expected.length).toBeGreaterThan(3)
    const within = { georel: 'within', geometry: 'Polygon', coordinates: JSON.stringify([CENTRE]) }
    const question = { type: 'TrafficFlowObserved', q: 'intensity>100', orderBy: 'intensity;desc', limit: '10' }
    expect(await ask({ ...question, ...within })).toEqual(expected.map(({ id }) => id))
  })

  it('18: what do we know of all that is about mobility, and of parking alone?', async () => {
    const within = (scope: string) => those((each) => String(each.scope ?? '').startsWith(scope))
    const parking = within('/Mobility/Parking')
    expect(parking.length).toBeGreaterThan(300)
    expect(await ask({ scopeQ: '/Mobility/Parking', local: 'true' })).toEqual(parking)
    const mobility = within('/Mobility')
    const count = await client.get('/entities?local=true&scopeQ=/Mobility/%23&limit=0&count=true', { Link: link })
    expect(count.headers['ngsild-results-count']).toBe(String(mobility.length))
  })

  it('19: which bus lines pass through the centre?', async () => {
    const lines = those((each) => each.type === 'PublicTransportRoute' && each.location !== undefined)
    const expected = lines.filter((id) => {
      const { coordinates } = member(city.get(id) as City, 'location') as { coordinates: readonly Place[] }
      return coordinates.some((place) => isInside(place, CENTRE))
    })
    expect(expected.length).toBeGreaterThan(3)
    const question = { georel: 'intersects', geometry: 'Polygon', coordinates: JSON.stringify([CENTRE]) }
    expect(await ask({ type: 'PublicTransportRoute', ...question })).toEqual(expected)
    const away = { ...question, georel: 'disjoint' }
    expect(await ask({ type: 'PublicTransportRoute', ...away })).toEqual(lines.filter((id) => !expected.includes(id)))
  })

  it('20: which stops and spots are neither far from the cathedral nor named by a number?', async () => {
    const expected = those(
      (each) =>
        ['PublicTransportStop', 'ParkingSpot'].includes(each.type) &&
        isNear(each, CATHEDRAL, 700) &&
        !/[0-9]/.test(textOf(each, 'name') ?? ''),
    )
    expect(expected.length).toBeGreaterThan(0)
    const question = { type: 'PublicTransportStop|ParkingSpot', q: 'name!~="[0-9]"', ...near(CATHEDRAL, 700) }
    expect(await ask(question)).toEqual(expected)
  })
})
