/** Questions that are wrong, too large, or meant to do harm: an answer that says why, in time, and nothing else. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestBroker, type TestBroker } from '../support/broker.ts'
import { faultsOf, parametersOf } from '../support/samples.ts'

let broker: TestBroker
const AREA = { geometry: 'Polygon', coordinates: '[[[0,0],[1,0],[1,1],[0,1],[0,0]]]' }

beforeAll(async () => {
  broker = await startTestBroker({ MAX_VERTICES: '10', MAX_URI_BYTES: '1MiB', MAX_BODY_BYTES: '32MiB' })
  const cars = Array.from({ length: 50 }, (_, i) => ({
    id: `urn:ngsi-ld:Car:${i}`,
    type: 'Car',
    name: { value: i === 7 ? '"; DROP TABLE entity; --' : `car ${i}` },
    speed: { value: i },
    location: { type: 'GeoProperty', value: { type: 'Point', coordinates: [i / 100, 0.5] } },
  }))
  await broker.request.post('/ngsi-ld/v1/entityOperations/create').send(cars).expect(201)
})
afterAll(() => broker.close())

const get = (question: Record<string, string>) =>
  broker.request.get(`/ngsi-ld/v1/entities?${new URLSearchParams({ type: 'Car', ...question })}`)
const post = (body: object) =>
  broker.request
    .post('/ngsi-ld/v1/entityOperations/query')
    .send({ type: 'Query', entities: [{ type: 'Car' }], ...body })

/** Nobody waits for it: milliseconds. */
const SOON = 4_000

async function refused(answer: Promise<{ status: number; body: Record<string, unknown> }>, kind: string, at: string) {
  const begun = performance.now()
  const { status, body } = await answer
  expect([status, body.type, body.at]).toEqual([
    kind === 'BadRequestData' ? 400 : 403,
    `https://uri.etsi.org/ngsi-ld/errors/${kind}`,
    at,
  ])
  expect(String(body.detail)).toMatch(/.{20}/)
  expect(performance.now() - begun).toBeLessThan(SOON)
}

describe('questions that are wrong', () => {
  it.each(faultsOf('q-invalid.txt'))('q=$text', async ({ text }) => {
    const { status, body } = await get({ q: text, join: 'flat', joinLevel: '5' })
    expect([status, body.at], body.detail).toEqual([expect.toBeOneOf([400, 403]), 'q'])
  })

  it.each(faultsOf('geo-invalid.txt'))('$text', async ({ text }) => {
    const { status, body } = await get(parametersOf(text))
    expect([status, body.at], body.detail).toEqual([
      expect.toBeOneOf([400, 403]),
      expect.toBeOneOf(['georel', 'geometry', 'coordinates', 'geoproperty']),
    ])
  })

  it.each(faultsOf('scope-invalid.txt'))('scopeQ=$text', async ({ text }) => {
    const { status, body } = await get({ scopeQ: text })
    expect([status, body.at], body.detail).toEqual([expect.toBeOneOf([400, 403]), 'scopeQ'])
  })

  it.each(['(', '[a', 'a{2,1}', '(?=a)', '\\1', '*'])('idPattern=%s', async (idPattern) => {
    await refused(get({ idPattern }), 'BadRequestData', 'idPattern')
  })

  it.each([
    ['limit', '-1'],
    ['offset', '-1'],
    ['offset', '1e9'],
    ['count', 'yes'],
    ['joinLevel', '0'],
    ['join', 'deep'],
    ['splitEntities', 'maybe'],
    ['explain', '2'],
  ])('%s=%s', async (name, value) => {
    await refused(get({ join: 'inline', [name]: value }), 'BadRequestData', name)
  })
})

describe('questions that are too large', () => {
  it('a q of 100 kB, and one of as many terms as there is room for', async () => {
    await refused(post({ q: `a=="${'x'.repeat(100_000)}"` }), 'TooComplexQuery', '/q')
    await refused(post({ q: Array(400).fill('a==1').join('|') }), 'TooComplexQuery', '/q')
    await refused(post({ q: `a==${Array(400).fill('1').join(',')}` }), 'TooComplexQuery', '/q')
  })

  it('a q a thousand parentheses or Relationships deep', async () => {
    await refused(post({ q: `${'('.repeat(1_000)}a${')'.repeat(1_000)}` }), 'TooComplexQuery', '/q')
    await refused(post({ q: `${'a{'.repeat(1_000)}b${'}'.repeat(1_000)}` }), 'TooComplexQuery', '/q')
  })

  it('a polygon of 100,000 points', async () => {
    const ring = Array.from({ length: 100_000 }, (_, i) => [Math.cos(i / 15_915.5), Math.sin(i / 15_915.5)])
    const geoQ = { georel: 'within', geometry: 'Polygon', coordinates: [[...ring, ring[0]]] }
    await refused(post({ geoQ }), 'TooComplexQuery', '/geoQ/coordinates')
  })

  it('a page, a list of ids, of scopes, of orders, of members', async () => {
    await refused(get({ limit: '1001' }), 'TooManyResults', 'limit')
    await refused(get({ id: Array(501).fill('urn:x:1').join(',') }), 'TooComplexQuery', 'id')
    await refused(get({ scopeQ: Array(501).fill('/a').join(',') }), 'TooComplexQuery', 'scopeQ')
    await refused(
      get({ orderBy: Array.from({ length: 501 }, (_, i) => `a${i}`).join(',') }),
      'TooComplexQuery',
      'orderBy',
    )
    await refused(get({ join: 'inline', joinLevel: '6' }), 'TooComplexQuery', 'joinLevel')
  })
})

