import { describe, expect, it } from 'vitest'
import { testClock } from '../support/broker.ts'
import { brokerForFile, CORE, expectProblem, iri, LD, START } from './client.ts'
import { ENDPOINT, newSubscriptionId, SUBSCRIPTION, subscribe, subscription, subscriptionPath } from './subscribed.ts'

const clock = testClock(START)
const broker = brokerForFile({}, clock)
const LD_ACCEPTED = { Accept: 'application/ld+json' }

describe('5.8.3 Retrieve Subscription', () => {
  it('6.11.3.1: what was sent, with status, jsonldContext and the triggers that hold', async () => {
    const id = await subscribe(broker, { watchedAttributes: ['a'], throttling: 5, isActive: true })
    expect(await subscription(broker, id)).toEqual({
      ...SUBSCRIPTION,
      id,
      watchedAttributes: ['a'],
      throttling: 5,
      isActive: true,
      notificationTrigger: ['attributeCreated', 'attributeUpdated'],
      jsonldContext: CORE,
      status: 'active',
    })
  })

  it('6.3.11: options=sysAttrs adds createdAt and modifiedAt', async () => {
    const createdAt = new Date(clock.now()).toISOString()
    const id = await subscribe(broker)
    clock.advance(1000)
    const modifiedAt = new Date(clock.now()).toISOString()
    await broker.patch(subscriptionPath(id), { description: 'x' }).expect(204)
    expect(await subscription(broker, id, 'options=sysAttrs')).toMatchObject({ createdAt, modifiedAt })
    expect(await subscription(broker, id)).not.toHaveProperty('createdAt')
    expectProblem(await broker.get(`${subscriptionPath(id)}?options=keyValues`), 400, 'InvalidRequest')
    expectProblem(await broker.get(`${subscriptionPath(id)}?sysAttrs=true`), 400, 'InvalidRequest')
  })

  it('5.5.7: names are shown in the @context of who asks', async () => {
    const context = [
      { Room: 'https://example.org/Room', a: 'https://example.org/a', where: 'https://example.org/w' },
      CORE,
    ]
    const id = newSubscriptionId()
    const sent = {
      ...SUBSCRIPTION,
      id,
      entities: [{ type: '(Room;Hall)|Office' }],
      watchedAttributes: ['a', 'b'],
      geoQ: { georel: 'within', geometry: 'Point', coordinates: [1, 2], geoproperty: 'where' },
      notification: { pick: ['id', 'a{b,a}'], omit: ['b'], join: 'flat', endpoint: ENDPOINT },
      '@context': context,
    }
    await broker.post('/subscriptions', sent, LD).expect(201)
    expect(await subscription(broker, id)).toMatchObject({
      entities: [{ type: '(https://example.org/Room;Hall)|Office' }],
      watchedAttributes: ['https://example.org/a', 'b'],
      geoQ: { ...sent.geoQ, geoproperty: 'https://example.org/w' },
      notification: { pick: ['id', 'https://example.org/a{b,https://example.org/a}'], omit: ['b'] },
    })
    const attributes = { attributes: ['a', iri('b')], endpoint: ENDPOINT }
    await broker.patch(subscriptionPath(id), { notification: attributes, '@context': context }, LD).expect(204)
    expect((await subscription(broker, id)).notification).toEqual({
      attributes: ['https://example.org/a', 'b'],
      endpoint: ENDPOINT,
    })
  })

  it('5.5.7: what names in texts stand for is shown in the @context of who asks, and can be sent back as it is', async () => {
    const context = [{ a: 'https://example.org/a', red: 'https://example.org/red' }, CORE]
    const id = newSubscriptionId()
    const texts = { q: 'a==red;b>5', expandValues: 'a', jsonKeys: 'a,b', csf: 'a=="x"' }
    await broker.post('/subscriptions', { ...SUBSCRIPTION, id, ...texts, '@context': context }, LD).expect(201)
    const { status: _, jsonldContext: __, ...shown } = await subscription(broker, id)
    expect(shown).toMatchObject({
      q: 'https://example.org/a=="https://example.org/red";b>5',
      expandValues: 'https://example.org/a',
      jsonKeys: 'https://example.org/a,b',
      csf: 'https://example.org/a=="x"',
    })
    expect((await broker.get('/subscriptions?limit=100')).body).toContainEqual(expect.objectContaining(shown))
    await broker.patch(subscriptionPath(id), shown).expect(204)
    expect(await subscription(broker, id)).toMatchObject(shown)
    await broker.patch(subscriptionPath(id), { ...texts, '@context': context }, LD).expect(204)
    expect(await subscription(broker, id)).toMatchObject(shown)
  })

  it('6.3.4, 6.3.6: JSON with the @context in Link, JSON-LD with it in the body; nothing else', async () => {
    const id = await subscribe(broker)
    const json = await broker.get(subscriptionPath(id)).expect(200)
    expect(json.headers['content-type']).toMatch(/^application\/json/)
    expect(json.headers.link).toContain(`<${CORE}>; rel="http://www.w3.org/ns/json-ld#context"`)
    expect(json.headers.vary).toMatch(/Accept, Link, NGSILD-Tenant, Prefer/)
    expect(json.body).not.toHaveProperty('@context')
    const ld = await broker.get(subscriptionPath(id), LD_ACCEPTED).expect(200)
    expect(ld.headers['content-type']).toMatch(/^application\/ld\+json/)
    expect(ld.headers.link).toBeUndefined()
    expect(ld.body['@context']).toBe(CORE)
    await broker.get(subscriptionPath(id), { Accept: 'application/geo+json' }).expect(406)
  })

  it('4.3.6.8: every earlier version is as it is, and Preference-Applied says so', async () => {
    const id = await subscribe(broker)
    const { headers, body } = await broker.get(subscriptionPath(id), { Prefer: 'ngsi-ld=1.0' }).expect(200)
    expect(headers['preference-applied']).toBe('ngsi-ld=1.0')
    expect(body).toEqual(await subscription(broker, id))
    const plain = await broker.get(subscriptionPath(id), { Prefer: 'respond-async' }).expect(200)
    expect(plain.headers['preference-applied']).toBeUndefined()
  })

  it('5.8.3.4: BadRequestData for an id that is no URI, ResourceNotFound, NonexistentTenant', async () => {
    expectProblem(await broker.get('/subscriptions/no-uri'), 400, 'BadRequestData')
    const path = subscriptionPath(newSubscriptionId())
    expectProblem(await broker.get(path), 404, 'ResourceNotFound')
    expectProblem(await broker.get(path, { 'NGSILD-Tenant': 'nobodys' }), 404, 'NonexistentTenant')
  })
})
