import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { json, type LoopbackServer, startLoopbackServer } from '../contexts/loopback-server.ts'
import { CONTEXT_LINK, testClock } from '../support/broker.ts'
import { brokerForFile, CORE, type Document, expectProblem, LD, START } from './client.ts'
import { ENDPOINT, newSubscriptionId, SUBSCRIPTION, subscribe, subscription, subscriptionPath } from './subscribed.ts'

const clock = testClock(START)
const broker = brokerForFile({ MAX_SELECTION: '5', MAX_JOIN_LEVEL: '2' }, clock)
let server: LoopbackServer
beforeAll(async () => {
  server = await startLoopbackServer(
    json({ '@context': { Room: 'https://example.org/Room', a: 'https://example.org/a' } }),
  )
})
afterAll(() => server.stop())

describe('5.8.1 Create Subscription', () => {
  it('6.10.3.1: 201 without a body, with the path in Location', async () => {
    const id = 'urn:ngsi-ld:Subscription:a/b'
    const { headers, text } = await broker.post('/subscriptions', { ...SUBSCRIPTION, id }).expect(201)
    expect(headers.location).toBe('/ngsi-ld/v1/subscriptions/urn:ngsi-ld:Subscription:a%2Fb')
    expect(text).toBe('')
    expect((await broker.root('get', String(headers.location)).expect(200)).body.id).toBe(id)
  })

  it('5.8.1.4: "a new locally unique identifier (URI) shall be automatically generated"', async () => {
    const paths = []
    for (let i = 0; i < 2; i++) {
      const { headers } = await broker.post('/subscriptions', SUBSCRIPTION).expect(201)
      expect(headers.location).toMatch(/^\/ngsi-ld\/v1\/subscriptions\/urn:ngsi-ld:Subscription:[0-9a-f-]{36}$/)
      paths.push(headers.location)
    }
    expect(paths[0]).not.toBe(paths[1])
  })

  it('5.8.1.4: AlreadyExists, and the one that is there stays as it is', async () => {
    const id = await subscribe(broker, { description: 'first' })
    const second = { ...SUBSCRIPTION, id, description: 'second' }
    expectProblem(await broker.post('/subscriptions', second), 409, 'AlreadyExists')
    expect((await subscription(broker, id)).description).toBe('first')
  })

  it('5.8.1.4: of those that create one at once, one succeeds', async () => {
    const id = newSubscriptionId()
    const all = await Promise.all(
      [1, 2, 3, 4].map((i) => broker.post('/subscriptions', { ...SUBSCRIPTION, id, description: String(i) })),
    )
    expect(all.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409])
    const made = all.findIndex(({ status }) => status === 201)
    expect((await subscription(broker, id)).description).toBe(String(made + 1))
  })

  it('5.2.12: all members come back as they were sent', async () => {
    const members = {
      entities: [
        { type: 'Room', id: ['urn:r:1', 'urn:r:2'] },
        { type: '(Office;Space)|Hall', idPattern: '^urn:h' },
      ],
      watchedAttributes: ['a', 'b'],
      notificationTrigger: ['entityCreated', 'entityUpdated'],
      q: 'a>5;b=="x"',
      geoQ: { georel: 'near;maxDistance==500', geometry: 'Point', coordinates: [-3.8, 43.46], geoproperty: 'place' },
      scopeQ: '/a/#',
      csf: 'contextSourceAlias=="x"',
      datasetId: ['urn:d:1', '@none'],
      description: 'what',
      subscriptionName: 'name',
      expandValues: 'b',
      jsonKeys: 'c',
      expiresAt: '2099-01-01T00:00:00.5Z',
      isActive: true,
      lang: 'fr,en;q=0.5',
      localOnly: true,
      ngsildConformance: '1.6',
      splitEntities: false,
      throttling: 0.5,
      notification: {
        pick: ['id', 'a', 'r{a,b}'],
        omit: ['scope'],
        format: 'concise',
        join: 'inline',
        joinLevel: 2,
        showChanges: true,
        sysAttrs: true,
        endpoint: {
          ...{ ...ENDPOINT, accept: 'application/ld+json', timeout: 500, cooldown: 1500 },
          receiverInfo: [{ key: 'Authorization', value: 'Bearer x' }],
          notifierInfo: [{ key: 'x', value: 'y' }],
        },
      },
    }
    const id = await subscribe(broker, members)
    expect(await subscription(broker, id)).toEqual({
      ...members,
      id,
      type: 'Subscription',
      jsonldContext: CORE,
      status: 'active',
    })
  })

  it('4.4: "@id" and "@type" may be used instead', async () => {
    const id = newSubscriptionId()
    const { type: _, ...rest } = SUBSCRIPTION
    await broker.post('/subscriptions', { ...rest, '@id': id, '@type': 'Subscription' }).expect(201)
    expect(await subscription(broker, id)).toMatchObject({ id, type: 'Subscription' })
    expectProblem(
      await broker.post('/subscriptions', { ...SUBSCRIPTION, '@type': 'Subscription' }),
      400,
      'BadRequestData',
    )
  })

  it('5.8.1.4: active, or paused where isActive is false; expired when its time has come', async () => {
    const paused = await subscribe(broker, { isActive: false })
    const brief = await subscribe(broker, { expiresAt: new Date(clock.now() + 5000).toISOString() })
    expect((await subscription(broker, paused)).status).toBe('paused')
    expect((await subscription(broker, brief)).status).toBe('active')
    clock.advance(5000)
    expect((await subscription(broker, brief)).status).toBe('expired')
  })

  it('Table 5.2.12-2, 5.2.14.2-1: members that are computed are ignored, others left out', async () => {
    const notification = { endpoint: ENDPOINT, status: 'failed', timesSent: 42, timesFailed: '?', lastSuccess: 1 }
    const more = { status: 'expired', createdAt: 'x', modifiedAt: 1, __context: 'http://127.0.0.1:9/hijacked' }
    const id = await subscribe(broker, { ...more, notification })
    const shown = await subscription(broker, id)
    expect(shown).toMatchObject({ status: 'active', notification: { endpoint: ENDPOINT } })
    expect(Object.keys(shown.notification)).toEqual(['endpoint'])
    expect(shown).not.toHaveProperty('createdAt')
    expect(shown).not.toHaveProperty('__context')
  })
})

