/** What is said to who sends a Subscription, or asks for one of Boya's own resources of it, that is not right. */

import type { Test } from 'supertest'
import { describe, expect, it } from 'vitest'
import { redeliver } from './boya-subscriptions.ts'
import { brokerForFile, CORE } from './client.ts'
import { newSubscriptionId, SUBSCRIPTION, subscribe, subscription } from './subscribed.ts'

const broker = brokerForFile()
const post = (members: object): Test =>
  broker.post('/subscriptions', { ...SUBSCRIPTION, id: newSubscriptionId(), ...members })
const stream = (query: string): Test => broker.root('get', `/boya/v1/entities/stream?${query}`)
const place = { geometry: 'Point', coordinates: [1, 2] }

describe('advice', () => {
  it.each<[what: string, request: () => Test, detail: RegExp]>([
    ['georel nearby', () => post({ geoQ: { georel: 'nearby', ...place } }), /^\S+ expected near;maxDistance==500, /],
    ['georel near', () => post({ geoQ: { georel: 'near', ...place } }), /near has one distance/],
    ['jsonldContext', () => post({ jsonldContext: 'foo' }), /: "foo" is not an absolute URL; .*https:\/\/example.org/],
    ['idPattern', () => post({ entities: [{ type: 'a', idPattern: '(' }] }), /closing \): `\(`;/],
    ['q', () => post({ q: 'a~="(?s)b)"' }), /unexpected \): `\(\?s\)b\)`;/],
    ['a parameter of another operation', () => stream('limit=5'), /^limit: .* it takes type, id, /],
    ['a misspelt parameter', () => stream('omitt=a'), /did you mean 'omit'/],
    ['a Tenant that is not there', () => stream('tenant=nobodys'), /^tenant: There is no Tenant "nobodys"/],
  ])('on %s', async (_, request, detail) => {
    const { body } = await request()
    expect(body.detail).toMatch(detail)
  })

  it('on a list where a document is wanted is about entities only where they are', async () => {
    const { body } = await redeliver(broker, await subscribe(broker), []).expect(400)
    expect(body.detail).toBe('expected a JSON object, found []; for example {"dead":true}')
    expect((await broker.post('/entities', [])).body.detail).toMatch(/entityOperations/)
  })
})

it('jsonldContext is shown as it was given, also where it is an earlier core @context than the one that is applied', async () => {
  const jsonldContext = CORE.replace('1.9', '1.8')
  const id = await subscribe(broker, { jsonldContext })
  expect((await subscription(broker, id)).jsonldContext).toBe(jsonldContext)
})
