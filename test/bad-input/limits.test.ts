/** Every limit is named where it is met, and is where the configuration puts it. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { API, startTestBroker, type TestBroker } from '../support/broker.ts'
import { type Answer, expectAnswered, expectHealthy, JSON_BODY, LD_BODY, type Sent, send } from './client.ts'
import { attributes, entity, ID, line, nested, post } from './large.ts'

const count = async (broker: TestBroker) =>
  (await send(broker, { path: `${API}/entities?local=true&limit=0&count=true` })).headers['ngsild-results-count']
const ids = (count: number) => Array.from({ length: count }, (_, i) => ({ id: `urn:x:${i}`, type: 'T' }))

interface Limit {
  readonly setting: string
  readonly value: string
  readonly status: number
  /** A request that needs as much as it is given. */
  readonly needing: (amount: number) => Sent
  /** The largest that is taken with `value`. */
  readonly most: number
}

const limits: readonly Limit[] = [
  {
    setting: 'MAX_BODY_BYTES',
    value: '2KiB',
    status: 413,
    needing: (n) => entity({ a: 'x'.repeat(n) }),
    most: 2048 - JSON.stringify({ id: ID, type: 'T', a: '' }).length,
  },
  {
    setting: 'MAX_URI_BYTES',
    value: '1KiB',
    status: 414,
    needing: (n) => ({ path: `${API}/entities?local=true&id=urn:x:`.padEnd(n, 'y') }),
    most: 1024,
  },
  { setting: 'MAX_JSON_DEPTH', value: '12', status: 400, needing: (n) => post('entities', nested(n)), most: 10 },
  {
    setting: 'MAX_NUMBER_DIGITS',
    value: '20',
    status: 400,
    needing: (n) => post('entities', `{"id":"${ID}","type":"T","a":${'7'.repeat(n)}}`),
    most: 20,
  },
  { setting: 'MAX_BATCH', value: '3', status: 400, needing: (n) => post('entityOperations/upsert', ids(n)), most: 3 },
  {
    setting: 'MAX_BATCH',
    value: '2',
    status: 400,
    needing: (n) =>
      post(
        'entityOperations/delete',
        ids(n).map(({ id }) => id),
      ),
    most: 2,
  },
  { setting: 'MAX_ATTRIBUTES', value: '5', status: 400, needing: (n) => entity(attributes(n)), most: 5 },
  {
    setting: 'MAX_ATTRIBUTES',
    value: '5',
    status: 400,
    needing: (n) => entity({ a: { type: 'Property', value: 1, ...attributes(n) } }),
    most: 4,
  },
  {
    setting: 'MAX_VERTICES',
    value: '6',
    status: 400,
    needing: (n) => entity({ a: { type: 'GeoProperty', value: line(n) } }),
    most: 6,
  },
  {
    setting: 'MAX_VERTICES',
    value: '6',
    status: 400,
    needing: (n) => entity({ a: { type: 'GeoProperty', value: JSON.stringify(line(n)) } }),
    most: 6,
  },
  {
    setting: 'MAX_ID_LENGTH',
    value: '70',
    status: 400,
    needing: (n) => post('entities', { id: 'urn:x:'.padEnd(n, 'y'), type: 'T' }),
    most: 70,
  },
  { setting: 'MAX_ID_LENGTH', value: '70', status: 400, needing: (n) => entity({ ['a'.repeat(n)]: 1 }), most: 70 },
  {
    setting: 'MAX_ID_LENGTH',
    value: '70',
    status: 400,
    needing: (n) => post('entities', { id: ID, type: 'a'.repeat(n) }),
    most: 70,
  },
  {
    setting: 'MAX_ENTITY_BYTES',
    value: '4KiB',
    status: 400,
    needing: (n) => entity({ a: 'x'.repeat(n) }),
    most: 3_500,
  },
  {
    setting: 'MAX_TENANT_LENGTH',
    value: '8',
    status: 400,
    needing: (n) => ({ ...entity(), headers: { ...JSON_BODY, 'NGSILD-Tenant': 't'.repeat(n) } }),
    most: 8,
  },
  ...['type=', 'local=true&id=', 'local=true&attrs='].map((parameter) => ({
    setting: 'MAX_SELECTION',
    value: '6',
    status: 403,
    needing: (n: number) => ({
      path: `${API}/entities?${parameter}${Array.from({ length: n }, (_, i) => (parameter.includes('id=') ? `urn:x:${i}` : `T${i}`))}`,
    }),
    most: 6,
  })),
  {
    setting: 'MAX_SELECTION',
    value: '6',
    status: 403,
    needing: (n) => ({ path: `${API}/entities?type=A|(B;C${';D'.repeat(n - 3)})` }),
    most: 6,
  },
  {
    setting: 'PAGE_MAX',
    value: '30',
    status: 403,
    needing: (n) => ({ path: `${API}/entities?local=true&limit=${n}` }),
    most: 30,
  },
  {
    setting: 'CONTEXT_MAX_BYTES',
    value: '1KiB',
    status: 400,
    needing: (n) => post('jsonldContexts', { '@context': { a: 'https://example.org/'.padEnd(n, 'x') } }, LD_BODY),
    most: 1000,
  },
]

