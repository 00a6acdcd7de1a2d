import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { API, startTestBroker, type TestBroker } from '../support/broker.ts'

const ORIGIN = 'https://map.example.org'
const PREFLIGHT = {
  Origin: ORIGIN,
  'Access-Control-Request-Method': 'PATCH',
  'Access-Control-Request-Headers': 'content-type,link,ngsild-tenant',
}

let open: TestBroker
let some: TestBroker
let none: TestBroker

beforeAll(async () => {
  open = await startTestBroker({ CORS_ORIGINS: '*' })
  some = await startTestBroker({ CORS_ORIGINS: `${ORIGIN},https://other.example.org` })
  none = await startTestBroker()
})
afterAll(() => Promise.all([open.close(), some.close(), none.close()]))

describe('CORS', () => {
  it('is off unless it is configured', async () => {
    const { headers } = await none.request.get(`${API}/entities?local=true`).set('Origin', ORIGIN).expect(200)
    expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([])
    const preflight = await none.request.options(`${API}/entities`).set(PREFLIGHT).expect(204)
    expect(preflight.headers['access-control-allow-methods']).toBeUndefined()
  })

  it('lets pages of any origin in with *', async () => {
    const { headers } = await open.request.get(`${API}/entities?local=true`).set('Origin', ORIGIN).expect(200)
    expect(headers['access-control-allow-origin']).toBe('*')
    expect(headers['access-control-allow-credentials']).toBeUndefined()
  })

  it('lets pages of the origins that are listed in, and no others', async () => {
    const { headers } = await some.request.get(`${API}/entities?local=true`).set('Origin', ORIGIN).expect(200)
    expect(headers['access-control-allow-origin']).toBe(ORIGIN)
    expect(headers.vary).toMatch(/Origin/i)
    const evil = await some.request.get(`${API}/entities?local=true`).set('Origin', 'https://evil.example').expect(200)
    expect(evil.headers['access-control-allow-origin'] ?? '').toBe('')
    expect(evil.headers.vary).toMatch(/Origin/i)
  })

  it('answers a preflight with every method and the headers that were asked for', async () => {
    for (const broker of [open, some]) {
      const { headers } = await broker.request.options(`${API}/entities/urn:x:1`).set(PREFLIGHT).expect(204)
      const methods = String(headers['access-control-allow-methods']).split(',')
      expect(methods).toEqual(expect.arrayContaining(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']))
      expect(String(headers['access-control-allow-headers']).toLowerCase()).toContain('ngsild-tenant')
    }
  })

  it('lets scripts read the headers of the standard', async () => {
    const { headers } = await open.request.get(`${API}/entities?type=T&count=true`).set('Origin', ORIGIN).expect(200)
    const exposed = String(headers['access-control-expose-headers']).split(',')
    expect(exposed).toEqual(
      expect.arrayContaining([
        'NGSILD-Results-Count',
        'NGSILD-Tenant',
        'Link',
        'Location',
        'Preference-Applied',
        'Allow',
      ]),
    )
  })

  it('is there in errors, too: scripts are told what was wrong', async () => {
    for (const broker of [open, some]) {
      for (const path of ['/entities/no-uri', '/entities/urn:x:nobody', '/nothing']) {
        const { status, headers, body } = await broker.request.get(API + path).set('Origin', ORIGIN)
        expect(status).toBeGreaterThanOrEqual(400)
        expect(headers['access-control-allow-origin']).toMatch(/^(\*|https:\/\/map\.example\.org)$/)
        expect(body.detail).toEqual(expect.any(String))
      }
      const { headers } = await broker.request.patch(`${API}/entities`).set('Origin', ORIGIN).expect(405)
      expect(headers['access-control-allow-origin']).toBeDefined()
    }
  })
})
