import { describe, expect, it } from 'vitest'
import { brokerForFile, expectProblem } from './client.ts'
import { newSubscriptionId, SUBSCRIPTION, subscribe, subscription, subscriptionPath } from './subscribed.ts'

const broker = brokerForFile()

describe('5.8.5 Delete Subscription', () => {
  it('6.11.3.3: 204 without a body; then it is in no answer, and others are', async () => {
    const id = await subscribe(broker)
    const other = await subscribe(broker)
    const { text } = await broker.delete(subscriptionPath(id)).expect(204)
    expect(text).toBe('')
    expectProblem(await broker.get(subscriptionPath(id)), 404, 'ResourceNotFound')
    expect((await broker.get('/subscriptions').expect(200)).body.map((each: { id: string }) => each.id)).toEqual([
      other,
    ])
    expectProblem(await broker.delete(subscriptionPath(id)), 404, 'ResourceNotFound')
  })

  it('created again, it is a new one', async () => {
    const id = await subscribe(broker, { description: 'old', isActive: false })
    await broker.delete(subscriptionPath(id)).expect(204)
    await broker.post('/subscriptions', { ...SUBSCRIPTION, id }).expect(201)
    const shown = await subscription(broker, id)
    expect(shown.status).toBe('active')
    expect(shown).not.toHaveProperty('description')
  })

  it('of those that delete one at once, one succeeds', async () => {
    const id = await subscribe(broker)
    const all = await Promise.all([1, 2, 3].map(() => broker.delete(subscriptionPath(id))))
    expect(all.map(({ status }) => status).sort()).toEqual([204, 404, 404])
  })

  it('5.8.5.4: BadRequestData for an id that is no URI, ResourceNotFound, NonexistentTenant', async () => {
    expectProblem(await broker.delete('/subscriptions/no-uri'), 400, 'BadRequestData')
    const path = subscriptionPath(newSubscriptionId())
    expectProblem(await broker.delete(path), 404, 'ResourceNotFound')
    expectProblem(await broker.delete(path, { 'NGSILD-Tenant': 'nobodys' }), 404, 'NonexistentTenant')
  })
})