describe('questions that are right, however odd', () => {
  it.each([
    ['(a+)+$', 'name~="(a+)+$"'],
    ['(a|a)*b', 'name~="(a|a)*b"'],
    ['(.*)*x', 'name~="(.*)*x"'],
  ])('the pattern %s takes linear time', async (_, q) => {
    await broker.request
      .post('/ngsi-ld/v1/entities')
      .send({ id: `urn:ngsi-ld:Long:${_.length}${_[1]}`, type: 'Long', name: { value: 'a'.repeat(30_000) } })
    const begun = performance.now()
    const { status } = await broker.request.get(`/ngsi-ld/v1/entities?${new URLSearchParams({ type: 'Long', q })}`)
    expect(status).toBe(200)
    expect(performance.now() - begun).toBeLessThan(SOON)
  })

  it('an offset of a thousand millions gives the last (6.3.10)', async () => {
    const { status, body } = await get({ offset: '1000000000' })
    expect([status, body.length, body[0].id]).toEqual([200, 1, 'urn:ngsi-ld:Car:49'])
  })

  it.each(['0.001', '1e9', '4.9e-324'])('a distance of %s m', async (metres) => {
    const { status, body } = await get({
      georel: `near;maxDistance==${metres}`,
      geometry: 'Point',
      coordinates: '[0,0.5]',
    })
    expect([status, body.length]).toEqual([200, metres === '1e9' ? 20 : 1])
  })

  it('a ring that crosses itself, which RFC 7946 does not forbid', async () => {
    const coordinates = '[[[0,0],[1,1],[1,0],[0,1],[0,0]]]'
    for (const georel of ['within', 'contains', 'intersects', 'equals', 'disjoint', 'overlaps']) {
      expect((await get({ georel, geometry: 'Polygon', coordinates })).status).toBe(200)
    }
  })

  const HARM = [
    '"; DROP TABLE entity; --',
    "' OR 1=1 --",
    '") OR ("1"="1',
    '$where',
    '{"$gt":""}',
    '$.body',
    '%',
    '_',
    '*',
    '\u0000',
    '\\',
    '𝕊\ud800',
  ]
  it.each(HARM)('%j, wherever a text can stand', async (text) => {
    const value = JSON.stringify(text)
    const places: Record<string, string>[] = [
      { q: `name==${value}` },
      { q: `name==${value},"x"` },
      { q: `name>${value}` },
      { q: `name[${text.replace(/[.[\]]/g, '')}]==1` },
      { id: text.replaceAll(',', '') },
      { idPattern: text },
      { scopeQ: `/${text}` },
      { type: text },
      { attrs: text },
      { orderBy: text },
      { geoproperty: text, georel: 'within', ...AREA },
      { collation: text, orderBy: 'name' },
      { pick: text },
      { lang: text },
      { datasetId: text },
    ]
    for (const place of places) {
      const { status, body } = await get(place)
      expect([place, status], body.detail).toEqual([place, expect.toBeOneOf([200, 400, 403])])
    }
    const exactly = await get({ q: `name==${value}` })
    expect(exactly.body).toHaveLength(text === HARM[0] ? 1 : 0)
    expect((await get({ limit: '0', count: 'true' })).headers['ngsild-results-count']).toBe('50')
  })

  it.each(['__proto__', 'constructor', 'hasOwnProperty', 'toString'])('the name %s', async (name) => {
    for (const q of [name, `${name}==1`, `speed.${name}`, `name[${name}]`, `${name}{${name}}`]) {
      const { status, body } = await get({ q, join: 'inline' })
      if (status === 200) expect([q, body]).toEqual([q, []])
      else expect([q, status]).toEqual([q, 400])
    }
    expect((await get({ orderBy: name })).status).toBeOneOf([200, 400])
  })
})
