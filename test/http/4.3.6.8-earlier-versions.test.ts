import { describe, expect, it } from 'vitest'
import { brokerForFile, type Document, expectProblem, newId, pathOf } from './client.ts'

const broker = brokerForFile()

async function preferred(entity: Document, version: string, accept = 'application/json') {
  const id = newId()
  await broker.create({ id, type: 'T', ...entity })
  const response = await broker.get(`${pathOf(id)}?options=sysAttrs`, { Prefer: `ngsi-ld=${version}`, Accept: accept })
  return { status: response.status, headers: response.headers, body: withoutTimes(response.body) as Document }
}

function withoutTimes(json: unknown): unknown {
  if (Array.isArray(json)) return json.map(withoutTimes)
  if (typeof json !== 'object' || json === null) return json
  const members = Object.entries(json).filter(([name]) => !['createdAt', 'modifiedAt', 'id'].includes(name))
  return Object.fromEntries(members.map(([name, value]) => [name, withoutTimes(value)]))
}

const expiresAt = '2099-01-01T00:00:00Z'
const observedAt = '2026-01-01T00:00:00Z'

describe('4.3.6.8 Prefer: ngsi-ld=<version> (5.7.1.4, 6.3.6)', () => {
  it('6.5.3.1: 203 with Preference-Applied where the body was altered', async () => {
    const { status, headers, body } = await preferred({ scope: '/a', a: 1 }, '1.3')
    expect(status).toBe(203)
    expect(headers['preference-applied']).toBe('ngsi-ld=1.3')
    expect(body).toEqual({ type: 'T', a: { type: 'Property', value: 1 } })
  })

  it('RFC 7240, 2: of a preference that is sent twice the first one counts', async () => {
    const id = newId()
    await broker.create({ id, type: 'T', p: 1 })
    const { headers } = await broker.get(pathOf(id), { Prefer: 'ngsi-ld=1.5, ngsi-ld=1.8' })
    expect(headers['preference-applied']).toBe('ngsi-ld=1.5')
  })

  it('6.3.6: 200 with Preference-Applied where nothing had to be altered, in application/ld+json, too', async () => {
    for (const accept of ['application/json', 'application/ld+json']) {
      const { status, headers } = await preferred({ a: 1 }, '1.5', accept)
      expect(status).toBe(200)
      expect(headers['preference-applied']).toBe('ngsi-ld=1.5')
    }
  })

  it('4.3.6.8: a version that is not there yet is answered with the one that there is', async () => {
    const { status, headers } = await preferred({ a: 1 }, '2.4')
    expect(status).toBe(200)
    expect(headers['preference-applied']).toBe('ngsi-ld=1.9')
  })

  it.each<[string, Document, Document]>([
    // Table 4.3.6.8-1
    ['1.8', { expiresAt, a: 1 }, { type: 'T', a: { type: 'Property', value: 1 } }],
    ['1.3', { scope: '/a' }, { type: 'T' }],
    ['1.0', { type: ['T', 'U'] }, { type: 'T' }],
    ['1.3', { m: { languageMap: { es: 'x' } } }, { type: 'T', m: { type: 'Property', value: { es: 'x' } } }],
    ['1.7', { j: { json: { a: 1 } } }, { type: 'T', j: { type: 'Property', value: { a: 1 } } }],
    ['1.7', { v: { vocab: 'x' } }, { type: 'T', v: { type: 'Property', value: 'x' } }],
    ['1.7', { l: { valueList: [1, 2] } }, { type: 'T', l: { type: 'Property', value: [1, 2] } }],
    ['1.7', { o: { objectList: ['urn:x:1'] } }, { type: 'T', o: { type: 'Relationship', object: ['urn:x:1'] } }],
    [
      '1.0',
      { a: [{ value: 2, datasetId: 'urn:d:1' }, { value: 1 }] },
      { type: 'T', a: { type: 'Property', value: 1 } },
    ],
    // Tables 4.3.6.8-2 and -3
    ['1.0', { a: { value: 1, datasetId: 'urn:d:1' } }, { type: 'T', a: { type: 'Property', value: 1 } }],
    ['1.0', { a: { value: 1, observedAt, unitCode: 'CEL' } }, { type: 'T', a: { type: 'Property', value: 1 } }],
    ['1.8', { a: { value: 1, expiresAt, valueType: 'Integer' } }, { type: 'T', a: { type: 'Property', value: 1 } }],
    [
      '1.7',
      { r: { object: 'urn:x:1', objectType: 'U' } },
      { type: 'T', r: { type: 'Relationship', object: 'urn:x:1' } },
    ],
    ['1.0', { r: { object: 'urn:x:1', observedAt } }, { type: 'T', r: { type: 'Relationship', object: 'urn:x:1' } }],
    [
      '1.3',
      { a: { value: 1, m: { languageMap: { es: 'x' } } } },
      { type: 'T', a: { type: 'Property', value: 1, m: { type: 'Property', value: { es: 'x' } } } },
    ],
  ])('Tables 4.3.6.8: %s alters %j', async (version, entity, expected) => {
    const { status, headers, body } = await preferred(entity, version)
    expect(body).toEqual(expected)
    expect(status).toBe(203)
    expect(headers['preference-applied']).toBe(`ngsi-ld=${version}`)
  })

  it.each<[string, Document]>([
    ['1.9', { expiresAt, a: { type: 'Property', value: 1, expiresAt, valueType: 'Integer' } }],
    [
      '1.8',
      { l: { type: 'ListProperty', valueList: [1] }, r: { type: 'Relationship', object: 'urn:x:1', objectType: 'U' } },
    ],
    ['1.4', { scope: '/a', m: { type: 'LanguageProperty', languageMap: { es: 'x' } } }],
    ['1.3', { a: { type: 'Property', value: 1, datasetId: 'urn:d:1', observedAt, unitCode: 'CEL' } }],
  ])('Tables 4.3.6.8: %s knows %j', async (version, entity) => {
    const { status, body } = await preferred(entity, version)
    expect(body).toEqual({ type: 'T', ...entity })
    expect(status).toBe(200)
  })

  it('5.7.2.4: each entity of a query is amended', async () => {
    const ids = [newId(), newId()]
    for (const id of ids) await broker.create({ id, type: 'Queried', scope: '/a' })
    const response = await broker.get('/entities?type=Queried', { Prefer: 'ngsi-ld=1.3' }).expect(203)
    expect(response.headers['preference-applied']).toBe('ngsi-ld=1.3')
    expect(response.body).toEqual(ids.map((id) => ({ id, type: 'Queried' })))
  })

  it('RFC 7240: other preferences are ignored, as is what was never a version', async () => {
    const id = newId()
    await broker.create({ id, type: 'T' })
    const { headers } = await broker.get(pathOf(id), { Prefer: 'return=minimal' }).expect(200)
    expect(headers['preference-applied']).toBeUndefined()
    for (const version of ['latest', '0.9', '']) {
      const response = await broker.get(pathOf(id), { Prefer: `ngsi-ld=${version}` }).expect(200)
      expect(response.headers['preference-applied']).toBeUndefined()
    }
  })

  it('4.15 before 4.3.6.8: a LanguageProperty in one language is a Property of every version', async () => {
    const id = newId()
    await broker.create({ id, type: 'T', l: { type: 'LanguageProperty', languageMap: { en: 'yes', fr: 'oui' } } })
    const { body } = await broker.get(`${pathOf(id)}?lang=fr`, { Prefer: 'ngsi-ld=1.3' })
    expect(body.l).toEqual({ type: 'Property', value: 'oui', lang: 'fr' })
  })

  it('6.3.21: a fragment of a later version may have attribute types that are not known here', async () => {
    const id = newId()
    const link = '<https://uri.etsi.org/ngsi-ld/profile/2.0>; rel="profile"'
    await broker.post('/entities', { id, type: 'T', a: { type: 'NewProperty', value: 1 } }, { Link: link }).expect(201)
    expect((await broker.entity(id)).a).toEqual({ type: 'Property', value: 1 })
    expectProblem(
      await broker.post('/entities', { id: newId(), type: 'T', a: { type: 'NewProperty', value: 1 } }),
      400,
      'BadRequestData',
    )
  })
})

