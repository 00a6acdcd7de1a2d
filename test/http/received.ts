/** Real receivers of notifications for the HTTP tests, and what Boya itself says of a subscription. */

import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Response } from 'supertest'
import { expect, vi } from 'vitest'
import type { Client, Document, Headers } from './client.ts'

export interface Received {
  readonly headers: IncomingHttpHeaders
  readonly body: Document & { readonly id: string; readonly data: readonly Document[] }
}

export interface Receiver {
  readonly uri: string
  /** In the order in which they came. */
  readonly got: Received[]
  /** What it answers from now on. */
  answers(status: number): void
  stop(): Promise<void>
}

export async function startReceiver(): Promise<Receiver> {
  const got: Received[] = []
  let status = 204
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      got.push({ headers: request.headers, body: JSON.parse(Buffer.concat(chunks).toString()) })
      response.writeHead(status).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    uri: `http://127.0.0.1:${(server.address() as AddressInfo).port}/notify`,
    got,
    answers: (next) => {
      status = next
    },
    stop: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

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
