/** What the tests of subscriptions share. */

import type { Response } from 'supertest'
import type { Client, Document, Headers } from './client.ts'

export const ENDPOINT = { uri: 'http://127.0.0.1:9/notify' }
export const SUBSCRIPTION = {
  type: 'Subscription',
  entities: [{ type: 'Room' }],
  notification: { endpoint: ENDPOINT },
} as const

export function subscriptionPath(id: string): string {
  return `/subscriptions/${encodeURIComponent(id)}`
}

let subscriptions = 0

export function newSubscriptionId(): string {
  subscriptions++
  return `urn:ngsi-ld:Subscription:${subscriptions}`
}

/** Creates one, which must succeed, of what is usual and what is given; returns its id. */
export async function subscribe(broker: Client, members: Document = {}, headers?: Headers): Promise<string> {
  const id = newSubscriptionId()
  await broker.post('/subscriptions', { ...SUBSCRIPTION, id, ...members }, headers).expect(201)
  return id
}

/** The subscription, which must be there; `query` without `?`. */
export async function subscription(
  broker: Client,
  id: string,
  query = '',
  headers?: Headers,
): Promise<Response['body']> {
  const { body } = await broker.get(`${subscriptionPath(id)}${query && `?${query}`}`, headers).expect(200)
  return body
}
