import { load } from 'js-yaml'
import { describe, expect, it } from 'vitest'
import { testClock } from '../support/broker.ts'
import { brokerForFile, expectProblem, START } from './client.ts'

const clock = testClock(START)
const broker = brokerForFile({}, clock)
const get = (path: string) => broker.root('get', path)

describe('Service routes', () => {
  it('/health/live and /health/ready', async () => {
    expect((await get('/health/live').expect(200)).body).toEqual({ status: 'live' })
    expect((await get('/health/ready').expect(200)).body).toEqual({ status: 'ready' })
    await broker.root('head', '/health/ready').expect(200)
  })

  it('/version says which broker, which version, which standard and for how long', async () => {
    clock.advance(90_500)
    expect((await get('/version').expect(200)).body).toMatchObject({
      name: 'Boya',
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
      uptimeSeconds: 90,
      standard: expect.stringMatching(/V1\.9\.1/),
    })
  })

  it('/openapi.yaml and /openapi.json are the same document, of every route under /ngsi-ld/v1', async () => {
    const json = await get('/openapi.json').expect(200)
    expect(json.headers['content-type']).toMatch(/^application\/json/)
    const yaml = await get('/openapi.yaml').buffer(true).expect(200)
    expect(yaml.headers['content-type']).toMatch(/yaml/)
    expect(load(yaml.text ?? yaml.body.toString())).toEqual(json.body)
    expect(json.body.openapi).toMatch(/^3\.1/)
    expect(Object.keys(json.body.paths)).toEqual(
      expect.arrayContaining(['/ngsi-ld/v1/entities', '/ngsi-ld/v1/entities/{entityId}/attrs/{attrId}']),
    )
  })

  it('/docs is a page that loads nothing from elsewhere, and all that it names is there', async () => {
    const { text, headers } = await get('/docs').expect(200)
    expect(headers['content-type']).toMatch(/^text\/html/)
    const named = [...text.matchAll(/(?:src|href)="([^"]+)"/g)].map((match) => match[1] ?? '')
    expect(named.length).toBeGreaterThan(1)
    for (const path of named) {
      expect(path).toMatch(/^\/(?!\/)/)
      const { status, headers: found } = await get(path)
      expect([path, status]).toEqual([path, 200])
      expect(found['content-type']).toMatch(/css|javascript|png/)
    }
  })

  it.each(['/docs/nothing.js', '/docs/..%2Fpackage.json', '/docs/swagger-ui.css.map', '/docs/constructor'])(
    'nothing else is served under /docs: %s',
    async (path) => {
      expectProblem(await get(path), 404, 'ResourceNotFound')
    },
  )

  it('/ tells people what is stored, by type, and escapes what clients named', async () => {
    const type = 'https://example.org/<script>alert(1)</script>'
    await broker.create({ id: 'urn:x:1', type: 'Bench' }, { id: 'urn:x:2', type: ['Bench', 'Seat'] })
    await broker.post('/entities', { id: 'urn:x:4', type })
    const { text, headers } = await get('/').expect(200)
    expect(headers['content-type']).toMatch(/^text\/html/)
    for (const part of ['Bench', 'Seat', '/docs', '/openapi.yaml']) expect(text).toContain(part)
    expect(text).toMatch(/Bench<\/td><td class="n">2</)
    expect(text).not.toContain('<script>alert')
    expect(text).not.toMatch(/more tenant/)
  })

  it('/ tells of other Tenants only how many there are, also who names one', async () => {
    for (const [i, tenant] of ['parks', 'buses'].entries()) {
      await broker.post('/entities', { id: `urn:x:1${i}`, type: 'Tree' }, { 'NGSILD-Tenant': tenant }).expect(201)
      for (const headers of [{}, { 'NGSILD-Tenant': tenant }]) {
        const { text } = await broker.root('get', '/', headers).expect(200)
        expect(text).toContain(i === 0 ? 'one more tenant' : '2 more tenants')
        for (const part of ['parks', 'buses', 'Tree']) expect(text).not.toContain(part)
      }
    }
  })

  it('refuses other methods, with Allow', async () => {
    for (const path of ['/', '/version', '/health/live', '/docs', '/openapi.json']) {
      const { headers } = await broker.root('post', path).expect(405)
      expect(headers.allow).toContain('GET')
    }
  })
})
