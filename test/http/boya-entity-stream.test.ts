/** Boya's own: changes of entities as Server-Sent Events. What is told to whom, and how. */

import { afterEach, describe, expect, it } from 'vitest'
import { CONTEXT_LINK } from '../support/broker.ts'
import { cutAll, type EventReader, openEvents } from '../support/event-stream.ts'
import { brokerForFile, type Document, expectProblem, newId, pathOf } from './client.ts'
import { subscribe, subscriptionPath } from './subscribed.ts'

const STREAM = '/boya/v1/entities/stream'
const broker = brokerForFile()
afterEach(cutAll)

let tenants = 0

/** In a Tenant of its own, in which there is one entity. */
async function freshTenant(): Promise<{ readonly 'NGSILD-Tenant': string }> {
  const headers = { 'NGSILD-Tenant': `stream_${++tenants}` }
  await broker.post('/entities', { id: 'urn:ngsi-ld:Thing:0', type: 'Thing' }, headers).expect(201)
  return headers
}

/** Resolves when it is ready. */
async function stream(query: string, headers: Record<string, string> = {}): Promise<EventReader> {
  const reader = await openEvents(`${broker.url()}${STREAM}?${query}`, headers)
  expect(reader.status, reader.text()).toBe(200)
  await reader.until(([first]) => first !== undefined)
  return reader
}

const property = (value: unknown) => ({ type: 'Property', value })
const room = (id: string, more: Document = {}) => ({ id, type: 'Room', temperature: property(21), ...more })
/** What it was told after the first event. */
const told = ({ events }: EventReader) => events.slice(1).map(({ name, data }) => [name, data.id])
const isTold = (id: string) => (events: EventReader['events']) => events.some(({ data }) => data.id === id)

