import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { json, type LoopbackServer, startLoopbackServer } from '../contexts/loopback-server.ts'
import { CONTEXT_LINK } from '../support/broker.ts'
import { brokerForFile, CORE, expectProblem, LD, newId, pathOf } from './client.ts'

const broker = brokerForFile()
const PATH = '/jsonldContexts'
const document = { '@context': { speed: 'https://example.org/speed' } }
let server: LoopbackServer
let files = 0
/** A URL that the broker has not seen yet. */
let remote = ''

beforeAll(async () => {
  server = await startLoopbackServer(json({}))
})
beforeEach(() => {
  server.answer(json({ '@context': { speed: 'https://example.org/remote' } }))
  remote = `${server.origin}/${files++}.jsonld`
})
afterAll(() => server.stop())

/** Adds a @context; returns its local identifier and the URL at which it is served. */
async function added(body: object = document): Promise<{ id: string; url: string; path: string }> {
  const { headers } = await broker.post(PATH, body).expect(201)
  const location = String(headers.location)
  const id = decodeURIComponent(location.slice('/ngsi-ld/v1/jsonldContexts/'.length))
  return { id, url: broker.url() + location, path: `${PATH}/${encodeURIComponent(id)}` }
}

/** Has the broker download a @context. */
async function cached(): Promise<void> {
  await broker.get('/entities?local=true', { Link: CONTEXT_LINK(remote) }).expect(200)
}

describe('5.13.2 Add @context', () => {
  it('6.29.3.1: 201 with the local path in Location; what stands beside @context is discarded', async () => {
    const { headers, text } = await broker.post(PATH, { ...document, extra: 1 }).expect(201)
    expect(headers.location).toMatch(/^\/ngsi-ld\/v1\/jsonldContexts\/.+/)
    expect(text).toBe('')
    expect((await broker.root('get', String(headers.location)).expect(200)).body).toEqual(document)
  })

  it('5.13.1: it can be used by its URL', async () => {
    const { url } = await added()
    const id = newId()
    await broker.post('/entities', { id, type: 'T', speed: 1 }, { Link: CONTEXT_LINK(url) }).expect(201)
    expect(await broker.entity(id, 'format=simplified')).toHaveProperty(['https://example.org/speed'], 1)
    expect(await broker.entity(id, 'format=simplified', { Link: CONTEXT_LINK(url) })).toHaveProperty('speed', 1)
  })

  it.each<[string, unknown, string]>([
    ['no JSON', '{', 'InvalidRequest'],
    ['a number', { '@context': 7 }, 'BadRequestData'],
    ['a term that is a number', { '@context': { a: 7 } }, 'BadRequestData'],
    ['a scoped @context (5.5.7)', { '@context': { a: { '@id': 'https://a/b', '@context': {} } } }, 'BadRequestData'],
  ])('5.5.4: refused: %s', async (_, body, kind) => {
    expectProblem(await broker.post(PATH, body), 400, kind)
  })

  it('5.13.2.3: refused: no object with an @context', async () => {
    for (const body of [{ speed: 'https://example.org/speed' }, [document]]) {
      expect((await broker.post(PATH, body)).status).toBe(400)
    }
  })
})

describe('5.13.3 List @contexts', () => {
  it('6.29.3.2: URLs or, with details, objects', async () => {
    const { id, url } = await added()
    expect((await broker.get(PATH).expect(200)).body).toEqual(expect.arrayContaining([url, CORE]))
    const { body } = await broker.get(`${PATH}?details=true`).expect(200)
    expect(body.find(({ localId }: { localId: string }) => localId === id)).toMatchObject({
      URL: url,
      kind: 'Hosted',
      createdAt: expect.stringMatching(/Z$/),
    })
  })

  it.each(['Cached', 'Hosted', 'ImplicitlyCreated'])('6.29.3.2: kind=%s', async (kind) => {
    await added()
    await cached()
    const id = newId()
    const entity = { id, type: 'T', '@context': [{ a: 'https://example.org/a' }, remote] }
    await broker.post('/entities', entity, LD).expect(201)
    const { body } = await broker.get(`${PATH}?details=true&kind=${kind}`).expect(200)
    expect(new Set(body.map((one: { kind: string }) => one.kind))).toEqual(new Set(body.length > 0 ? [kind] : []))
    const urls = (await broker.get(`${PATH}?kind=${kind}`).expect(200)).body
    expect(urls).toEqual(body.map(({ URL: url }: { URL: string }) => url))
    if (kind === 'Cached') expect(urls).toContain(remote)
  })

  it('BadRequestData for another kind, or another value of details', async () => {
    expectProblem(await broker.get(`${PATH}?kind=Other`), 400, 'BadRequestData')
    expectProblem(await broker.get(`${PATH}?details=yes`), 400, 'BadRequestData')
  })
})