describe('5.8.1.4: the @context of notifications', () => {
  it('is that of the request: a URL, or one that this broker gives it (5.13.1)', async () => {
    const url = `${server.origin}/context.jsonld`
    const linked = await subscribe(broker, {}, { Link: CONTEXT_LINK(url) })
    expect((await subscription(broker, linked)).jsonldContext).toBe(url)
    expect((await subscription(broker, linked)).entities).toEqual([{ type: 'https://example.org/Room' }])
    expect((await subscription(broker, linked, '', { Link: CONTEXT_LINK(url) })).entities).toEqual([{ type: 'Room' }])
    const inBody = await subscribe(broker, { '@context': [{ Room: 'https://example.org/Inline' }, CORE] }, LD)
    const { jsonldContext, entities } = await subscription(broker, inBody)
    expect(entities).toEqual([{ type: 'https://example.org/Inline' }])
    const kept = await broker.root('get', new URL(jsonldContext).pathname).expect(200)
    expect(kept.body['@context']).toContainEqual({ Room: 'https://example.org/Inline' })
    const { body } = await broker.get('/jsonldContexts?kind=ImplicitlyCreated').expect(200)
    expect(body).toContain(jsonldContext)
  })

  it('is the one of jsonldContext, where it is given; names are read with that of the request', async () => {
    const url = `${server.origin}/other.jsonld`
    const id = await subscribe(broker, { jsonldContext: url })
    const shown = await subscription(broker, id)
    expect(shown.jsonldContext).toBe(url)
    expect((await subscription(broker, id, '', { Link: CONTEXT_LINK(url) })).entities).toEqual([
      { type: 'ngsi-ld:default-context/Room' },
    ])
  })

  it('LdContextNotAvailable, BadRequestData: nothing is created', async () => {
    server.answer((_, response) => {
      response.statusCode = 404
      response.end()
    })
    const id = newSubscriptionId()
    const gone = { ...SUBSCRIPTION, id, jsonldContext: `${server.origin}/gone.jsonld` }
    expectProblem(await broker.post('/subscriptions', gone), 504, 'LdContextNotAvailable', /^\/jsonldContext: /)
    server.answer(json({ '@context': { a: 7 } }))
    const invalid = { ...SUBSCRIPTION, id, jsonldContext: `${server.origin}/invalid.jsonld` }
    expectProblem(await broker.post('/subscriptions', invalid), 400, 'BadRequestData', /^\/jsonldContext: /)
    const noUrl = { ...SUBSCRIPTION, id, jsonldContext: 'unknownContext' }
    expectProblem(await broker.post('/subscriptions', noUrl), 400, 'BadRequestData', /^\/jsonldContext: /)
    expectProblem(await broker.get(subscriptionPath(id)), 404, 'ResourceNotFound')
  })

  it('of what is refused no @context is kept', async () => {
    const count = async () => (await broker.get('/jsonldContexts?kind=ImplicitlyCreated').expect(200)).body.length
    const id = await subscribe(broker)
    const before = await count()
    const context = [{ Hall: 'https://example.org/Hall' }, CORE]
    await broker.post('/subscriptions', { ...SUBSCRIPTION, id, '@context': context }, LD).expect(409)
    await broker.post('/subscriptions', { ...SUBSCRIPTION, q: '((', '@context': context }, LD).expect(400)
    expect(await count()).toBe(before)
  })
})