describe('4.3.6.8 Prefer, of temporal evolutions (6.18.3.2, 6.19.3.1)', () => {
  const query = 'timerel=after&timeAt=2026-01-01T00:00:00Z'

  it('203 where it was altered, 200 where it was not, Preference-Applied in both', async () => {
    const id = newId()
    const l = [{ type: 'ListProperty', valueList: [1, 2], observedAt }]
    await broker.post('/temporal/entities', { id, type: 'Listed', l }).expect(201)
    const asked = { type: 'Query', entities: [{ type: 'Listed' }], temporalQ: { timerel: 'after', timeAt: observedAt } }
    for (const [version, status, type] of [
      ['1.7', 203, 'Property'],
      ['1.8', 200, 'ListProperty'],
    ] as const) {
      const prefer = { Prefer: `ngsi-ld=${version}` }
      for (const response of [
        await broker.get(`/temporal/entities/${id}`, prefer),
        await broker.get(`/temporal/entities?type=Listed&${query}`, prefer),
        await broker.post('/temporal/entityOperations/query', asked, prefer),
      ]) {
        expect(response.status).toBe(status)
        expect(response.headers['preference-applied']).toBe(`ngsi-ld=${version}`)
        expect([response.body].flat()[0].l).toMatchObject([{ type, observedAt }])
      }
    }
  })
})
