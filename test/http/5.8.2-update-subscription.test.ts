import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { json, type LoopbackServer, startLoopbackServer } from '../contexts/loopback-server.ts'
import { CONTEXT_LINK, testClock } from '../support/broker.ts'
import { brokerForFile, CORE, type Document, expectProblem, LD, START } from './client.ts'
import { ENDPOINT, newSubscriptionId, subscribe, subscription, subscriptionPath } from './subscribed.ts'

const NULL = 'urn:ngsi-ld:null'
const clock = testClock(START)
const broker = brokerForFile({}, clock)
let server: LoopbackServer
beforeAll(async () => {
  server = await startLoopbackServer(json({ '@context': { a: 'https://example.org/a' } }))
})
afterAll(() => server.stop())

const patch = (id: string, fragment: Document, headers = {}) => broker.patch(subscriptionPath(id), fragment, headers)
const fromNow = (milliseconds: number): string => new Date(clock.now() + milliseconds).toISOString()

describe('5.8.2 Update Subscription', () => {
  it('6.11.3.2: 204 without a body; members that are sent take the place of those that are there, others stay', async () => {
    const id = await subscribe(broker, { watchedAttributes: ['a'], description: 'old', lang: 'en' })
    const before = await subscription(broker, id)
    const notification = { format: 'keyValues', endpoint: { uri: 'http://127.0.0.1:9/second' } }
    const { text } = await patch(id, { id, type: 'Subscription', description: 'new', notification, q: 'a>5' }).expect(
      204,
    )
    expect(text).toBe('')
    expect(await subscription(broker, id)).toEqual({ ...before, description: 'new', notification, q: 'a>5' })
  })

  it('5.5.8: NGSI-LD Null removes a member; "notification" is replaced as a whole', async () => {
    const all = {
      q: 'a>5',
      throttling: 5,
      watchedAttributes: ['a'],
      notificationTrigger: ['entityCreated'],
      isActive: false,
    }
    const more = {
      geoQ: { georel: 'within', geometry: 'Point', coordinates: [1, 2] },
      expiresAt: '2099-01-01T00:00:00Z',
    }
    const plain = await subscription(broker, await subscribe(broker))
    const id = await subscribe(broker, { ...all, ...more, notification: { pick: ['a'], endpoint: ENDPOINT } })
    const removed = Object.fromEntries(Object.keys({ ...all, ...more }).map((name) => [name, NULL]))
    await patch(id, { ...removed, notification: { endpoint: ENDPOINT } }).expect(204)
    expect(await subscription(broker, id)).toEqual({ ...plain, id })
  })

  it('5.5.7: names are read with the @context of the fragment; those that stay mean what they meant', async () => {
    const id = await subscribe(broker, { watchedAttributes: ['a'], q: 'a>5' })
    const Link = CONTEXT_LINK(`${server.origin}/context.jsonld`)
    await patch(id, { notification: { pick: ['a'], endpoint: ENDPOINT } }, { Link }).expect(204)
    expect(await subscription(broker, id)).toMatchObject({
      watchedAttributes: ['a'],
      notification: { pick: ['https://example.org/a'] },
      jsonldContext: CORE,
    })
    await patch(id, { watchedAttributes: ['a'] }, { Link }).expect(204)
    expect((await subscription(broker, id)).watchedAttributes).toEqual(['https://example.org/a'])
  })

  it('5.8.2.4: jsonldContext is replaced, and removed is that of the request again', async () => {
    const id = await subscribe(broker)
    const url = `${server.origin}/other.jsonld`
    await patch(id, { jsonldContext: url }).expect(204)
    expect((await subscription(broker, id)).jsonldContext).toBe(url)
    const context = [{ a: 'https://example.org/inline' }, CORE]
    await patch(id, { jsonldContext: NULL, '@context': context }, LD).expect(204)
    const { jsonldContext } = await subscription(broker, id)
    const { body } = await broker.root('get', new URL(jsonldContext).pathname).expect(200)
    expect(body['@context']).toContainEqual({ a: 'https://example.org/inline' })
    server.answer((_, response) => {
      response.statusCode = 404
      response.end()
    })
    const gone = { jsonldContext: `${server.origin}/gone.jsonld` }
    expectProblem(await patch(id, gone), 504, 'LdContextNotAvailable', /^\/jsonldContext: /)
    expectProblem(await patch(id, { jsonldContext: 'x y' }), 400, 'BadRequestData', /^\/jsonldContext: /)
    expect((await subscription(broker, id)).jsonldContext).toBe(jsonldContext)
  })

  it('5.2.12-2: what is computed is ignored', async () => {
    const id = await subscribe(broker)
    const before = await subscription(broker, id)
    await patch(id, { status: 'expired', notification: { endpoint: ENDPOINT, timesSent: 7 } }).expect(204)
    expect(await subscription(broker, id)).toEqual(before)
  })

  it('changes of different members at once are all there', async () => {
    const id = await subscribe(broker)
    const changes = [{ q: 'a>5' }, { description: 'x' }, { throttling: 3 }, { isActive: false }, { lang: 'en' }]
    await Promise.all(changes.map((change) => patch(id, change).expect(204)))
    expect(await subscription(broker, id)).toMatchObject(Object.assign({}, ...changes))
  })
})

