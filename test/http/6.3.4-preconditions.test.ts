import { describe, expect, it } from 'vitest'
import { API } from '../support/broker.ts'
import { brokerForFile, CORE, expectProblem, LD, newId, pathOf } from './client.ts'
import { rawRequest } from './raw-request.ts'

const broker = brokerForFile({ MAX_BODY_BYTES: '2048', MAX_URI_BYTES: '2048' })

describe('6.3.4 Content-Type', () => {
  const post = (type: string | undefined, method: 'post' | 'patch' | 'put' = 'post') => {
    const id = newId()
    const entity = { id, type: 'T', ...(type?.startsWith('application/ld+json') && { '@context': CORE }) }
    const path = method === 'post' ? `${API}/entities` : API + pathOf(id)
    return rawRequest(broker.url(), method.toUpperCase(), path, {
      headers: type === undefined ? {} : { 'Content-Type': type },
      body: JSON.stringify(entity),
    })
  }

  it.each([
    'application/json',
    'application/ld+json',
    'application/json; charset=utf-8',
    'application/json;charset=UTF-8',
    'Application/JSON',
    'application/ld+json; profile="http://www.w3.org/ns/json-ld#compacted"',
  ])('%s is taken', async (type) => {
    expect((await post(type)).status).toBe(201)
  })

  it.each([
    'text/plain',
    'application/geo+json',
    'application/xml',
    'application/json-patch+json',
    'application/jsonx',
    'json',
    undefined,
  ])('another one is "just a 415 HTTP status code (without any payload body)": %s', async (type) => {
    for (const method of ['post', 'patch', 'put'] as const) {
      const { status, body } = await post(type, method)
      expect([method, status, body]).toEqual([method, 415, ''])
    }
  })

  it('application/merge-patch+json is allowed for PATCH only', async () => {
    expect((await post('application/merge-patch+json')).status).toBe(415)
    expect((await post('application/merge-patch+json', 'put')).status).toBe(415)
    // 404: there is no such entity, but the type was taken
    expect((await post('application/merge-patch+json', 'patch')).status).toBe(404)
  })

  it('4.6.1: another encoding than UTF-8 is refused', async () => {
    expect((await post('application/json; charset=iso-8859-1')).status).toBe(415)
    const body = Buffer.from(`{"id":"${newId()}","type":"T","a":"\xe9"}`, 'latin1')
    const headers = { 'Content-Type': 'application/json' }
    const response = await rawRequest(broker.url(), 'POST', `${API}/entities`, { headers, body })
    expect([response.status, JSON.parse(response.body).type]).toEqual([400, expect.stringMatching(/InvalidRequest$/)])
  })
})

describe('6.3.4 Content-Length', () => {
  it('its absence is "just a 411 HTTP status code (without any payload body)"', async () => {
    const headers = { 'Content-Type': 'application/json', 'Transfer-Encoding': 'chunked' }
    const body = JSON.stringify({ id: newId(), type: 'T' })
    for (const [method, path] of [
      ['POST', `${API}/entities`],
      ['PATCH', API + pathOf('urn:x:1')],
      ['PUT', API + pathOf('urn:x:1')],
    ] as const) {
      const response = await rawRequest(broker.url(), method, path, { headers, body })
      expect([response.status, response.body]).toEqual([411, ''])
    }
  })

  it('6.3.2: 413 for more bytes than are taken', async () => {
    const entity = { id: newId(), type: 'T', a: 'x'.repeat(3000) }
    const { status, headers, body } = await broker.post('/entities', entity)
    expect(status).toBe(413)
    expect(headers['content-type']).toMatch(/^application\/json/)
    expect(body).toMatchObject({ status: 413, title: expect.any(String), detail: expect.stringMatching(/2048/) })
  })

  it('414 for a URI that is longer than is taken', async () => {
    const { status, body } = await broker.get(`/entities?type=${'T'.repeat(3000)}`)
    expect(status).toBe(414)
    expect(body.detail).toMatch(/2048/)
  })
})