describe('a stream', () => {
  it('begins with an event, and tells what is created, updated and deleted, as a notification would', async () => {
    const headers = await freshTenant()
    const reader = await stream('', { ...headers, 'Accept-Encoding': 'gzip' })
    expect(reader.headers).toMatchObject({
      'content-type': 'text/event-stream',
      'ngsild-tenant': headers['NGSILD-Tenant'],
    })
    expect(reader.headers['cache-control']).toContain('no-store')
    expect(reader.headers['content-encoding']).toBeUndefined()
    expect(reader.events).toMatchObject([{ name: 'ready' }])
    const id = newId('Room')
    await broker.post('/entities', room(id, { humidity: property(40) }), headers).expect(201)
    await broker.patch(`${pathOf(id)}/attrs/temperature`, { value: 22 }, headers).expect(204)
    await broker.delete(`${pathOf(id)}/attrs/humidity`, headers).expect(204)
    await broker.delete(pathOf(id), headers).expect(204)
    await reader.until((events) => events.length === 5)
    const whole = { id, type: 'Room', temperature: property(22) }
    expect(reader.events.slice(1)).toMatchObject([
      { name: 'entityCreated', data: room(id, { humidity: property(40) }) },
      { name: 'entityUpdated', data: { ...whole, humidity: property(40) } },
      { name: 'entityUpdated', data: { ...whole, humidity: property('urn:ngsi-ld:null') } },
      { name: 'entityDeleted', data: { id, type: 'Room', deletedAt: expect.stringMatching(/Z$/) } },
    ])
    expect(new Set(reader.events.map((each) => each.id)).size).toBe(5)
  })

  it('tells when an entity gets another scope, type or time to expire, unless Attributes are named', async () => {
    const headers = await freshTenant()
    const reader = await stream('format=simplified', headers)
    const others = await stream('attrs=temperature&format=simplified', headers)
    const id = newId('Room')
    await broker.post('/entities', room(id, { scope: '/a' }), headers).expect(201)
    await broker.patch(pathOf(id), { scope: '/b' }, headers).expect(204)
    await broker.patch(pathOf(id), { type: 'Hall' }, headers).expect(204)
    await broker.patch(pathOf(id), { expiresAt: '2099-01-01T00:00:00Z' }, headers).expect(204)
    await broker.patch(pathOf(id), { scope: '/b' }, headers).expect(204)
    await broker.delete(pathOf(id), headers).expect(204)
    await reader.until((events) => events.at(-1)?.name === 'entityDeleted')
    expect(reader.events.slice(2, -1)).toMatchObject([
      { name: 'entityUpdated', data: { type: 'Room', scope: '/b' } },
      { name: 'entityUpdated', data: { type: ['Room', 'Hall'] } },
      { name: 'entityUpdated', data: { id } },
    ])
    await others.until((events) => events.at(-1)?.name === 'entityDeleted')
    expect(others.events.map((each) => each.name)).toEqual(['ready', 'entityCreated', 'entityDeleted'])
  })

  it('tells those of a batch and of a purge each by itself', async () => {
    const headers = await freshTenant()
    const reader = await stream('type=Room', headers)
    const ids = Array.from({ length: 30 }, () => newId('Room'))
    await broker
      .post(
        '/entityOperations/create',
        ids.map((id) => room(id)),
        headers,
      )
      .expect(201)
    await broker.delete('/entities?type=Room', headers).expect(204)
    await reader.until((events) => events.length === 61)
    expect(new Set(told(reader).slice(0, 30).map(String))).toEqual(new Set(ids.map((id) => `entityCreated,${id}`)))
    expect(new Set(told(reader).slice(30).map(String))).toEqual(new Set(ids.map((id) => `entityDeleted,${id}`)))
  })

  const near = 'georel=near;maxDistance==1000&geometry=Point&coordinates=[-3.8,43.46]'
  const at = (longitude: number) => ({
    location: { type: 'GeoProperty', value: { type: 'Point', coordinates: [longitude, 43.46] } },
  })
  it.each([
    ['type', 'type=Room', { type: 'Room' }, { type: 'Door' }],
    ['a selection of types', 'type=Room|Hall', { type: 'Hall' }, { type: 'Door' }],
    ['any type', 'type=*&q=temperature>30', { temperature: property(31) }, { temperature: property(29) }],
    [
      'q',
      'q=temperature>30;open==true',
      { temperature: property(31), open: property(true) },
      { temperature: property(31) },
    ],
    ['place', near, at(-3.801), at(-3.9)],
    ['scope', 'scopeQ=/Floor/%2B', { scope: '/Floor/First' }, { scope: '/Cellar/First' }],
    ['id', 'id=urn:ngsi-ld:Thing:b,urn:ngsi-ld:Thing:a', { id: 'urn:ngsi-ld:Thing:a' }, { id: 'urn:ngsi-ld:Thing:c' }],
    ['pattern of ids', 'idPattern=^urn:ngsi-ld:House', { id: 'urn:ngsi-ld:House:1' }, { id: 'urn:ngsi-ld:Mouse:1' }],
  ])('selects by %s', async (_, query, one, other) => {
    const headers = await freshTenant()
    const reader = await stream(query, headers)
    const last = { ...room(newId('Room')), ...one, ...('id' in one && { id: 'urn:ngsi-ld:Thing:b' }) }
    const all = [other, one].map((more) => ({ ...room(newId('Room')), ...more }))
    if (query.startsWith('idPattern')) last.id = 'urn:ngsi-ld:House:2'
    for (const each of [...all, last]) await broker.post('/entities', each, headers).expect(201)
    await reader.until(isTold(last.id))
    expect(told(reader)).toEqual([
      ['entityCreated', all[1]?.id],
      ['entityCreated', last.id],
    ])
  })

  it('with attrs tells of updates only those of these Attributes, and shows them alone', async () => {
    const headers = await freshTenant()
    const reader = await stream('type=Room&attrs=temperature&format=simplified', headers)
    const id = newId('Room')
    await broker.post('/entities', room(id, { humidity: property(40) }), headers).expect(201)
    await broker.patch(`${pathOf(id)}/attrs/humidity`, { value: 41 }, headers).expect(204)
    await broker.patch(`${pathOf(id)}/attrs/temperature`, { value: 5 }, headers).expect(204)
    await reader.until((events) => events.length === 3)
    expect(reader.events.slice(1)).toMatchObject([
      { name: 'entityCreated', data: { id, type: 'Room', temperature: 21 } },
      { name: 'entityUpdated', data: { id, type: 'Room', temperature: 5 } },
    ])
    expect(reader.events.map(({ data }) => data.humidity)).toEqual([undefined, undefined, undefined])
  })

  const name = { type: 'LanguageProperty', languageMap: { es: 'Sala', en: 'Hall' } }
  const seen = { type: 'Property', value: 3, datasetId: 'urn:d:1' }
  it.each<[string, Document]>([
    [
      'format=concise',
      { temperature: 21, name: { languageMap: name.languageMap }, seen: { value: 3, datasetId: 'urn:d:1' } },
    ],
    ['options=keyValues&pick=id,name&lang=es', { id: expect.any(String), name: 'Sala' }],
    ['format=simplified&omit=name,seen,type', { id: expect.any(String), temperature: 21 }],
    ['datasetId=urn:d:1&pick=seen', { id: expect.any(String), seen }],
    [
      'options=sysAttrs&pick=id,temperature',
      { createdAt: expect.any(String), temperature: { ...property(21), createdAt: expect.any(String) } },
    ],
  ])('shows entities with %s', async (query, shown) => {
    const headers = await freshTenant()
    const reader = await stream(query, headers)
    await broker.post('/entities', room(newId('Room'), { name, seen }), headers).expect(201)
    await reader.until((events) => events.length === 2)
    expect(reader.events[1]?.data).toMatchObject(shown)
    if (query.includes('pick=') && !query.includes('sysAttrs'))
      expect(Object.keys(reader.events[1]?.data ?? {})).toEqual(Object.keys(shown))
    if (query.includes('omit=')) expect(reader.events[1]?.data).toEqual(shown)
  })

  it('has the id of the entity in each event, whatever is picked', async () => {
    const headers = await freshTenant()
    const reader = await stream('pick=temperature&format=simplified', headers)
    const [id, other] = [newId('Room'), newId('Room')]
    await broker.post('/entities', room(id), headers).expect(201)
    await broker.post('/entities', { id: other, type: 'Room' }, headers).expect(201)
    await broker.delete(pathOf(id), headers).expect(204)
    await reader.until((events) => events.at(-1)?.name === 'entityDeleted')
    expect(reader.events.slice(1).map(({ data }) => data)).toEqual([
      { id, temperature: 21 },
      { id: other },
      { id, temperature: 'urn:ngsi-ld:null', deletedAt: expect.any(String) },
    ])
  })

  it('asks of linked entities what q asks', async () => {
    const headers = await freshTenant()
    const [house, other] = [newId('House'), newId('House')]
    await broker.post('/entities', { id: house, type: 'House', rank: property(1) }, headers).expect(201)
    await broker.post('/entities', { id: other, type: 'House', rank: property(2) }, headers).expect(201)
    const reader = await stream('type=Room&q=isIn{House:rank}==1', headers)
    const ids = [other, house].map((object) => ({ ...room(newId('Room')), isIn: { type: 'Relationship', object } }))
    for (const each of ids) await broker.post('/entities', each, headers).expect(201)
    await reader.until((events) => events.length === 2)
    expect(told(reader)).toEqual([['entityCreated', ids[1]?.id]])
  })

  it('is of its Tenant and its @context, which stand in headers, or in the query where a page cannot send any', async () => {
    const context = { '@context': { Chamber: 'urn:T:Room', warmth: 'urn:A:temperature' } }
    const added = await broker.post('/jsonldContexts', context).expect(201)
    const url = `${broker.url()}${added.headers.location}`
    const [tenant, other] = [await freshTenant(), await freshTenant()]
    const readers = [
      await stream(
        `type=Chamber&format=simplified&tenant=${tenant['NGSILD-Tenant']}&context=${encodeURIComponent(url)}`,
      ),
      await stream('type=Chamber&format=simplified', { ...tenant, Link: CONTEXT_LINK(url) }),
    ]
    const entity = { id: 'urn:x:1', type: 'urn:T:Room', 'urn:A:temperature': property(20) }
    await broker.post('/entities', { ...entity, id: 'urn:x:0' }, other).expect(201)
    await broker.post('/entities', entity, tenant).expect(201)
    for (const reader of readers) {
      await reader.until((events) => events.length === 2)
      expect(reader.events[1]?.data).toEqual({ id: 'urn:x:1', type: 'Chamber', warmth: 20 })
    }
  })

  it('is no subscription: none of the operations on these meets it', async () => {
    const headers = await freshTenant()
    const reader = await stream('type=Room', headers)
    const id = await subscribe(broker, {}, headers)
    const { body } = await broker.get('/subscriptions?count=true', headers).expect('NGSILD-Results-Count', '1')
    expect(body).toMatchObject([{ id }])
    const path = subscriptionPath(`stream/${reader.events[0]?.data.stream}`)
    expectProblem(await broker.delete(path, headers), 400, 'BadRequestData')
    await broker.post('/entities', room('urn:x:1'), headers).expect(201)
    await reader.until((events) => events.length === 2)
  })
})

