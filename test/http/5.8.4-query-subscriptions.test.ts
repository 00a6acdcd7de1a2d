import { beforeAll, describe, expect, it } from 'vitest'
import { testClock } from '../support/broker.ts'
import { brokerForFile, CORE, expectProblem, START } from './client.ts'
import { SUBSCRIPTION } from './subscribed.ts'

const clock = testClock(START)
const broker = brokerForFile({ PAGE_DEFAULT: '2', PAGE_MAX: '3' }, clock)
const Tenant = { 'NGSILD-Tenant': 'listing' }
const ids: string[] = []

beforeAll(async () => {
  // Of which the order of their ids is another than that of their creation.
  for (const name of ['c', 'a', 'b', 'e', 'd']) {
    const id = `urn:ngsi-ld:Subscription:${name}`
    await broker.post('/subscriptions', { ...SUBSCRIPTION, id }, Tenant).expect(201)
    ids.push(id)
    clock.advance(1)
  }
})

async function listed(query: string): Promise<{ ids: readonly string[]; headers: Record<string, string> }> {
  const { body, headers } = await broker.get(`/subscriptions${query}`, Tenant).expect(200)
  return { ids: body.map(({ id }: { id: string }) => id), headers }
}

describe('5.8.4 Query Subscriptions', () => {
  it('6.3.10: pages in the order of creation, with links to the next and the one before', async () => {
    const first = await listed('')
    expect(first.ids).toEqual(ids.slice(0, 2))
    expect(first.headers.link).toContain(
      '</ngsi-ld/v1/subscriptions?limit=2&offset=2>; rel="next"; type="application/json"',
    )
    expect(first.headers.link).not.toContain('rel="prev"')
    expect(first.headers.link).toContain(`<${CORE}>`)
    const second = await listed('?limit=2&offset=2')
    expect(second.ids).toEqual(ids.slice(2, 4))
    expect(second.headers.link).toContain('</ngsi-ld/v1/subscriptions?limit=2&offset=4>; rel="next"')
    expect(second.headers.link).toContain('</ngsi-ld/v1/subscriptions?limit=2&offset=0>; rel="prev"')
    const last = await listed('?limit=3&offset=2')
    expect(last.ids).toEqual(ids.slice(2))
    expect(last.headers.link).not.toContain('rel="next"')
  })

  it('6.3.10: beyond the end, the last one', async () => {
    const { ids: found, headers } = await listed('?offset=100')
    expect(found).toEqual(ids.slice(4))
    expect(headers.link).toContain('</ngsi-ld/v1/subscriptions?limit=2&offset=2>; rel="prev"')
  })

  it('6.3.13: count=true says how many there are, also alone with limit=0', async () => {
    expect((await listed('')).headers['ngsild-results-count']).toBeUndefined()
    expect((await listed('?count=true')).headers['ngsild-results-count']).toBe('5')
    const none = await listed('?count=true&limit=0')
    expect(none).toMatchObject({ ids: [], headers: { 'ngsild-results-count': '5' } })
    expectProblem(await broker.get('/subscriptions?limit=0', Tenant), 400, 'BadRequestData')
    expectProblem(await broker.get('/subscriptions?limit=-1', Tenant), 400, 'BadRequestData')
    expectProblem(await broker.get('/subscriptions?limit=4', Tenant), 403, 'TooManyResults', /3 subscriptions/)
    expectProblem(await broker.get('/subscriptions?q=a', Tenant), 400, 'InvalidRequest')
  })

  it('6.3.4: JSON-LD with the @context in each, links of its media type, sysAttrs', async () => {
    const { body, headers } = await broker
      .get('/subscriptions?options=sysAttrs', { ...Tenant, Accept: 'application/ld+json' })
      .expect(200)
    expect(body).toMatchObject([{ '@context': CORE, createdAt: new Date(START).toISOString() }, { '@context': CORE }])
    expect(headers.link).toBe(
      '</ngsi-ld/v1/subscriptions?limit=2&offset=2&options=sysAttrs>; rel="next"; type="application/ld+json"',
    )
    expect(headers['ngsild-tenant']).toBe('listing')
  })

  it('5.5.10: none of other Tenants; NonexistentTenant', async () => {
    expect((await broker.get('/subscriptions?offset=3').expect(200)).body).toEqual([])
    expectProblem(await broker.get('/subscriptions', { 'NGSILD-Tenant': 'nobodys' }), 404, 'NonexistentTenant')
  })

  it('6.3.2: other methods are refused', async () => {
    const { headers } = await broker.patch('/subscriptions/', {}).expect(405)
    expect(headers.allow).toBe('GET, HEAD, POST, OPTIONS')
  })
})