describe('5.5.10', () => {
  it('makes the Tenant; what is refused makes none; Tenants do not see each other', async () => {
    const Tenant = { 'NGSILD-Tenant': 'subscribers' }
    const id = newSubscriptionId()
    expectProblem(await broker.post('/subscriptions', { ...SUBSCRIPTION, q: '((' }, Tenant), 400, 'BadRequestData')
    expectProblem(await broker.get(subscriptionPath(id), Tenant), 404, 'NonexistentTenant')
    const { headers } = await broker.post('/subscriptions', { ...SUBSCRIPTION, id }, Tenant).expect(201)
    expect(headers['ngsild-tenant']).toBe('subscribers')
    expect((await subscription(broker, id, '', Tenant)).id).toBe(id)
    expectProblem(await broker.get(subscriptionPath(id)), 404, 'ResourceNotFound')
    await broker.get('/entities?local=true', Tenant).expect(200)
  })
})

/** Members that are sent beside the usual ones; undefined leaves one out. */
const refused: readonly [members: Document, at: string][] = [
  [{ id: 'no uri' }, '/id'],
  [{ id: `urn:x:${'y'.repeat(9000)}` }, '/id'],
  [{ type: 'Query' }, '/type'],
  [{ type: undefined }, '/type'],
  [{ entities: undefined }, '/entities'],
  [{ entities: [] }, '/entities'],
  [{ entities: [{}] }, '/entities/0/type'],
  [{ entities: [{ type: 'a|' }] }, '/entities/0/type'],
  [{ entities: [{ type: 'Room' }, { type: 'Room', id: ['urn:x:1', 'x'] }] }, '/entities/1/id/1'],
  [{ entities: [{ type: 'Room', id: 'x' }] }, '/entities/0/id'],
  [{ entities: [{ type: 'Room', idPattern: '[' }] }, '/entities/0/idPattern'],
  [{ entities: [{ type: '*' }], localOnly: false }, '/entities/0/type'],
  [{ watchedAttributes: [] }, '/watchedAttributes'],
  [{ watchedAttributes: ['a', 'b-c'] }, '/watchedAttributes/1'],
  [{ watchedAttributes: ['a'], timeInterval: 5 }, '/watchedAttributes'],
  [{ throttling: 5, timeInterval: 5 }, '/throttling'],
  [{ entities: undefined, watchedAttributes: undefined, timeInterval: 5 }, '/entities'],
  [{ throttling: 0 }, '/throttling'],
  [{ throttling: 1e300 }, '/throttling'],
  [{ timeInterval: -1 }, '/timeInterval'],
  [{ timeInterval: 0 }, '/timeInterval'],
  [{ timeInterval: 31_536_001 }, '/timeInterval'],
  [{ notificationTrigger: ['entityChanged'] }, '/notificationTrigger/0'],
  [{ notificationTrigger: [] }, '/notificationTrigger'],
  [{ q: 'a==' }, '/q'],
  [{ csf: '((' }, '/csf'],
  [{ scopeQ: 'a//b' }, '/scopeQ'],
  [{ geoQ: { georel: 'near', geometry: 'Point', coordinates: [1, 2] } }, '/geoQ/georel'],
  [{ geoQ: { georel: 'within', geometry: 'Polygon', coordinates: [1, 2] } }, '/geoQ/coordinates'],
  [{ geoQ: { georel: 'within', geometry: 'Point', coordinates: [1, 2], geoproperty: 'a-b' } }, '/geoQ/geoproperty'],
  [{ geoQ: { geometry: 'Point', coordinates: [1, 2] } }, '/geoQ/georel'],
  [{ temporalQ: { timerel: 'before' } }, '/temporalQ'],
  [{ datasetId: ['x'] }, '/datasetId/0'],
  [{ expandValues: 'a,b-c' }, '/expandValues'],
  [{ expiresAt: '2000-01-01T00:00:00Z' }, '/expiresAt'],
  [{ expiresAt: 'tomorrow' }, '/expiresAt'],
  [{ isActive: 'yes' }, '/isActive'],
  [{ lang: 'q=' }, '/lang'],
  [{ ngsildConformance: 'x' }, '/ngsildConformance'],
  [{ ngsildConformance: '1.3.1' }, '/ngsildConformance'],
  [{ ngsildConformance: '1.05' }, '/ngsildConformance'],
  [{ ngsildConformance: '0.1' }, '/ngsildConformance'],
  [{ ngsildConformance: '1.10' }, '/ngsildConformance'],
  [{ description: 'urn:ngsi-ld:null' }, '/description'],
  [{ watchedAttribute: ['a'] }, '/watchedAttribute'],
  [{ notification: undefined }, '/notification'],
  [{ notification: {} }, '/notification/endpoint'],
]
const badNotifications: readonly [members: Document, at: string][] = [
  [{ attributes: [] }, '/attributes'],
  [{ attributes: ['id'] }, '/attributes/0'],
  [{ attributes: ['a'], pick: ['a'] }, '/attributes'],
  [{ attributes: ['a'], omit: ['a'] }, '/attributes'],
  [{ pick: [] }, '/pick'],
  [{ pick: ['a', 'b'], omit: ['b'] }, '/omit'],
  [{ pick: ['a{b}'] }, '/pick'],
  [{ pick: ['a{b{c}}'], join: 'flat' }, '/pick'],
  [{ format: 'short' }, '/format'],
  [{ showChanges: true, format: 'keyValues' }, '/showChanges'],
  [{ showChanges: true, format: 'simplified' }, '/showChanges'],
  [{ join: 'both' }, '/join'],
  [{ joinLevel: 1 }, '/joinLevel'],
  [{ join: 'flat', joinLevel: 0 }, '/joinLevel'],
  [{ join: 'flat', joinLevel: 3 }, '/joinLevel'],
  [{ more: 1 }, '/more'],
  [{ endpoint: {} }, '/endpoint/uri'],
  [{ endpoint: { uri: 'nowhere' } }, '/endpoint/uri'],
  [{ endpoint: { uri: 'ftp://example.org/x' } }, '/endpoint/uri'],
  [{ endpoint: { uri: 'http://example.org/a b' } }, '/endpoint/uri'],
  [{ endpoint: { uri: 'mqtt://example.org' } }, '/endpoint/uri'],
  [{ endpoint: { uri: 'mqtt://example.org/a/+/b' } }, '/endpoint/uri'],
  [{ endpoint: { uri: 'mqtt://example.org/a/%23' } }, '/endpoint/uri'],
  [{ endpoint: { uri: 'mqtt://example.org/a/#' } }, '/endpoint/uri'],
  [{ endpoint: { uri: 'mqtt://example.org/a', accept: 'application/geo+json' } }, '/endpoint/accept'],
  [{ endpoint: { ...ENDPOINT, accept: 'text/plain' } }, '/endpoint/accept'],
  [{ endpoint: { ...ENDPOINT, timeout: 0 } }, '/endpoint/timeout'],
  [{ endpoint: { ...ENDPOINT, cooldown: -1 } }, '/endpoint/cooldown'],
  [{ endpoint: { ...ENDPOINT, cooldown: 1e300 } }, '/endpoint/cooldown'],
  [{ endpoint: { ...ENDPOINT, receiverInfo: [{ key: 'a' }] } }, '/endpoint/receiverInfo/0/value'],
  [{ endpoint: { ...ENDPOINT, receiverInfo: [{ key: 'a', value: 42 }] } }, '/endpoint/receiverInfo/0/value'],
  [{ endpoint: { ...ENDPOINT, receiverInfo: [{ key: 'a b', value: 'x' }] } }, '/endpoint/receiverInfo/0/key'],
  [{ endpoint: { ...ENDPOINT, receiverInfo: [{ key: 'Host', value: 'x' }] } }, '/endpoint/receiverInfo/0/key'],
  [{ endpoint: { ...ENDPOINT, receiverInfo: [{ key: 'content-type', value: 'x' }] } }, '/endpoint/receiverInfo/0/key'],
  [{ endpoint: { ...ENDPOINT, receiverInfo: [{ key: 'a', value: 'x\r\ny: z' }] } }, '/endpoint/receiverInfo/0/value'],
  [
    { endpoint: { uri: 'mqtt://example.org/t', notifierInfo: [{ key: 'MQTT-QoS', value: '3' }] } },
    '/endpoint/notifierInfo/0/value',
  ],
  [
    { endpoint: { uri: 'mqtt://example.org/t', notifierInfo: [{ key: 'mqtt-qos', value: '1' }] } },
    '/endpoint/notifierInfo/0/key',
  ],
]

