import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export type Handler = (request: IncomingMessage, response: ServerResponse) => void

export interface LoopbackServer {
  readonly origin: string
  readonly port: number
  /** Paths asked for, in order. */
  readonly requests: { readonly path: string; readonly headers: IncomingMessage['headers']; readonly method: string }[]
  /** Replaces what it answers. */
  answer(handler: Handler): void
  stop(): Promise<void>
}

export async function startLoopbackServer(first: Handler, port = 0): Promise<LoopbackServer> {
  let handler = first
  const requests: LoopbackServer['requests'] = []
  const server = createServer((request, response) => {
    requests.push({ path: request.url ?? '', headers: request.headers, method: request.method ?? '' })
    handler(request, response)
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  const bound = (server.address() as AddressInfo).port
  return {
    origin: `http://127.0.0.1:${bound}`,
    port: bound,
    requests,
    answer: (next) => {
      handler = next
    },
    stop: () => {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

export function json(document: unknown, headers: Record<string, string> = {}): Handler {
  return (_, response) => {
    response.writeHead(200, { 'content-type': 'application/ld+json', ...headers })
    response.end(typeof document === 'string' ? document : JSON.stringify(document))
  }
}
