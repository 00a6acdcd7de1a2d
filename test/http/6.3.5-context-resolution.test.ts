import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { json, type LoopbackServer, startLoopbackServer } from '../contexts/loopback-server.ts'
import { CONTEXT_LINK } from '../support/broker.ts'
import { brokerForFile, CORE, expectProblem, LD, newId, pathOf } from './client.ts'

const broker = brokerForFile()
let server: LoopbackServer
let url = ''
let link: Record<string, string> = {}

beforeAll(async () => {
  const terms = { T: 'https://example.org/T', a: 'https://example.org/a', b: 'https://example.org/b' }
  server = await startLoopbackServer(json({ '@context': terms }))
  url = `${server.origin}/context.jsonld`
  link = { Link: CONTEXT_LINK(url) }
})
afterAll(() => server.stop())

const A = 'https://example.org/a'

/** What an entity is called by those who know no @context but the core. */
async function named(id: string): Promise<readonly string[]> {
  const { id: _, type, ...attributes } = await broker.entity(id)
  return [String(type), ...Object.keys(attributes)]
}

describe('6.3.5 POST, PATCH and PUT', () => {
  it('application/json: the @context of the Link header, else the default one', async () => {
    const [linked, bare] = [newId(), newId()]
    await broker.post('/entities', { id: linked, type: 'T', a: 1 }, link).expect(201)
    await broker.post('/entities', { id: bare, type: 'T', a: 1 }).expect(201)
    expect(await named(linked)).toEqual(['https://example.org/T', A])
    expect(await named(bare)).toEqual(['T', 'a'])
  })

  it.each<[string, unknown]>([
    ['a URL', () => url],
    ['an object', () => ({ T: 'https://example.org/T', a: A })],
    ['an array', () => [url, CORE]],
    ['an array of objects', () => [{ T: 'https://example.org/T' }, { a: A }]],
  ])('application/ld+json: the @context of the body: %s', async (_, context) => {
    const id = newId()
    const entity = { id, type: 'T', a: 1, '@context': (context as () => unknown)() }
    await broker.post('/entities', entity, LD).expect(201)
    expect(await named(id)).toEqual(['https://example.org/T', A])
  })

  it('every operation with a body expands by the @context of its own request (5.5.7)', async () => {
    const id = newId()
    await broker.post('/entities', { id, type: 'T', a: 1 }, link).expect(201)
    await broker.patch(`${pathOf(id)}/attrs/a?type=T`, { value: 2 }, link).expect(204)
    await broker.patch(`${pathOf(id)}/attrs`, { a: 3 }, link).expect(204)
    await broker.post(`${pathOf(id)}/attrs`, { a: 4 }, link).expect(204)
    await broker.put(`${pathOf(id)}/attrs/a`, { value: 5 }, link).expect(204)
    await broker.patch(pathOf(id), { a: 6, '@context': url }, LD).expect(204)
    await broker.put(pathOf(id), { type: 'T', a: 7, '@context': [url] }, LD).expect(204)
    expect(await broker.entity(id, 'format=simplified')).toEqual({ id, type: 'https://example.org/T', [A]: 7 })
    expectProblem(await broker.patch(`${pathOf(id)}/attrs/a`, { value: 8 }), 404, 'ResourceNotFound')
    await broker.patch(`${pathOf(id)}/attrs/a`, { value: 8, '@context': url }, LD).expect(204)
    await broker.post('/entityOperations/merge', [{ id, type: 'T', a: 9 }], link).expect(204)
    expect(await broker.entity(id, 'format=simplified')).toHaveProperty([A], 9)
  })

  const mixes: Record<string, [object, () => Record<string, string>]> = {
    'an @context in application/json': [{ '@context': CORE }, () => ({})],
    'an @context in application/json with a Link': [{ '@context': CORE }, () => link],
    'no @context in application/ld+json': [{}, () => LD],
    'a Link with application/ld+json': [{ '@context': CORE }, () => ({ ...LD, ...link })],
    'a Link with application/ld+json that has no @context': [{}, () => ({ ...LD, ...link })],
  }

  it.each(Object.entries(mixes))('"No mixes are allowed": BadRequestData for %s', async (_, [members, headers]) => {
    const id = newId()
    await broker.create({ id, type: 'T', a: 1 })
    const fragment = { type: 'T', a: 2, ...members }
    for (const response of [
      await broker.post('/entities', { id: newId(), ...fragment }, headers()),
      await broker.patch(pathOf(id), fragment, headers()),
      await broker.put(pathOf(id), fragment, headers()),
      await broker.patch(`${pathOf(id)}/attrs`, fragment, headers()),
      await broker.post(`${pathOf(id)}/attrs`, fragment, headers()),
      await broker.patch(`${pathOf(id)}/attrs/a`, { value: 2, ...members }, headers()),
      await broker.put(`${pathOf(id)}/attrs/a`, { value: 2, ...members }, headers()),
    ]) {
      expectProblem(response, 400, 'BadRequestData')
    }
    expect((await broker.entity(id, 'format=simplified')).a).toBe(1)
  })
})

