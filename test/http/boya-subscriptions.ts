/** What the tests of Boya's own resources of subscriptions share. */

import type { Response } from 'supertest'
import { expect, vi } from 'vitest'
import type { Client, Headers } from './client.ts'

export function ownPath(id: string, what: string): string {
  return `/boya/v1/subscriptions/${encodeURIComponent(id)}/${what}`
}

/** The delivery of a subscription, which must be there; `query` without `?`. */
export async function deliveryOf(broker: Client, id: string, query = ''): Promise<Response['body']> {
  const { body } = await broker.root('get', `${ownPath(id, 'delivery')}${query && `?${query}`}`).expect(200)
  return body
}

export function redeliver(broker: Client, id: string, body: unknown, headers: Headers = {}) {
  return broker
    .root('post', ownPath(id, 'redeliver'), { 'Content-Type': 'application/json', ...headers })
    .send(body as object)
}

/** Waits for what comes to be true within five seconds. */
export function eventually<T>(assert: () => T | Promise<T>): Promise<T> {
  return vi.waitFor(assert, { timeout: 5_000, interval: 20 })
}

export const DATE_TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z$/)
