import { describe, expect, it } from 'vitest'
import { testClock } from '../support/broker.ts'
import { brokerForFile, type Document } from './client.ts'
import { receiverForFile } from './receiver.ts'
import { subscribe, subscription, subscriptionPath } from './subscribed.ts'

const clock = testClock()
const broker = brokerForFile({ NOTIFICATION_RETRY_FIRST: '50ms', PURGE_SCHEDULE: '* * * * * *' }, clock)
const receiver = receiverForFile()

let types = 0
/** Tests share the broker: each has a type of its own. */
const newType = (): string => `Type${++types}`
const idOf = (type: string, n = 1): string => `urn:ngsi-ld:${type}:${n}`
const property = (value: unknown) => ({ type: 'Property', value })
const room = (type: string, n = 1, more: Document = {}): Document => ({
  ...{ id: idOf(type, n), type, temperature: property(20) },
  ...more,
})
const endpoint = (more: Document = {}): Document => ({ uri: receiver.uri(), ...more })

async function subscribeTo(type: string, members: Document = {}, notification: Document = {}): Promise<string> {
  return await subscribe(broker, {
    entities: [{ type }],
    ...members,
    notification: { endpoint: endpoint(), ...notification },
  })
}

const attrs = (type: string, n = 1): string => `/entities/${idOf(type, n)}/attrs`
const values = (data: readonly Document[], name = 'temperature'): unknown[] =>
  data.map((entity) => (entity[name] as Document | undefined)?.value)

describe('what is told', () => {
  it('is a Notification (5.3.1) with the entity as it is after the change', async () => {
    const type = newType()
    const id = await subscribeTo(type)
    await broker.create(room(type))
    const [arrival] = await receiver.arrivals(1)
    expect(arrival?.body).toEqual({
      id: expect.stringMatching(/^urn:/),
      type: 'Notification',
      subscriptionId: id,
      notifiedAt: '2026-06-01T00:00:00Z',
      data: [room(type)],
    })
    expect(arrival?.headers).toMatchObject({
      'content-type': 'application/json',
      link: expect.stringContaining('core-context'),
    })
    expect(arrival?.headers).not.toHaveProperty('ngsild-tenant')
  })

  it('is every change of an Attribute, in order', async () => {
    const type = newType()
    await subscribeTo(type)
    await broker.create(room(type))
    for (let n = 1; n <= 20; n++) {
      await broker.patch(`${attrs(type)}/temperature`, property(n)).expect(204)
    }
    const arrivals = await receiver.arrivals(21)
    expect(arrivals.flatMap(({ body }) => values(body.data))).toEqual([
      20,
      ...Array.from({ length: 20 }, (_, i) => i + 1),
    ])
    expect(new Set(arrivals.map(({ body }) => body.id)).size).toBe(21)
  })

  it('is nothing where the same value comes again', async () => {
    const type = newType()
    await broker.create(room(type))
    await subscribeTo(type)
    await broker.patch(`${attrs(type)}/temperature`, property(20)).expect(204)
    await broker.patch(`/entities/${idOf(type)}`, { temperature: property(20) }).expect(204)
    await broker.post('/entityOperations/upsert', [room(type)]).expect(204)
    await broker.patch(`${attrs(type)}/temperature`, property(21)).expect(204)
    const [arrival] = await receiver.arrivals(1)
    expect(values(arrival?.body.data ?? [])).toEqual([21])
  })

  it('has the Tenant of the subscription (6.3.14)', async () => {
    const type = newType()
    const tenant = { 'NGSILD-Tenant': 'harbour' }
    await subscribe(broker, { entities: [{ type }], notification: { endpoint: endpoint() } }, tenant)
    await broker.post('/entities', room(type), tenant).expect(201)
    await broker.post('/entities', room(type)).expect(201)
    const [arrival] = await receiver.arrivals(1)
    expect(arrival?.headers).toMatchObject({ 'ngsild-tenant': 'harbour' })
  })

  it('has the headers of receiverInfo, and the @context in the body where that is accepted', async () => {
    const type = newType()
    const info = [{ key: 'Authorization', value: 'Bearer abc' }]
    await subscribeTo(type, {}, { endpoint: endpoint({ accept: 'application/ld+json', receiverInfo: info }) })
    await broker.create(room(type))
    const [arrival] = await receiver.arrivals(1)
    expect(arrival?.headers).toMatchObject({ authorization: 'Bearer abc', 'content-type': 'application/ld+json' })
    expect(arrival?.body['@context']).toBeDefined()
  })
})