describe('5.8.2.4: status', () => {
  const statusAfter = async (id: string, fragment: Document): Promise<string> => {
    await patch(id, fragment).expect(204)
    return (await subscription(broker, id)).status
  }
  const expired = async (members: Document = {}): Promise<string> => {
    const id = await subscribe(broker, { ...members, expiresAt: fromNow(1000) })
    clock.advance(1000)
    expect((await subscription(broker, id)).status).toBe('expired')
    return id
  }

  it('isActive alone pauses and wakes', async () => {
    const id = await subscribe(broker)
    expect(await statusAfter(id, { isActive: false })).toBe('paused')
    expect(await statusAfter(id, { isActive: true })).toBe('active')
  })

  it('isActive alone changes nothing of one that has expired', async () => {
    expect(await statusAfter(await expired(), { isActive: true })).toBe('expired')
    expect(await statusAfter(await expired(), { isActive: false })).toBe('expired')
  })

  it('isActive: true with an expiresAt to come makes it active', async () => {
    expect(await statusAfter(await expired(), { isActive: true, expiresAt: fromNow(1000) })).toBe('active')
    const paused = await subscribe(broker, { isActive: false })
    expect(await statusAfter(paused, { isActive: true, expiresAt: fromNow(1000) })).toBe('active')
  })

  it('expiresAt alone makes one active that has expired, paused or not, and leaves others as they are', async () => {
    expect(await statusAfter(await expired(), { expiresAt: fromNow(1000) })).toBe('active')
    expect(await statusAfter(await expired({ isActive: false }), { expiresAt: fromNow(1000) })).toBe('active')
    expect(await statusAfter(await subscribe(broker, { isActive: false }), { expiresAt: fromNow(1000) })).toBe('paused')
    expect(await statusAfter(await subscribe(broker), { expiresAt: fromNow(1000) })).toBe('active')
  })

  it('without expiresAt one that had expired is what isActive says: there is no DateTime that would wake it', async () => {
    const forever = { expiresAt: 'urn:ngsi-ld:null' }
    expect(await statusAfter(await expired({ isActive: false }), forever)).toBe('paused')
    expect(await statusAfter(await expired(), forever)).toBe('active')
  })

  it('an expired one may be changed otherwise, and stays so', async () => {
    expect(await statusAfter(await expired(), { description: 'x' })).toBe('expired')
  })

  it('expiresAt in the past is BadRequestData, whatever isActive is', async () => {
    const id = await subscribe(broker)
    for (const more of [{}, { isActive: true }, { isActive: false }]) {
      expectProblem(await patch(id, { ...more, expiresAt: fromNow(-1000) }), 400, 'BadRequestData', /^\/expiresAt: /)
    }
    expect((await subscription(broker, id)).status).toBe('active')
  })
})

describe('5.8.2.4: refused, and nothing changes', () => {
  it.each<[Document, string]>([
    [{ id: 'urn:ngsi-ld:Subscription:other' }, '/id'],
    [{ type: 'Query' }, '/type'],
    [{ type: NULL }, '/type'],
    [{ notification: NULL }, '/notification'],
    [{ notification: { format: 'keyValues' } }, '/notification/endpoint'],
    [{ notification: { endpoint: null } }, '/notification/endpoint'],
    [{ entities: NULL, watchedAttributes: NULL }, '/entities'],
    [{ throttling: null }, '/throttling'],
    [{ throttling: 0 }, '/throttling'],
    [{ timeInterval: 5 }, '/watchedAttributes'],
    [{ timeInterval: 5, watchedAttributes: NULL, throttling: 5 }, '/throttling'],
    [{ watchedAttributes: ['a-b'] }, '/watchedAttributes/0'],
    [{ notificationTrigger: ['x'] }, '/notificationTrigger/0'],
    [{ q: '((' }, '/q'],
    [{ csf: '((' }, '/csf'],
    [{ geoQ: { georel: 'near', geometry: 'Point', coordinates: [1, 2] } }, '/geoQ/georel'],
    [{ isActve: false }, '/isActve'],
  ])('BadRequestData for %j', async (fragment, at) => {
    const id = await subscribe(broker, { watchedAttributes: ['a'] })
    const before = await subscription(broker, id, 'options=sysAttrs')
    const response = await patch(id, fragment)
    expectProblem(response, 400, 'BadRequestData')
    expect(response.body.at, response.body.detail).toBe(at)
    expect(await subscription(broker, id, 'options=sysAttrs')).toEqual(before)
  })

  it('an id that is no URI, ResourceNotFound, NonexistentTenant', async () => {
    expectProblem(await broker.patch('/subscriptions/no-uri', {}), 400, 'BadRequestData')
    const id = newSubscriptionId()
    expectProblem(await patch(id, { q: 'a' }), 404, 'ResourceNotFound')
    expectProblem(await patch(id, { q: 'a' }, { 'NGSILD-Tenant': 'nobodys' }), 404, 'NonexistentTenant')
    expectProblem(await broker.get(subscriptionPath(id)), 404, 'ResourceNotFound')
  })

  it('6.3.4: application/merge-patch+json is as JSON', async () => {
    const id = await subscribe(broker)
    const fragment = JSON.stringify({ description: 'x' })
    const type = { 'Content-Type': 'application/merge-patch+json' }
    await broker
      .root('patch', `/ngsi-ld/v1${subscriptionPath(id)}`, type)
      .send(fragment)
      .expect(204)
    expect((await subscription(broker, id)).description).toBe('x')
  })
})
