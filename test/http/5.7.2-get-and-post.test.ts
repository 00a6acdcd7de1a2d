/** 6.4.3.2 and 6.23.3.1: one question has one answer, however it is asked. */

import fc from 'fast-check'
import { beforeAll, describe, expect, it } from 'vitest'
import { casesOf } from '../support/long.ts'
import { faultsOf, samplesOf } from '../support/samples.ts'
import { brokerForFile, type Document, expectProblem, newId } from './client.ts'

const broker = brokerForFile()

beforeAll(async () => {
  const entities = Array.from({ length: 60 }, (_, i) => ({
    id: `urn:ngsi-ld:Car:${i}`,
    type: i % 3 === 0 ? ['Car', 'Bus'] : 'Car',
    scope: [`/City/D${i % 4}`, ...(i % 5 === 0 ? ['/Fleet'] : [])],
    speed: { value: i % 20, observedAt: `2018-01-01T00:${String(i).padStart(2, '0')}:00Z` },
    brandName: { value: ['Mercedes', 'Seat', 'Ä'][i % 3] },
    address: { value: { city: ['Berlin', 'Madrid'][i % 2], geo: { lat: i } } },
    color: { languageMap: { en: i % 2 ? 'red' : 'black', es: ['rojo', 'negro'] } },
    location: { type: 'GeoProperty', value: { type: 'Point', coordinates: [-3.8 + i / 1000, 43.4 + (i % 7) / 1000] } },
    isParked: { object: `urn:ngsi-ld:Parking:${i % 6}` },
    ...(i % 4 === 0 && { category: { vocab: 'taxi' } }),
  }))
  await broker.post('/entityOperations/create', entities).expect(201)
})

/** The parameters of GET as the members of a Query (5.2.23), written for this test alone. */
function bodyOf({ type, id, idPattern, ...rest }: Record<string, string>): Document {
  const body: Record<string, unknown> = { type: 'Query' }
  const selector = { type, ...(id && { id: id.split(',') }), ...(idPattern && { idPattern }) }
  if (type !== undefined) body.entities = [selector]
  for (const name of ['q', 'scopeQ', 'lang', 'join', 'expandValues', 'csf']) if (rest[name]) body[name] = rest[name]
  for (const name of ['attrs', 'pick', 'omit', 'datasetId']) if (rest[name]) body[name] = rest[name].split(',')
  if (rest.joinLevel) body.joinLevel = Number(rest.joinLevel)
  const { georel, geometry, coordinates, geoproperty } = rest
  if (georel)
    body.geoQ = { georel, geometry, coordinates: JSON.parse(coordinates ?? ''), ...(geoproperty && { geoproperty }) }
  const { orderBy, orderFrom, collation } = rest
  if (orderBy) {
    const from = orderFrom && { coordinates: JSON.parse(orderFrom) }
    body.ordering = { orderBy: orderBy.split(','), ...from, ...(collation && { collation }) }
  }
  return body
}

const ASIDE = ['limit', 'offset', 'count', 'format', 'options', 'local']

async function both(question: Record<string, string>) {
  const aside = Object.fromEntries(Object.entries(question).filter(([name]) => ASIDE.includes(name)))
  const asked = Object.fromEntries(Object.entries(question).filter(([name]) => !ASIDE.includes(name)))
  const got = await broker.get(`/entities?${new URLSearchParams(question)}`)
  const posted = await broker.post(`/entityOperations/query?${new URLSearchParams(aside)}`, bodyOf(asked))
  return [got, posted].map(({ status, body, headers }) => ({
    status,
    body: status === 200 ? body : body.type,
    count: headers['ngsild-results-count'],
    pages: (headers.link ?? '').match(/rel="(?:next|prev)"/g),
  }))
}

const some = <T>(...values: readonly T[]) => fc.option(fc.constantFrom(...values), { nil: undefined, freq: 1 })
const question = fc
  .record({
    type: fc.constantFrom('Car', 'Bus', '(Car;Bus)', 'Car|Bus', 'Boat', '*'),
    // Not both: in a body "id takes precedence over idPattern" (5.2.33), of parameters both hold (5.7.2.4).
    ids: some<Record<string, string>>(
      { id: 'urn:ngsi-ld:Car:1,urn:ngsi-ld:Car:3' },
      { id: 'no uri' },
      { idPattern: '5$' },
      { idPattern: '^urn:ngsi-ld:Car:1' },
      { idPattern: '[' },
    ),
    q: fc.option(
      fc.constantFrom(
        'speed>5',
        'speed>5;brandName!="Seat"',
        'speed==1..3|speed.observedAt>=2018-01-01T00:50:00Z',
        'address[city]=="Berlin"',
        'address[geo.lat]<9',
        'color[en]=="red"',
        'isParked=="urn:ngsi-ld:Parking:2"',
        'brandName~="^M"',
        'speed>',
        'category==taxi',
      ),
      { nil: undefined, freq: 2 },
    ),
    expandValues: fc.option(fc.constant('category'), { nil: undefined }),
    scopeQ: fc.option(fc.constantFrom('/City/D1', '/City/+', '/#', '(/Fleet;/City/D0)|/City/D2', '//'), {
      nil: undefined,
    }),
    attrs: fc.option(fc.constantFrom('speed', 'category,none'), { nil: undefined, freq: 8 }),
    pick: fc.option(fc.constantFrom('id,speed', 'type,address'), { nil: undefined, freq: 8 }),
    lang: fc.option(fc.constant('es'), { nil: undefined, freq: 8 }),
    geo: some(
      { georel: 'near;maxDistance==900', geometry: 'Point', coordinates: '[-3.78,43.402]' },
      {
        georel: 'within',
        geometry: 'Polygon',
        coordinates: '[[[-3.8,43.4],[-3.77,43.4],[-3.77,43.41],[-3.8,43.41],[-3.8,43.4]]]',
      },
      { georel: 'near', geometry: 'Point', coordinates: '[-3.78,43.402]' },
    ),
    ordering: some(
      { orderBy: 'brandName,speed;desc' },
      { orderBy: 'location;dist-asc', orderFrom: '[-3.78,43.402]' },
      { orderBy: 'location;dist-asc' },
      { orderBy: 'brandName;desc', collation: 'de-u-co-phonebk' },
    ),
    limit: some('1', '7'),
    offset: some('0', '3', '1000000000'),
    count: some('true'),
    format: some('simplified'),
  })
  .map(({ ids, geo, ordering, ...rest }) => {
    const all = { ...rest, ...ids, ...geo, ...ordering }
    return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as Record<string, string>
  })