describe('5.8.1.4: BadRequestData that says where, and nothing is created', () => {
  const all: readonly [Document, string][] = [
    ...refused,
    ...badNotifications.map(
      ([members, at]) =>
        [{ notification: { endpoint: ENDPOINT, ...members } }, `/notification${at}`] as [Document, string],
    ),
  ]
  it.each(all)('%j', async (members, at) => {
    const id = newSubscriptionId()
    const response = await broker.post('/subscriptions', { ...SUBSCRIPTION, id, ...members })
    expectProblem(response, 400, 'BadRequestData')
    expect(response.body.at, response.body.detail).toBe(at)
    expectProblem(await broker.get(subscriptionPath(id)), 404, 'ResourceNotFound')
  })

  it.each<[Document, string]>([
    [{ watchedAttributes: ['a', 'b', 'c', 'd', 'e', 'f'] }, '/watchedAttributes'],
    [{ entities: Array.from({ length: 6 }, () => ({ type: 'Room' })) }, '/entities'],
    [{ entities: [{ type: 'Room', id: [1, 2, 3, 4, 5, 6].map((i) => `urn:x:${i}`) }] }, '/entities/0/id'],
    [{ datasetId: [1, 2, 3, 4, 5, 6].map((i) => `urn:x:${i}`) }, '/datasetId'],
  ])('TooComplexQuery: %j', async (members, at) => {
    const response = await broker.post('/subscriptions', { ...SUBSCRIPTION, ...members })
    expectProblem(response, 403, 'TooComplexQuery')
    expect(response.body.at).toBe(at)
  })

  it('a misspelt member is told of by the name that was meant', async () => {
    const response = await broker.post('/subscriptions', { ...SUBSCRIPTION, watchedAtributes: ['a'] })
    expectProblem(response, 400, 'BadRequestData', /watchedAttributes/)
  })

  it('5.5.4: no JSON, no object: InvalidRequest', async () => {
    expectProblem(await broker.post('/subscriptions', '{'), 400, 'InvalidRequest')
    expectProblem(await broker.post('/subscriptions', [SUBSCRIPTION]), 400, 'InvalidRequest', /one subscription/)
  })

  it('6.3.4, 6.3.5: media types and the place of the @context', async () => {
    await broker.post('/subscriptions', JSON.stringify(SUBSCRIPTION), { 'Content-Type': 'text/plain' }).expect(415)
    expectProblem(await broker.post('/subscriptions', SUBSCRIPTION, LD), 400, 'BadRequestData', /@context/)
    expectProblem(
      await broker.post('/subscriptions', { ...SUBSCRIPTION, '@context': CORE }),
      400,
      'BadRequestData',
      /@context/,
    )
  })
})