describe('6.3.5 Batches', () => {
  /** How often the broker has taken the @context out of its storage. */
  const hits = async (): Promise<number> => {
    const { body } = await broker.get(`/jsonldContexts/${encodeURIComponent(url)}?details=true`).expect(200)
    return body.numberOfHits
  }
  const three = () => Array.from({ length: 3 }, () => ({ id: newId(), type: 'T', a: 1 }))

  it('the @context of the Link header is asked for once, however many elements there are (5.13.3.5)', async () => {
    await broker.post('/entityOperations/upsert', three(), link).expect(201)
    for (const operation of ['create', 'upsert', 'upsert?options=update']) {
      const before = await hits()
      const entities = three()
      await broker.post(`/entityOperations/${operation}`, entities, link).expect(201)
      // To ask for it by its identifier is a use, too.
      expect([operation, (await hits()) - before - 1]).toEqual([operation, 1])
      for (const { id } of entities) expect(await named(id)).toEqual(['https://example.org/T', A])
    }
  })

  it('an element’s own @context that cannot be had is its error; that of the Link header refuses the request', async () => {
    const gone = 'http://127.0.0.1:1/nobody.jsonld'
    const [one, other] = [newId(), newId()]
    const elements = [
      { id: one, type: 'T', a: 1, '@context': gone },
      { id: other, type: 'T', a: 1, '@context': url },
    ]
    const { body } = await broker.post('/entityOperations/upsert', elements, LD).expect(207)
    expect(body).toMatchObject({ success: [other], errors: [{ entityId: one, error: { status: 504 } }] })
    expect(body.errors[0].error.at).toBe('/0/@context')
    expect(await named(other)).toEqual(['https://example.org/T', A])
    const refused = await broker.post('/entityOperations/upsert', three(), { Link: CONTEXT_LINK(gone) })
    expectProblem(refused, 504, 'LdContextNotAvailable')
  })

  it('an @context in an element of application/json is its error alone', async () => {
    const [one, other] = three()
    const elements = [{ ...one, '@context': url }, other]
    const { body } = await broker.post('/entityOperations/upsert', elements, link).expect(207)
    expect(body).toMatchObject({ success: [other?.id], errors: [{ entityId: one?.id, error: { at: '/0/@context' } }] })
  })
})

describe('6.3.5 GET and DELETE', () => {
  it('the @context of the Link header expands what the request names and compacts the answer', async () => {
    const id = newId()
    await broker.post('/entities', { id, type: 'T', a: 1, b: 2 }, link).expect(201)
    expect(await broker.entity(id, 'attrs=a&type=T&format=simplified', link)).toEqual({ id, type: 'T', a: 1 })
    expect((await broker.get(`/entities?type=T&id=${id}`)).body).toEqual([])
    expect((await broker.get(`/entities?type=T&id=${id}`, link)).body).toHaveLength(1)
    expectProblem(await broker.delete(`${pathOf(id)}/attrs/a`), 404, 'ResourceNotFound')
    await broker.delete(`${pathOf(id)}/attrs/a`, link).expect(204)
    await broker.delete('/entities?type=T&drop=b', link).expect(204)
    expect(await broker.entity(id, '', link)).toEqual({ id, type: 'T' })
    expectProblem(await broker.delete(`${pathOf(id)}?type=T`), 404, 'ResourceNotFound')
    await broker.delete(`${pathOf(id)}?type=T`, link).expect(204)
  })

  it('6.3.6: the answer names the @context of the request', async () => {
    const id = newId()
    await broker.create({ id, type: 'T' })
    expect((await broker.get(pathOf(id), link)).headers.link).toBe(CONTEXT_LINK(url))
    const ld = await broker.get(pathOf(id), { ...link, Accept: 'application/ld+json' })
    expect([ld.body['@context']].flat()).toContain(url)
  })

  it('5.5.7: what no term matches is rendered as Fully Qualified Name, the core has precedence', async () => {
    const id = newId()
    await broker.create({ id, type: 'https://other.example/T', c: 1, location: { type: 'Point', coordinates: [1, 2] } })
    expect(Object.keys(await broker.entity(id, '', link)).sort()).toEqual(['c', 'id', 'location', 'type'])
    expect((await broker.entity(id, '', link)).type).toBe('https://other.example/T')
  })

  it('a Link header that is no @context’s says nothing', async () => {
    const id = newId()
    await broker.create({ id, type: 'T' })
    const other = { Link: '<https://example.org/next>; rel="next"' }
    expect(await broker.entity(id, '', other)).toEqual({ id, type: 'T' })
  })
})

describe('5.5.6 @contexts that cannot be had', () => {
  it('504 LdContextNotAvailable where nobody answers, or something that is not it', async () => {
    const nobody = await startLoopbackServer(json({}))
    const gone = `${nobody.origin}/gone.jsonld`
    await nobody.stop()
    for (const headers of [{ Link: CONTEXT_LINK(gone) }]) {
      expectProblem(await broker.get('/entities?type=T', headers), 504, 'LdContextNotAvailable')
      expectProblem(await broker.post('/entities', { id: newId(), type: 'T' }, headers), 504, 'LdContextNotAvailable')
    }
    const entity = { id: newId(), type: 'T', '@context': gone }
    expectProblem(await broker.post('/entities', entity, LD), 504, 'LdContextNotAvailable')
    expectProblem(await broker.get(pathOf(entity.id)), 404, 'ResourceNotFound')
  })

  it('"If the remote JSON-LD @context is invalid, implementations shall raise an error of type BadRequestData"', async () => {
    const bad = await startLoopbackServer(json({ '@context': { a: 7 } }))
    try {
      const headers = { Link: CONTEXT_LINK(`${bad.origin}/bad.jsonld`) }
      expectProblem(await broker.get('/entities?type=T', headers), 400, 'BadRequestData')
    } finally {
      await bad.stop()
    }
  })

  it.each([{ a: 7 }, 7, { a: { '@id': 'https://a/b', '@context': {} } }])(
    '5.5.4, 5.5.7: BadRequestData for an @context in the body that is none: %j',
    async (context) => {
      const entity = { id: newId(), type: 'T', '@context': context }
      expectProblem(await broker.post('/entities', entity, LD), 400, 'BadRequestData')
    },
  )
})