describe('a request', () => {
  it.each([
    ['limit=5', 'InvalidRequest', /no such parameter/],
    ['join=inline', 'InvalidRequest', /no such parameter/],
    ['pick=id,at{name}', 'BadRequestData', /in braces, which are not retrieved here; leave them out$/],
    ['q=temperature>', 'BadRequestData', /q/],
    ['type=Room;', 'BadRequestData', /type/],
    ['georel=near', 'BadRequestData', /geo/],
    ['format=pretty', 'InvalidRequest', /format/],
    ['lang=%21', 'BadRequestData', /lang/],
    ['pick=id&attrs=name', 'BadRequestData', /attrs/],
    ['pick=name&omit=name', 'BadRequestData', /omit|pick/],
    ['omit=name,id', 'BadRequestData', /^omit: names id/],
    ['idPattern=(', 'BadRequestData', /idPattern/],
    ['id=5', 'BadRequestData', /no URI/],
    ['datasetId=5', 'BadRequestData', /datasetId/],
    ['tenant=', 'BadRequestData', /tenant/],
  ])('%s is refused', async (query, kind, detail) => {
    expectProblem(await broker.root('get', `${STREAM}?${query}`), 400, kind, detail)
  })

  it('for a Tenant that is not there, or two, for two @contexts, or for JSON is refused', async () => {
    expectProblem(await broker.root('get', STREAM, { 'NGSILD-Tenant': 'nobody' }), 404, 'NonexistentTenant')
    const headers = await freshTenant()
    expectProblem(await broker.root('get', `${STREAM}?tenant=nobody`, headers), 400, 'BadRequestData', /tenant/)
    const link = { Link: CONTEXT_LINK('https://a.example/context') }
    const other = `${STREAM}?context=${encodeURIComponent('https://b.example/context')}`
    expectProblem(await broker.root('get', other, link), 400, 'BadRequestData', /context/)
    await broker.root('get', STREAM, { Accept: 'application/json' }).expect(406, ['text/event-stream'])
    await broker.root('post', STREAM).expect(405).expect('Allow', /GET/)
  })

  it('by HEAD opens none', async () => {
    const answer = await broker.root('head', STREAM).expect(200)
    expect(answer.headers['content-type']).toBe('text/event-stream')
  })
})