const CASES = casesOf(600)

describe('Query Entities by GET and by POST', () => {
  it('give the same answer to the same question', { timeout: 60_000 }, async () => {
    const statuses = new Map<number, number>()
    await fc.assert(
      fc.asyncProperty(question, async (asked) => {
        const [got, posted] = await both(asked)
        expect(posted).toEqual(got)
        statuses.set(got?.status ?? 0, (statuses.get(got?.status ?? 0) ?? 0) + 1)
      }),
      { numRuns: CASES },
    )
    expect(statuses.get(200)).toBeGreaterThan(CASES / 30)
    expect(statuses.get(400)).toBeGreaterThan(CASES / 30)
  })

  it('take and refuse the same queries', { timeout: 60_000 }, async () => {
    const valid = samplesOf('q-valid.txt')
    for (const q of [...valid, ...faultsOf('q-invalid.txt').map(({ text }) => text)]) {
      const [got, posted] = await both({ type: 'Car', q, join: 'flat', joinLevel: '5', expandValues: 'gender' })
      expect([q, posted]).toEqual([q, got])
      expect([q, got?.status]).toEqual([q, valid.includes(q) ? 200 : expect.toBeOneOf([400, 403])])
    }
  })

  it('say where in the body it is wrong', async () => {
    const at = async (more: Document) => {
      const answer = await broker.post('/entityOperations/query', {
        type: 'Query',
        entities: [{ type: 'Car' }],
        ...more,
      })
      expectProblem(answer, 400, 'BadRequestData')
      return answer.body.at
    }
    expect(await at({ q: 'speed>' })).toBe('/q')
    expect(await at({ scopeQ: '//' })).toBe('/scopeQ')
    expect(await at({ geoQ: { georel: 'near', geometry: 'Point', coordinates: [0, 0] } })).toBe('/geoQ/georel')
    expect(await at({ geoQ: { georel: 'within', geometry: 'Blob', coordinates: [0, 0] } })).toBe('/geoQ/geometry')
    expect(await at({ geoQ: { georel: 'within', geometry: 'Point', coordinates: [500, 0] } })).toBe('/geoQ/coordinates')
    expect(await at({ ordering: { orderBy: ['location;dist-asc'] } })).toBe('/ordering/coordinates')
    expect(await at({ ordering: { orderBy: ['speed;up'] } })).toBe('/ordering/orderBy')
    expect(await at({ ordering: { orderBy: ['speed'], collation: '!!' } })).toBe('/ordering/collation')
    expect(await at({ entities: [{ type: 'Car' }, { type: '(Car' }] })).toBe('/entities/1/type')
    expect(await at({ entities: [{ type: 'Car', idPattern: '[' }] })).toBe('/entities/0/idPattern')
    expect(await at({ entities: [{ type: 'Car', id: ['urn:x:1', 'no uri'] }] })).toBe('/entities/0/id/1')
    expect(await at({ pick: ['a{b}'] })).toBe('/pick')
    expect(await at({ unheardOf: 1 })).toBe('/unheardOf')
  })

  it('say what the type of a Query has to be', async () => {
    const { body } = await broker.post('/entityOperations/query', { type: 'Foo' }).expect(400)
    expect(body.detail).toContain('expected "Query", found "Foo"')
  })

  it('know more selectors than a union has parts (5.2.33)', async () => {
    const id = newId('Selected')
    await broker.create({ id, type: ['T7', 'U7'] })
    const many = Array.from({ length: 1_200 }, (_, i) => ({
      type: `T${i}|U${i}`,
      id: i === 7 ? id : `urn:x:none:${i}`,
    }))
    const { body } = await broker.post('/entityOperations/query', { type: 'Query', entities: many }).expect(200)
    expect(body.map((entity: Document) => entity.id)).toEqual([id])
  })

  it('know several selectors, each with ids or a pattern of its own (5.2.33)', async () => {
    const ids = async (entities: readonly Document[]) => {
      const answer = await broker.post('/entityOperations/query?limit=100', { type: 'Query', entities }).expect(200)
      return answer.body.map(({ id }: Document) => String(id).split(':').at(-1))
    }
    expect(
      await ids([
        { type: 'Bus', idPattern: '^urn:ngsi-ld:Car:1[0-9]$' },
        { type: 'Car', id: 'urn:ngsi-ld:Car:2' },
      ]),
    ).toEqual(['2', '12', '15', '18'])
    // "id takes precedence over idPattern."
    expect(await ids([{ type: 'Car', id: 'urn:ngsi-ld:Car:2', idPattern: 'x' }])).toEqual(['2'])
    expect(await ids([{ type: 'Boat' }, { type: 'Bus' }])).toHaveLength(20)
  })
})
