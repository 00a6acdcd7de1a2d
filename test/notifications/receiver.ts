/** An HTTP receiver on a real socket that keeps what it is sent. */

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Receiver {
  readonly origin: string
  /** Bodies, parsed, in the order in which they came. */
  readonly got: { readonly path: string; readonly at: number; readonly link: string | undefined; readonly body: Sent }[]
  answer(handler: (request: IncomingMessage, response: ServerResponse, body: Sent) => void): void
  stop(): Promise<void>
}

/** What the tests' Build makes. */
export interface Sent {
  readonly id: string
  readonly subscription: string
  readonly told: readonly { readonly entity: string; readonly n: number }[]
}

export async function startReceiver(port = 0): Promise<Receiver> {
  let handler: Parameters<Receiver['answer']>[0] = (_, response) => response.writeHead(204).end()
  const got: Receiver['got'] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = JSON.parse(Buffer.concat(chunks).toString()) as Sent
      got.push({ path: request.url ?? '', at: performance.now(), link: request.headers.link?.toString(), body })
      handler(request, response, body)
    })
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    got,
    answer: (next) => {
      handler = next
    },
    stop: () => {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}
