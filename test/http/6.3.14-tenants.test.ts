import { beforeEach, describe, expect, it } from 'vitest'
import { API, CONTEXT_LINK } from '../support/broker.ts'
import { brokerForFile, expectProblem, newId, pathOf } from './client.ts'
import { rawRequest } from './raw-request.ts'

const broker = brokerForFile()

let tenants = 0
/** Names of tenants that no other test has. */
let a = ''
let b = ''
beforeEach(() => {
  a = `city_${tenants++}`
  b = `city_${tenants++}`
})

const of = (tenant: string): Record<string, string> => (tenant === '' ? {} : { 'NGSILD-Tenant': tenant })

async function create(tenant: string, entity: object): Promise<void> {
  await broker.post('/entities', entity, of(tenant)).expect(201)
}

/** Every operation on an entity that must be there. */
const onEntity: readonly (readonly [string, (id: string, tenant: string) => ReturnType<typeof broker.get>])[] = [
  ['Retrieve', (id, tenant) => broker.get(pathOf(id), of(tenant))],
  ['Merge', (id, tenant) => broker.patch(pathOf(id), { p: 2 }, of(tenant))],
  ['Replace', (id, tenant) => broker.put(pathOf(id), { type: 'T' }, of(tenant))],
  ['Delete', (id, tenant) => broker.delete(pathOf(id), of(tenant))],
  ['Append Attributes', (id, tenant) => broker.post(`${pathOf(id)}/attrs`, { p: 2 }, of(tenant))],
  ['Update Attributes', (id, tenant) => broker.patch(`${pathOf(id)}/attrs`, { p: 2 }, of(tenant))],
  ['Partial Attribute update', (id, tenant) => broker.patch(`${pathOf(id)}/attrs/p`, { value: 2 }, of(tenant))],
  ['Replace Attribute', (id, tenant) => broker.put(`${pathOf(id)}/attrs/p`, { value: 2 }, of(tenant))],
  ['Delete Attribute', (id, tenant) => broker.delete(`${pathOf(id)}/attrs/p`, of(tenant))],
]

/** Batch operations that change what is there. */
const onBatch: readonly (readonly [string, (id: string, tenant: string) => ReturnType<typeof broker.get>])[] = [
  ['Batch Update', (id, tenant) => broker.post('/entityOperations/update', [{ id, type: 'T', p: 2 }], of(tenant))],
  ['Batch Merge', (id, tenant) => broker.post('/entityOperations/merge', [{ id, type: 'T', p: 2 }], of(tenant))],
  ['Batch Delete', (id, tenant) => broker.post('/entityOperations/delete', [id], of(tenant))],
]