describe('what triggers', () => {
  const changes: readonly [trigger: string, told: number, change: (type: string) => Promise<unknown>][] = [
    ['entityCreated', 1, (type) => broker.create(room(type, 2))],
    // With an entity its Attributes are created, and deleted.
    ['attributeCreated', 2, (type) => broker.post(attrs(type), { humidity: property(1) }).expect(204)],
    ['attributeUpdated', 1, (type) => broker.patch(attrs(type), { temperature: property(1) }).expect(204)],
    ['attributeDeleted', 2, (type) => broker.delete(`${attrs(type)}/temperature`).expect(204)],
    ['entityDeleted', 1, (type) => broker.delete(`/entities/${idOf(type)}`).expect(204)],
  ]
  it.each(changes)('%s, and nothing else', async (trigger, told) => {
    const type = newType()
    await broker.create(room(type))
    await subscribeTo(type, { notificationTrigger: [trigger] })
    for (const [, , change] of changes) await change(type)
    await receiver.arrivals(told)
  })

  it('is an Attribute that is watched, only', async () => {
    const type = newType()
    await broker.create(room(type, 1, { humidity: property(1) }))
    await subscribeTo(type, { watchedAttributes: ['humidity'] })
    await broker.patch(attrs(type), { temperature: property(1) }).expect(204)
    await broker.patch(attrs(type), { humidity: property(2) }).expect(204)
    const [arrival] = await receiver.arrivals(1)
    expect(values(arrival?.body.data ?? [], 'humidity')).toEqual([2])
  })

  it('is an entity that matches q, geoQ and scopeQ, only', async () => {
    const type = newType()
    const at = (x: number) => ({ location: { type: 'GeoProperty', value: { type: 'Point', coordinates: [x, 0] } } })
    await subscribeTo(type, {
      q: 'temperature>10',
      scopeQ: '/city/#',
      geoQ: { georel: 'near;maxDistance==1000', geometry: 'Point', coordinates: [0, 0] },
    })
    const scope = { scope: '/city/north' }
    await broker.create(room(type, 1, { ...at(0), ...scope, temperature: property(5) }))
    await broker.create(room(type, 2, { ...at(1), ...scope }))
    await broker.create(room(type, 3, at(0)))
    await broker.create(room(type, 4, { ...at(0), ...scope }))
    const [arrival] = await receiver.arrivals(1)
    expect(arrival?.body.data.map(({ id }) => id)).toEqual([idOf(type, 4)])
  })

  it('is expiry (4.22), as a deletion', async () => {
    const type = newType()
    await subscribeTo(type, { notificationTrigger: ['entityDeleted'] })
    const expiresAt = '2026-06-01T00:00:10Z'
    await broker.create(room(type, 1, { expiresAt }))
    // It has gone by then, though it is purged later.
    clock.advance(13_000)
    const [arrival] = await receiver.arrivals(1)
    expect(arrival?.body.data).toEqual([{ id: idOf(type), type, deletedAt: expiresAt }])
  })
})

describe('one request (5.5.11)', () => {
  it('is one Notification', async () => {
    const type = newType()
    await subscribeTo(type)
    await broker.post('/entityOperations/create', [room(type, 1), room(type, 2), room(type, 3)]).expect(201)
    await broker
      .post('/entityOperations/update', [room(type, 1, { temperature: property(1) }), room(type, 2)])
      .expect(204)
    const arrivals = await receiver.arrivals(2)
    expect(arrivals.map(({ body }) => body.data.map(({ id }) => id))).toEqual([
      [1, 2, 3].map((n) => idOf(type, n)),
      [idOf(type, 1)],
    ])
  })

  it('that purges tells what is gone', async () => {
    const type = newType()
    await broker.create(room(type, 1), room(type, 2))
    await subscribeTo(type, { notificationTrigger: ['entityDeleted'] })
    await broker.delete(`/entities?type=${type}`).expect(204)
    const arrivals = await receiver.arrivals(1)
    expect(arrivals.flatMap(({ body }) => body.data.map(({ id }) => id)).sort()).toEqual([idOf(type, 1), idOf(type, 2)])
  })
})