describe('6.3.4 Accept', () => {
  const JSON_ = 'application/json'
  const LD_JSON = 'application/ld+json'
  const GEO = 'application/geo+json'

  it.each<[string, string]>([
    ['*/*', JSON_],
    ['application/*', JSON_],
    ['application/json, application/ld+json', JSON_],
    ['application/ld+json, application/json', JSON_],
    ['application/geo+json, application/ld+json', LD_JSON],
    ['application/ld+json', LD_JSON],
    ['application/geo+json', GEO],
    ['application/ld+json;q=0.9, application/json;q=0.8', LD_JSON],
    ['application/json;q=0.5, */*;q=0.1', JSON_],
    ['application/geo+json, */*;q=0.1', GEO],
    ['application/json;q=0, */*', LD_JSON],
    ['text/html, application/xhtml+xml, application/xml;q=0.9, */*;q=0.8', JSON_],
    ['APPLICATION/LD+JSON', LD_JSON],
    ['application/ld+json; profile="http://www.w3.org/ns/json-ld#compacted"', LD_JSON],
  ])('"The order of the list … is significant", and so are weights: %s → %s', async (accept, type) => {
    const id = newId()
    await broker.create({ id, type: 'T' })
    for (const path of [pathOf(id), `/entities?id=${id}&local=true`]) {
      const { headers } = await broker.get(path, { Accept: accept }).expect(200)
      expect(headers['content-type']?.split(';')[0]).toBe(type)
    }
  })

  it('without the header application/json is assumed', async () => {
    const { headers } = await rawRequest(broker.url(), 'GET', `${API}/entities?local=true`, {})
    expect(headers['content-type']).toMatch(/^application\/json/)
  })

  it.each(['text/html', 'application/xml', 'image/*', 'application/json;q=0', 'application/vnd.api+json'])(
    '406 with "the list of the available representations": %s',
    async (accept) => {
      const id = newId()
      await broker.create({ id, type: 'T' })
      for (const path of [pathOf(id), '/entities?local=true']) {
        const { headers, body } = await broker.get(path, { Accept: accept }).expect(406)
        expect(headers['content-type']).toMatch(/^application\/json/)
        expect(JSON.stringify(body)).toContain(JSON_)
        expect(JSON.stringify(body)).toContain(LD_JSON)
        expect(JSON.stringify(body)).toContain(GEO)
      }
    },
  )

  it.each([GEO, `${GEO};q=1`, `${GEO}; charset=utf-8`, 'Application/Geo+Json', `text/html, ${GEO};q=0.5`])(
    'GeoJSON is for Retrieve Entity and Query Entities only; "for all other operations" 406: %s',
    async (accept) => {
      const id = newId()
      await broker.create({ id, type: 'T', a: 1 })
      const headers = { Accept: accept }
      for (const refused of [
        broker.get('/jsonldContexts', headers),
        broker.get('/jsonldContexts/x', headers),
        broker.get('/info/sourceIdentity', headers),
        broker.delete('/jsonldContexts/x', headers),
        broker.post('/entities', { id: newId(), type: 'T' }, headers),
        broker.patch(pathOf(id), { a: 2 }, headers),
        broker.post('/entityOperations/delete', [id], headers),
        broker.delete('/entities?type=T', headers),
        broker.delete(pathOf(id), headers),
      ]) {
        const { body } = await refused.expect(406)
        expect(body).toEqual([JSON_, LD_JSON])
      }
      expect(await broker.entity(id, 'format=simplified')).toMatchObject({ a: 1 })
    },
  )

  it.each(['text/html', `${GEO}, application/json;q=0.1`, `${GEO}, */*`, `${GEO};q=0`, 'application/*'])(
    'an operation that shows nothing asks for no more than that: %s',
    async (accept) => {
      const id = newId()
      await broker.create({ id, type: 'T' })
      await broker.delete(pathOf(id), { Accept: accept }).expect(204)
    },
  )

  it.each(['application/json;q=', 'application/json; q = ', 'application/json;q=high'])(
    'a weight that is none says nothing: %s',
    async (accept) => {
      const { headers } = await broker.get('/entities?local=true', { Accept: accept }).expect(200)
      expect(headers['content-type']).toMatch(/^application\/json/)
    },
  )

  it('RFC 9110, 12.5.5: Vary names all headers of the request that an answer depends on', async () => {
    const id = newId()
    await broker.create({ id, type: 'T' })
    const ofEntities = ['Accept', 'Link', 'NGSILD-Tenant', 'Prefer']
    const ofDocuments = ['Accept', 'NGSILD-Tenant']
    for (const [path, headers, status, vary] of [
      [pathOf(id), {}, 200, ofEntities],
      [pathOf('urn:x:nobody'), {}, 404, ofEntities],
      [pathOf(id), { Accept: 'text/html' }, 406, ofEntities],
      ['/entities?local=true', {}, 200, ofEntities],
      ['/jsonldContexts', {}, 200, ofDocuments],
      ['/jsonldContexts/x', {}, 404, ofDocuments],
      ['/info/sourceIdentity', {}, 200, ofDocuments],
    ] as const) {
      const response = await broker.get(path, headers).expect(status)
      const named = response.headers.vary?.split(', ').filter((name: string) => name !== 'Accept-Encoding')
      expect([path, named?.sort()]).toEqual([path, vary])
    }
  })

  it('6.3.6: errors are in application/json, whatever is accepted', async () => {
    expectProblem(await broker.get(pathOf('urn:x:nobody'), { Accept: LD_JSON }), 404, 'ResourceNotFound')
    expectProblem(await broker.get('/entities/no-uri', { Accept: GEO }), 400, 'BadRequestData')
  })
})