describe('4.14 Isolation', () => {
  it.each(onEntity)('%s finds the entity of its own Tenant only', async (_, operate) => {
    const id = newId()
    await create(a, { id, type: 'T', p: 1 })
    await create(b, { id: newId(), type: 'T' })
    for (const other of [b, '']) expectProblem(await operate(id, other), 404, 'ResourceNotFound')
    expect((await broker.get(pathOf(id), of(a)).expect(200)).body.p).toEqual({ type: 'Property', value: 1 })
    expect((await operate(id, a)).status).toBeLessThan(300)
  })

  it.each(onBatch)('%s finds the entity of its own Tenant only', async (_, operate) => {
    const id = newId()
    await create(a, { id, type: 'T', p: 1 })
    await create(b, { id: newId(), type: 'T' })
    for (const other of [b, '']) {
      const { status, body } = await operate(id, other)
      expect([status, body.success, body.errors[0].entityId]).toEqual([207, [], id])
    }
    expect((await broker.get(pathOf(id), of(a)).expect(200)).body.p).toEqual({ type: 'Property', value: 1 })
    expect((await operate(id, a)).status).toBe(204)
  })

  it('the same id is another entity in each Tenant', async () => {
    const id = newId()
    for (const tenant of [a, b, '']) await create(tenant, { id, type: 'T', p: tenant || 'default' })
    await broker.patch(pathOf(id), { p: 'changed' }, of(a)).expect(204)
    for (const [tenant, p] of [
      [a, 'changed'],
      [b, b],
      ['', 'default'],
    ] as const) {
      expect((await broker.get(`${pathOf(id)}?format=simplified`, of(tenant))).body.p).toBe(p)
    }
  })

  it('Query Entities and its count are of the Tenant', async () => {
    const type = `Type${tenants}`
    const ids = [newId(), newId(), newId()]
    for (const [i, tenant] of [a, b, ''].entries()) await create(tenant, { id: ids[i], type })
    for (const [i, tenant] of [a, b, ''].entries()) {
      for (const query of [
        `type=${type}`,
        'type=*&limit=1000',
        'local=true&limit=1000',
        `type=${type}&id=${ids.join(',')}`,
      ]) {
        const { body } = await broker.get(`/entities?${query}`, of(tenant)).expect(200)
        const found = body.map(({ id }: { id: string }) => id).filter((id: string) => ids.includes(id))
        expect(found).toEqual([ids[i]])
      }
      const { headers } = await broker.get(`/entities?type=${type}&count=true`, of(tenant))
      expect(headers['ngsild-results-count']).toBe('1')
    }
  })

  it('Purge Entities empties its own Tenant only', async () => {
    const ids = [newId(), newId(), newId()]
    for (const [i, tenant] of [a, b, ''].entries()) await create(tenant, { id: ids[i], type: 'T' })
    await broker.delete('/entities?local=true', of(a)).expect(204)
    await broker.get(pathOf(String(ids[0])), of(a)).expect(404)
    await broker.get(pathOf(String(ids[1])), of(b)).expect(200)
    await broker.get(pathOf(String(ids[2]))).expect(200)
  })

  it('5.13: a hosted @context is of its Tenant, in lists, by its identifier and in use', async () => {
    await create(b, { id: newId(), type: 'T' })
    const context = { '@context': { p: 'https://example.org/p' } }
    await create(a, { id: newId(), type: 'T' })
    const { headers } = await broker.post('/jsonldContexts', context, of(a)).expect(201)
    const path = String(headers.location).replace('/ngsi-ld/v1', '')
    const url = broker.url() + String(headers.location)
    expect((await broker.get('/jsonldContexts', of(a))).body).toContain(url)
    expect((await broker.get(path, of(a)).expect(200)).body).toEqual(context)
    for (const other of [b, '']) {
      expect((await broker.get('/jsonldContexts', of(other))).body).not.toContain(url)
      expect(JSON.stringify((await broker.get('/jsonldContexts?details=true', of(other))).body)).not.toContain(url)
      for (const query of ['', '?details=true']) {
        expectProblem(await broker.get(path + query, of(other)), 404, 'ResourceNotFound')
      }
      expectProblem(await broker.delete(path, of(other)), 404, 'ResourceNotFound')
      const linked = { ...of(other), Link: CONTEXT_LINK(url) }
      expectProblem(await broker.get('/entities?local=true', linked), 504, 'LdContextNotAvailable')
    }
    await broker.delete(path, of(a)).expect(204)
  })
})

describe('5.5.10 Tenants that do not exist', () => {
  it.each([...onEntity, ...onBatch])('%s raises NonexistentTenant', async (_, operate) => {
    const id = newId()
    await create('', { id, type: 'T', p: 1 })
    expectProblem(await operate(id, a), 404, 'NonexistentTenant')
    // … and has not created it.
    expectProblem(await operate(id, a), 404, 'NonexistentTenant')
  })

  it('Query Entities and Purge Entities raise NonexistentTenant', async () => {
    expectProblem(await broker.get('/entities?local=true', of(a)), 404, 'NonexistentTenant')
    expectProblem(await broker.delete('/entities?local=true', of(a)), 404, 'NonexistentTenant')
    expectProblem(await broker.get('/entities?local=true', of(a)), 404, 'NonexistentTenant')
  })

  it('Create Entity creates the Tenant implicitly', async () => {
    const id = newId()
    await create(a, { id, type: 'T' })
    await broker.get(pathOf(id), of(a)).expect(200)
  })

  it.each(['create', 'upsert'])('Batch Entity %s creates the Tenant implicitly', async (operation) => {
    const id = newId()
    await broker.post(`/entityOperations/${operation}`, [{ id, type: 'T' }], of(a)).expect(201)
    await broker.get(pathOf(id), of(a)).expect(200)
  })

  it('many that create it at once all succeed', async () => {
    const ids = Array.from({ length: 8 }, () => newId())
    await Promise.all(ids.map((id) => create(a, { id, type: 'T' })))
    expect((await broker.get('/entities?type=T&count=true', of(a))).headers['ngsild-results-count']).toBe('8')
  })

  it('a batch all of whose elements are refused creates none', async () => {
    const tenant = { 'NGSILD-Tenant': 'refused-batch' }
    const wrong = [{ id: newId(), type: 'Room', p: { type: 'Property' } }]
    await broker.post('/entityOperations/upsert', wrong, tenant).expect(207)
    await broker.get('/entities?type=Room', tenant).expect(404)
  })

  it.each([
    ['whose entity is too large to be stored', '/entities', { id: newId(), type: 'T', a: 'x'.repeat(4_300_000) }, 400],
    [
      'whose entities are all too large',
      '/entityOperations/create',
      [{ id: newId(), type: 'T', a: 'x'.repeat(4_300_000) }],
      207,
    ],
    [
      'that removes what cannot be there',
      '/entityOperations/upsert?options=update',
      [{ id: newId(), type: 'T', a: 'urn:ngsi-ld:null' }],
      207,
    ],
  ])('a creation %s creates none', async (_, path, body, status) => {
    const tenant = { 'NGSILD-Tenant': newId() }
    await broker.post(path, body, tenant).expect(status)
    await broker.get('/entities?type=T', tenant).expect(404)
  })

  it('a creation that is refused creates none', async () => {
    expectProblem(await broker.post('/entities', { id: 'no uri', type: 'T' }, of(a)), 400, 'BadRequestData')
    expectProblem(await broker.get('/entities?local=true', of(a)), 404, 'NonexistentTenant')
  })
})