describe('when', () => {
  it('a subscription that is paused is told nothing, and what comes when it is active again', async () => {
    const type = newType()
    const id = await subscribeTo(type, { isActive: false })
    await broker.create(room(type))
    await broker.patch(subscriptionPath(id), { isActive: true }).expect(204)
    await broker.patch(attrs(type), { temperature: property(1) }).expect(204)
    const [arrival] = await receiver.arrivals(1)
    expect(values(arrival?.body.data ?? [])).toEqual([1])
  })

  it('a subscription that is deleted is told nothing any more', async () => {
    const type = newType()
    const id = await subscribeTo(type)
    await broker.create(room(type))
    await receiver.arrivals(1)
    await broker.delete(subscriptionPath(id)).expect(204)
    await broker.patch(attrs(type), { temperature: property(1) }).expect(204)
    await receiver.arrivals(1)
  })

  it('a subscription that is throttled is told at once, and then the latest of what has changed', async () => {
    const type = newType()
    await broker.create(room(type, 1), room(type, 2))
    await subscribeTo(type, { throttling: 1 })
    await broker.patch(attrs(type), { temperature: property(1) }).expect(204)
    const [first] = await receiver.arrivals(1)
    expect(values(first?.body.data ?? [])).toEqual([1])
    for (const n of [2, 3]) await broker.patch(attrs(type), { temperature: property(n) }).expect(204)
    await broker.patch(attrs(type, 2), { temperature: property(7) }).expect(204)
    // What is being read when the time comes is told as it was read.
    await new Promise((resolve) => setTimeout(resolve, 500))
    await receiver.arrivals(1)
    clock.advance(1_000)
    const [, second] = await receiver.arrivals(2)
    expect(values(second?.body.data ?? []).sort()).toEqual([3, 7])
  })

  it('a subscription that is throttled and shows changes is told what was before the first of those it was not told', async () => {
    const type = newType()
    const notification = { showChanges: true, endpoint: endpoint() }
    const notificationTrigger = ['attributeCreated', 'attributeUpdated', 'attributeDeleted']
    await subscribe(broker, { entities: [{ type }], throttling: 1, notificationTrigger, notification })
    await broker.create(room(type, 1, { temperature: property(0), colour: property('red') }))
    await receiver.arrivals(1)
    for (const n of [1, 2]) await broker.patch(attrs(type), { temperature: property(n) }).expect(204)
    for (const n of [1, 2]) await broker.post(attrs(type), { humidity: property(n) }).expect(204)
    await broker.delete(`${attrs(type)}/colour`).expect(204)
    await broker.patch(attrs(type), { temperature: property(3) }).expect(204)
    // As above.
    await new Promise((resolve) => setTimeout(resolve, 500))
    await receiver.arrivals(1)
    clock.advance(1_000)
    const [, second] = await receiver.arrivals(2)
    expect(second?.body.data).toEqual([
      {
        ...{ id: expect.any(String), type, humidity: property(2) },
        temperature: { ...property(3), previousValue: 0 },
        colour: { type: 'Property', value: 'urn:ngsi-ld:null', previousValue: 'red' },
      },
    ])
  })

  it('a subscription with a timeInterval is told then, whatever has changed', async () => {
    const type = newType()
    await broker.create(room(type, 1), room(type, 2, { temperature: property(1) }))
    await subscribe(broker, {
      ...{ entities: [{ type }], timeInterval: 60, q: 'temperature>10' },
      notification: { endpoint: endpoint() },
    })
    await broker.patch(attrs(type), { temperature: property(30) }).expect(204)
    clock.advance(60_000)
    const [arrival] = await receiver.arrivals(1)
    expect(values(arrival?.body.data ?? [])).toEqual([30])
    clock.advance(60_000)
    await receiver.arrivals(2)
  })

  it('a timeInterval may be a fraction of a second (5.2.12: greater than 0)', async () => {
    const type = newType()
    await broker.create(room(type, 1))
    await subscribe(broker, { entities: [{ type }], timeInterval: 0.5, notification: { endpoint: endpoint() } })
    clock.advance(500)
    await receiver.arrivals(1)
    clock.advance(500)
    await receiver.arrivals(2)
  })
})

describe('a receiver that fails', () => {
  it('is told again until it takes it, with the same id, and figures show it (5.2.14.2)', async () => {
    const type = newType()
    receiver.answer(500, 301)
    const id = await subscribeTo(type)
    await broker.create(room(type))
    const arrivals = await receiver.arrivals(3)
    expect(new Set(arrivals.map(({ body }) => body.id)).size).toBe(1)
    await expect.poll(async () => (await subscription(broker, id)).notification.timesSent).toBe(3)
    expect((await subscription(broker, id)).notification).toMatchObject({
      ...{ timesSent: 3, timesFailed: 2, status: 'ok' },
      ...{ lastNotification: expect.any(String), lastSuccess: expect.any(String), lastFailure: expect.any(String) },
    })
  })
})
