import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it } from 'vitest'
import { deliveryOf, ownPath } from './boya-subscriptions.ts'
import { brokerForFile, CORE, expectProblem, LD, newId } from './client.ts'
import { receiverForFile } from './receiver.ts'
import { newSubscriptionId, SUBSCRIPTION, subscribe, subscriptionPath } from './subscribed.ts'

const broker = brokerForFile()
const receiver = receiverForFile()

const test = (id: string, headers = {}) => broker.root('post', ownPath(id, 'test'), headers)
const endpoint = (members: object = {}) => ({ uri: receiver.uri(), ...members })
const SAMPLE = /^urn:ngsi-ld:Notification:sample:./

describe('POST /boya/v1/subscriptions/{subscriptionId}/test', () => {
  it('sends what a notification of the subscription would be, of an entity that matches, marked as a sample', async () => {
    const id = newId('Well')
    await broker.create(
      { id: newId('Well'), type: 'Well', depth: 5, name: 'low' },
      { id, type: 'Well', depth: 50, name: 'deep', other: 1 },
    )
    const notification = { format: 'concise', pick: ['id', 'depth'], endpoint: endpoint() }
    const subscribed = { entities: [{ type: 'Well' }], watchedAttributes: ['depth'], q: 'depth>10', notification }
    const subscriptionId = await subscribe(broker, subscribed)
    const { body } = await test(subscriptionId).expect(200)
    const [{ headers, body: sent } = fail()] = receiver.got()
    expect(sent).toMatchObject({ id: expect.stringMatching(SAMPLE), type: 'Notification', subscriptionId })
    expect(sent.data).toEqual([{ id, depth: 50 }])
    expect(headers).toMatchObject({ 'boya-sample': 'true', 'content-type': 'application/json' })
    expect(headers.link).toContain(CORE)
    expect(body).toEqual({
      ...{ ok: true, status: 204, milliseconds: expect.any(Number), isMadeUp: false },
      notification: sent,
    })
  })

  it('refuses a body, which would have no effect', async () => {
    const id = await subscribe(broker, { entities: [{ type: 'Tower' }], notification: { endpoint: endpoint() } })
    for (const none of ['{}', ' ']) await test(id, { 'Content-Type': 'text/plain' }).send(none).expect(200)
    expectProblem(await test(id).send({ entity: 'urn:ngsi-ld:Room:1' }), 400, 'BadRequestData', /takes no body/)
    expect(receiver.got()).toHaveLength(2)
  })

  it('is marked as nothing else is, and leaves no figure, no log and nothing owed', async () => {
    const id = await subscribe(broker, { notification: { endpoint: endpoint() } })
    await test(id).expect(200)
    receiver.always(500)
    await test(id).expect(200)
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(receiver.got()).toHaveLength(2)
    const empty = { timesSent: 0, timesFailed: 0, timesGivenUp: 0, backlog: { count: 0 }, log: [], dead: [] }
    expect(await deliveryOf(broker, id)).toEqual({ subscriptionId: id, status: 'active', ...empty })
    expect((await broker.get(subscriptionPath(id))).body.notification).not.toHaveProperty('timesSent')
    receiver.always(204)
    await broker.create({ id: newId('Room'), type: 'Room', a: 1 })
    await expect.poll(() => receiver.got().length).toBe(3)
    expect(receiver.got()[2]?.headers).not.toHaveProperty('boya-sample')
    expect(receiver.got()[2]?.body.id).not.toMatch(SAMPLE)
  })

  it('is made up of the conditions where nothing matches', async () => {
    const context = [{ Lamp: 'https://example.org/Lamp', power: 'https://example.org/power' }, CORE]
    const id = newSubscriptionId()
    const members = {
      entities: [{ type: '(Lamp;Lit)', idPattern: '^urn:ngsi-ld:Lamp:' }],
      ...{ watchedAttributes: ['power'], q: 'power>20' },
      notification: { format: 'simplified', pick: ['id', 'type', 'power', 'colour'], endpoint: endpoint() },
    }
    await broker.post('/subscriptions', { ...SUBSCRIPTION, id, ...members, '@context': context }, LD).expect(201)
    const { body } = await test(id).expect(200)
    expect(body).toMatchObject({ ok: true, isMadeUp: true })
    const [entity] = body.notification.data
    expect(entity).toMatchObject({ type: ['Lamp', 'Lit'], power: expect.anything(), colour: expect.anything() })
    expect(entity.id).toMatch(/^urn:ngsi-ld:Lamp:/)
    expect(receiver.got()[0]?.body.data).toEqual([entity])
  })

  it('is made up where pick leaves nothing of what matches, and refused where nothing can be left', async () => {
    await broker.create({ id: newId('Cup'), type: 'Cup', size: 1 })
    const notification = (members: object) => ({
      entities: [{ type: 'Cup' }],
      notification: { ...members, endpoint: endpoint() },
    })
    const picky = await subscribe(broker, notification({ pick: ['volume'], format: 'simplified' }))
    expect((await test(picky).expect(200)).body).toMatchObject({
      isMadeUp: true,
      notification: { data: [{ volume: 'sample' }] },
    })
    const none = await subscribe(broker, notification({ omit: ['id', 'type', 'size'] }))
    expectProblem(await test(none), 409, 'Conflict', /leave nothing/)
  })

  it('of who is told of deletions only is a deletion', async () => {
    const id = newId('Bin')
    await broker.create({ id, type: 'Bin', level: 1 })
    const deletions = { notificationTrigger: ['entityDeleted'], notification: { endpoint: endpoint() } }
    const { body } = await test(await subscribe(broker, { entities: [{ type: 'Bin' }], ...deletions })).expect(200)
    expect(body.notification.data).toEqual([{ id, type: 'Bin', deletedAt: expect.any(String) }])
  })

  it('of a paused and of an expired one is sent as well', async () => {
    const members = { notification: { endpoint: endpoint() } }
    const paused = await subscribe(broker, { ...members, isActive: false })
    const expired = await subscribe(broker, { ...members, expiresAt: new Date(Date.now() + 200).toISOString() })
    await new Promise((resolve) => setTimeout(resolve, 220))
    for (const id of [paused, expired]) expect((await test(id).expect(200)).body.ok).toBe(true)
    expect(receiver.got().map(({ body }) => body.subscriptionId)).toEqual([paused, expired])
  })

  it('says in words what failed: an answer, nobody there, a receiver that says nothing', async () => {
    receiver.always(404)
    const refused = await subscribe(broker, { notification: { endpoint: endpoint() } })
    expect((await test(refused).expect(200)).body).toMatchObject({
      ok: false,
      status: 404,
      reason: expect.stringMatching(/404/),
    })
    const nobody = await subscribe(broker, { notification: { endpoint: endpoint({ uri: 'http://127.0.0.1:9/x' }) } })
    const { body } = await test(nobody).expect(200)
    expect(body).toMatchObject({ ok: false, reason: expect.stringMatching(/./) })
    expect(body).not.toHaveProperty('status')
    const silent = createServer(() => undefined)
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve))
    const uri = `http://127.0.0.1:${(silent.address() as AddressInfo).port}/`
    const waiting = await subscribe(broker, { notification: { endpoint: endpoint({ uri, timeout: 100 }) } })
    expect((await test(waiting).expect(200)).body).toMatchObject({ ok: false, milliseconds: expect.any(Number) })
    silent.closeAllConnections()
    silent.close()
  })

  it('in its Tenant, which is named to the receiver; GeoJSON as one', async () => {
    const headers = { 'NGSILD-Tenant': 'testing' }
    const location = { type: 'GeoProperty', value: { type: 'Point', coordinates: [1, 2] } }
    await broker.post('/entities', { id: newId('Stop'), type: 'Stop', location }, headers).expect(201)
    const geo = {
      entities: [{ type: 'Stop' }],
      notification: { endpoint: endpoint({ accept: 'application/geo+json' }) },
    }
    const { body } = await test(await subscribe(broker, geo, headers), headers).expect(200)
    expect(body.notification.data).toMatchObject({
      type: 'FeatureCollection',
      features: [{ geometry: location.value }],
    })
    expect(receiver.got()[0]?.headers).toMatchObject({
      'ngsild-tenant': 'testing',
      'content-type': 'application/geo+json',
    })
  })

  it('refuses what is no URI, no subscription, no Tenant, and parameters', async () => {
    const id = await subscribe(broker)
    expectProblem(await test('no-uri'), 400, 'BadRequestData')
    expectProblem(await test(newSubscriptionId()), 404, 'ResourceNotFound')
    expectProblem(await test(id, { 'NGSILD-Tenant': 'nobodys' }), 404, 'NonexistentTenant')
    expectProblem(await broker.root('post', `${ownPath(id, 'test')}?now=1`), 400, 'InvalidRequest')
    expect(receiver.got()).toEqual([])
  })
})

function fail(): never {
  throw new Error('nothing has come')
}