describe('6.3.14 The header NGSILD-Tenant', () => {
  it('"shall also be present in HTTP response", of errors, too; without it there is none', async () => {
    const id = newId()
    for (const tenant of [a, '']) {
      const expected = tenant === '' ? undefined : tenant
      const created = await broker.post('/entities', { id, type: 'T' }, of(tenant)).expect(201)
      const found = await broker.get(pathOf(id), of(tenant)).expect(200)
      const twice = await broker.post('/entities', { id, type: 'T' }, of(tenant)).expect(409)
      const batch = await broker.post('/entityOperations/delete', ['urn:x:nobody'], of(tenant)).expect(207)
      const deleted = await broker.delete(pathOf(id), of(tenant)).expect(204)
      const unmet = await broker.post('/entities', 'x', { ...of(tenant), 'Content-Type': 'text/plain' }).expect(415)
      for (const { headers } of [created, found, twice, batch, deleted, unmet]) {
        expect(headers['ngsild-tenant']).toBe(expected)
      }
    }
  })

  it('5.5.10: "A Tenant is represented in form of a String": each is another Tenant, and none is a path', async () => {
    const names = [
      '../secret',
      'secret',
      'a/b',
      'a%2Fb',
      'a b',
      '..',
      '%2e%2e',
      'a\\b',
      'CON',
      'con',
      'default',
      '__proto__',
    ]
    const ids = names.map(() => newId())
    for (const [i, name] of names.entries()) await create(name, { id: ids[i], type: 'Named' })
    for (const [i, name] of names.entries()) {
      const { body, headers } = await broker.get('/entities?type=Named&pick=id', of(name)).expect(200)
      expect([name, body]).toEqual([name, [{ id: ids[i] }]])
      expect(headers['ngsild-tenant']).toBe(name)
    }
    expect((await broker.get('/entities?type=Named')).body).toEqual([])
  })

  it('BadRequestData for a name that is too long', async () => {
    const { status, body } = await broker.post('/entities', { id: newId(), type: 'T' }, of('x'.repeat(300)))
    expect([status, body.type]).toEqual([400, expect.stringMatching(/BadRequestData$/)])
  })

  it('BadRequestData for several names; one that stands twice is one', async () => {
    const id = newId()
    await create(a, { id, type: 'T' })
    await broker.get(pathOf(id), of(`${a}, ${a}`)).expect(200)
    expect((await broker.get(pathOf(id), of(`${a}, ${b}`))).body.type).toMatch(/BadRequestData$/)
  })

  it('4.6.1: a name beyond ASCII is read and echoed as UTF-8', async () => {
    const bytes = Buffer.from('ñandú-東京', 'utf8').toString('latin1')
    const headers = { 'NGSILD-Tenant': bytes, 'Content-Type': 'application/json' }
    const body = Buffer.from(JSON.stringify({ id: newId(), type: 'Room' }))
    const created = await rawRequest(broker.url(), 'POST', `${API}/entities`, { headers, body })
    expect([created.status, created.headers['ngsild-tenant']]).toEqual([201, bytes])
    const path = `${API}/entities?type=Room`
    expect((await rawRequest(broker.url(), 'GET', path, { headers })).status).toBe(200)
    // Node gives the bytes one by one: taken as characters they would be the name of another Tenant.
    const misread = Buffer.from(bytes, 'utf8').toString('latin1')
    expect((await rawRequest(broker.url(), 'GET', path, { headers: { 'NGSILD-Tenant': misread } })).status).toBe(404)
  })

  it('names differ by case', async () => {
    const id = newId()
    await create(a, { id, type: 'T' })
    expectProblem(await broker.get(pathOf(id), of(a.toUpperCase())), 404, 'NonexistentTenant')
  })
})