describe('5.13.4 Serve @context', () => {
  it('5.13.4.4: the content of a Hosted one, or with details its metadata', async () => {
    const { id, path, url } = await added()
    expect((await broker.get(path).expect(200)).body).toEqual(document)
    expect((await broker.get(`${path}?details=false`).expect(200)).body).toEqual(document)
    const { body } = await broker.get(`${path}?details=true`).expect(200)
    expect(body).toMatchObject({ localId: id, URL: url, kind: 'Hosted' })
  })

  it('5.13.4.4: OperationNotSupported for a Cached one, with details its metadata, by its URL, too', async () => {
    await cached()
    const path = `${PATH}/${encodeURIComponent(remote)}`
    expectProblem(await broker.get(path), 422, 'OperationNotSupported')
    const { body } = await broker.get(`${path}?details=true`).expect(200)
    expect(body).toMatchObject({ URL: remote, kind: 'Cached' })
    expectProblem(await broker.get(`${PATH}/${encodeURIComponent(body.localId)}`), 422, 'OperationNotSupported')
  })

  it('5.13.4.4: ResourceNotFound for what is not there', async () => {
    for (const query of ['', '?details=true']) {
      expectProblem(await broker.get(`${PATH}/urn:x:nobody${query}`), 404, 'ResourceNotFound')
    }
  })
})

describe('5.13.5 Delete and Reload @context', () => {
  it('5.13.5.4: 204, and it is gone; then ResourceNotFound', async () => {
    const { path, url } = await added()
    const response = await broker.delete(path).expect(204)
    expect(response.text).toBe('')
    expectProblem(await broker.get(path), 404, 'ResourceNotFound')
    expectProblem(await broker.delete(path), 404, 'ResourceNotFound')
    expect((await broker.get(PATH)).body).not.toContain(url)
  })

  it('5.13.5.4: a Cached one is deleted by its URL, and reloaded', async () => {
    await cached()
    const path = `${PATH}/${encodeURIComponent(remote)}`
    const id = newId()
    server.answer(json({ '@context': { speed: 'https://example.org/reloaded' } }))
    await broker.delete(`${path}?reload=true`).expect(204)
    await broker.post('/entities', { id, type: 'T', speed: 1 }, { Link: CONTEXT_LINK(remote) }).expect(201)
    expect(await broker.entity(id, 'format=simplified')).toHaveProperty(['https://example.org/reloaded'])
    await broker.delete(path).expect(204)
    expectProblem(await broker.get(`${path}?details=true`), 404, 'ResourceNotFound')
  })

  it('5.13.5.4: LdContextNotAvailable where it cannot be downloaded again; "ends without removing"', async () => {
    await cached()
    const path = `${PATH}/${encodeURIComponent(remote)}`
    server.answer(json('no json'))
    expectProblem(await broker.delete(`${path}?reload=true`), 504, 'LdContextNotAvailable')
    expect((await broker.get(`${path}?details=true`).expect(200)).body.URL).toBe(remote)
    await cached()
  })

  it('5.13.5.4: "If reload is true and the kind … is not "Cached" … BadRequestData"', async () => {
    const { path } = await added()
    expectProblem(await broker.delete(`${path}?reload=true`), 400, 'BadRequestData')
    await broker.get(path).expect(200)
    await broker.delete(`${path}?reload=false`).expect(204)
  })
})

describe('5.5.10 @contexts of a Tenant that does not exist', () => {
  it('"All other NGSI-LD operations … should raise an error of type NonexistentTenant"', async () => {
    const nobody = { 'NGSILD-Tenant': 'nobody' }
    const { path } = await added()
    for (const refused of [
      broker.get(PATH, nobody),
      broker.get(`${PATH}?kind=Cached`, nobody),
      broker.get(path, nobody),
      broker.get(`${PATH}/${encodeURIComponent(CORE)}?details=true`, nobody),
      broker.delete(path, nobody),
      broker.delete(`${path}?reload=true`, nobody),
    ]) {
      expectProblem(await refused, 404, 'NonexistentTenant')
    }
    await broker.get(path).expect(200)
  })

  it('5.13.2: to add one that is refused creates no Tenant', async () => {
    const tenant = { 'NGSILD-Tenant': 'not-made-by-a-context' }
    expectProblem(await broker.post(PATH, { '@context': { a: 7 } }, tenant), 400, 'BadRequestData')
    expectProblem(await broker.post(PATH, { '@context': [[]] }, tenant), 400, 'BadRequestData')
    expectProblem(await broker.get('/entities?local=true', tenant), 404, 'NonexistentTenant')
  })

  it('5.13.2: to add one creates the Tenant', async () => {
    const tenant = { 'NGSILD-Tenant': 'made-by-a-context' }
    await broker.post(PATH, document, tenant).expect(201)
    expect((await broker.get(`${PATH}?kind=Hosted`, tenant).expect(200)).body).toHaveLength(1)
  })
})

describe('6.3.6 with hosted @contexts', () => {
  it('the Link of an answer names the @context that the request named, also one that is made of others', async () => {
    const { url } = await added({ '@context': [{ a: 'https://example.org/a' }, remote] })
    const id = newId()
    await broker.post('/entities', { id, type: 'T', a: 1, speed: 2 }, { Link: CONTEXT_LINK(url) }).expect(201)
    const { headers, body } = await broker
      .get(`${pathOf(id)}?format=simplified`, { Link: CONTEXT_LINK(url) })
      .expect(200)
    expect(headers.link).toBe(CONTEXT_LINK(url))
    expect(body).toEqual({ id, type: 'T', a: 1, speed: 2 })
  })
})
