/** An HTTP receiver of notifications on a real socket, for tests of the binding. */

import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, expect } from 'vitest'
import type { Document } from './client.ts'

export interface Arrival {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: Document & { readonly data: readonly Document[] }
}

export interface Receiver {
  /** A URI of it. */
  uri(path?: string): string
  /** Those that have come since the test began, in their order, when there are as many; no more must come soon. */
  arrivals(count: number): Promise<readonly Arrival[]>
  /** Those that have come since the test began, up to now. */
  got(): readonly Arrival[]
  /** Statuses that it answers next; then 204. */
  answer(...statuses: readonly number[]): void
  /** What it answers from now on, until the test ends. */
  always(status: number): void
}

/** Milliseconds for which nothing else may come. */
const QUIET_MS = 60

export function receiverForFile(): Receiver {
  let got: Arrival[] = []
  let statuses: number[] = []
  let usual = 204
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = JSON.parse(Buffer.concat(chunks).toString())
      got.push({ path: request.url ?? '', headers: request.headers, body })
      response.writeHead(statuses.shift() ?? usual).end()
    })
  })
  beforeAll(() => new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve)))
  afterAll(() => {
    server.closeAllConnections()
    return new Promise<void>((resolve) => server.close(() => resolve()))
  })
  beforeEach(() => {
    got = []
    statuses = []
    usual = 204
  })
  return {
    uri: (path = '/notify') => `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`,
    arrivals: async (count) => {
      await expect.poll(() => got.length, { timeout: 5_000, interval: 5 }).toBeGreaterThanOrEqual(count)
      await new Promise((resolve) => setTimeout(resolve, QUIET_MS))
      expect(got.map(({ body }) => body.data)).toHaveLength(count)
      return got
    },
    got: () => got,
    answer: (...next) => {
      statuses = [...next]
    },
    always: (status) => {
      usual = status
    },
  }
}