describe.each(limits)('BOYA_$setting=$value', ({ setting, value, status, needing, most }) => {
  let broker: TestBroker
  let wide: TestBroker
  beforeAll(async () => {
    broker = await startTestBroker({ [setting]: value })
    wide = await startTestBroker()
  })
  afterAll(async () => {
    await expectHealthy(broker)
    await broker.close()
    await wide.close()
  })
  const beyond = most + (setting === 'MAX_ENTITY_BYTES' ? 1_000 : setting === 'CONTEXT_MAX_BYTES' ? 100 : 1)

  it('takes what is just within', async () => {
    const answer = await send(broker, needing(most))
    expect(answer.status, answer.text.slice(0, 500)).toBeLessThan(300)
    await send(broker, { method: 'DELETE', path: `${API}/entities?type=*` })
  })

  it('refuses what is just beyond, whole and by name', async () => {
    const answer = await send(broker, needing(beyond))
    expectAnswered(answer)
    expect(answer.status, answer.text).toBe(status)
    const { detail } = JSON.parse(answer.text)
    expect(detail).toContain(`BOYA_${setting}`)
    expect(await count(broker)).toBe('0')
  })

  it('takes it with the limits of the default', async () => {
    const answer: Answer = await send(wide, needing(beyond))
    expect(answer.status, answer.text.slice(0, 500)).toBeLessThan(300)
  })
})

describe('BOYA_MAX_PAGE_BYTES=200KiB', () => {
  it('refuses a larger page by name, and gives smaller ones', async () => {
    const broker = await startTestBroker({ MAX_ENTITY_BYTES: '100KiB', MAX_PAGE_BYTES: '200KiB' })
    const large = ids(30).map((each) => ({ ...each, a: 'x'.repeat(20_000) }))
    await send(broker, post('entityOperations/create', large))
    const refused = await send(broker, { path: `${API}/entities?type=T&limit=20` })
    expect([refused.status, JSON.parse(refused.text)]).toMatchObject([
      403,
      { detail: expect.stringContaining('BOYA_MAX_PAGE_BYTES'), at: 'limit' },
    ])
    expect((await send(broker, { path: `${API}/entities?type=T&limit=5` })).status).toBe(200)
    await expectHealthy(broker)
    await broker.close()
  })
})

describe('BOYA_MAX_SUBSCRIPTIONS=2', () => {
  const to = (tenant: string, id: string) => ({
    ...post('subscriptions', {
      ...{ id, type: 'Subscription', entities: [{ type: 'Room' }] },
      notification: { endpoint: { uri: 'http://127.0.0.1:9/' } },
    }),
    headers: { ...JSON_BODY, 'NGSILD-Tenant': tenant },
  })

  it('refuses a third one of a Tenant by name, until one is deleted', async () => {
    const broker = await startTestBroker({ MAX_SUBSCRIPTIONS: '2' })
    const statusOf = async (request: Parameters<typeof send>[1]) => (await send(broker, request)).status
    for (const id of ['urn:s:1', 'urn:s:2']) expect(await statusOf(to('a', id))).toBe(201)
    const refused = await send(broker, to('a', 'urn:s:3'))
    expectAnswered(refused)
    expect([refused.status, refused.text]).toEqual([409, expect.stringContaining('BOYA_MAX_SUBSCRIPTIONS')])
    expect((await send(broker, to('a', 'urn:s:1'))).text).toContain('AlreadyExists')
    expect(await statusOf(to('b', 'urn:s:1'))).toBe(201)
    const headers = { 'NGSILD-Tenant': 'a' }
    expect(await statusOf({ method: 'DELETE', path: `${API}/subscriptions/urn:s:1`, headers })).toBe(204)
    expect(await statusOf(to('a', 'urn:s:3'))).toBe(201)
    await broker.close()
  })
})

describe('BOYA_MAX_TENANTS=3', () => {
  const to = (tenant: string) => ({ ...entity(), headers: { ...JSON_BODY, 'NGSILD-Tenant': tenant } })

  it('refuses a fourth Tenant by name, whatever makes it, and serves the others', async () => {
    const broker = await startTestBroker({ MAX_TENANTS: '3' })
    const { status: created } = await send(broker, to('a'))
    const upserts = ['b', 'c'].map((tenant) => ({
      ...post('entityOperations/upsert', ids(1)),
      headers: to(tenant).headers,
    }))
    for (const upsert of upserts) expect((await send(broker, upsert)).status).toBe(201)
    expect(created).toBe(201)
    for (const request of [to('d'), { ...post('entityOperations/create', ids(1)), headers: to('e').headers }]) {
      const answer = await send(broker, request)
      expectAnswered(answer)
      expect([answer.status, answer.text]).toEqual([409, expect.stringContaining('BOYA_MAX_TENANTS')])
    }
    expect((await send(broker, { ...entity(), headers: JSON_BODY })).status).toBe(201)
    await expectHealthy(broker)
    await broker.close()
  })
})
