/** Requests that come on one connection before the answer to the one before them (pipelining). */

import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

const SAFE: ReadonlySet<string | undefined> = new Set(['GET', 'HEAD', 'OPTIONS'])

/**
 * RFC 9112, 9.3.2: "A server MAY process a sequence of pipelined requests in parallel if they all have safe methods", so
 * any other waits until those before it are answered, and those after it wait for it. What waits when the connection
 * breaks is not begun.
 */
export function inOrder(handle: RequestListener): RequestListener {
  const last = new WeakMap<Socket, ServerResponse>()
  return (request, response) => {
    const { socket } = request
    const before = last.get(socket)
    last.set(socket, response)
    // Answers are sent in order, so that all before the last one are sent when it is.
    if (before === undefined || before.closed || (isSafe(before.req) && isSafe(request))) handle(request, response)
    else {
      before.once('close', () => {
        if (!socket.destroyed) handle(request, response)
      })
    }
  }
}

function isSafe({ method }: IncomingMessage): boolean {
  return SAFE.has(method)
}