describe('6.3.2 Methods', () => {
  it.each([
    ['put', '/entities', ['GET', 'HEAD', 'POST', 'DELETE', 'OPTIONS']],
    ['patch', '/entities', ['GET', 'HEAD', 'POST', 'DELETE', 'OPTIONS']],
    ['post', '/entities/urn:x:1', ['GET', 'HEAD', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']],
    ['get', '/entities/urn:x:1/attrs', ['POST', 'PATCH', 'OPTIONS']],
    ['get', '/entities/urn:x:1/attrs/a', ['PUT', 'PATCH', 'DELETE', 'OPTIONS']],
    ['get', '/entityOperations/create', ['POST', 'OPTIONS']],
    ['delete', '/entityOperations/upsert', ['POST', 'OPTIONS']],
    ['put', '/jsonldContexts', ['GET', 'HEAD', 'POST', 'OPTIONS']],
    ['post', '/jsonldContexts/x', ['GET', 'HEAD', 'DELETE', 'OPTIONS']],
    ['post', '/info/sourceIdentity', ['GET', 'HEAD', 'OPTIONS']],
  ] as const)('405 with Allow: %s %s', async (method, path, allowed) => {
    const { status, headers } = await broker.root(method, API + path)
    expect(status).toBe(405)
    expect(new Set(headers.allow?.split(', '))).toEqual(new Set(allowed))
    const options = await broker.root('options', API + path).expect(204)
    expect(options.headers.allow).toBe(headers.allow)
  })

  it('HEAD is a GET without its body', async () => {
    const id = newId()
    await broker.create({ id, type: 'T' })
    for (const path of [pathOf(id), '/entities?local=true&count=true', '/jsonldContexts']) {
      const get = await broker.get(path).expect(200)
      const head = await broker.root('head', API + path).expect(200)
      expect(head.text ?? '').toBe('')
      for (const name of ['content-type', 'content-length', 'link', 'ngsild-results-count']) {
        expect([name, head.headers[name]]).toEqual([name, get.headers[name]])
      }
    }
    await broker.root('head', API + pathOf('urn:x:nobody')).expect(404)
  })

  it('404 for a path that there is not', async () => {
    for (const path of [
      '/ngsi-ld/v1/nothing',
      '/ngsi-ld/v2/entities',
      '/ngsi-ld/v1',
      '/ngsi-ld/v1/entities/urn:x:1/nothing',
      '/nothing',
    ]) {
      expectProblem(await broker.root('get', path), 404, 'ResourceNotFound')
    }
  })

  it('a slash at the end of a resource’s path does no harm', async () => {
    const id = newId()
    const entity = { id, type: 'Slashed', '@context': CORE }
    expect([201, 404]).toContain((await broker.post('/entities/', entity, LD)).status)
    expect((await broker.get('/entities/?type=Slashed')).status).toBeGreaterThanOrEqual(200)
  })
})
