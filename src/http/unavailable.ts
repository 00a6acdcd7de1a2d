/** What is answered as long as the store does not answer: nothing is wrong with the request, and it can be sent again. */

import type { RequestListener } from 'node:http'
import { HttpError } from './http-error.ts'
import { JSON_TYPE } from './negotiation.ts'
import { httpProblem } from './problem-details.ts'

/** Seconds. */
const RETRY_AFTER = { 'Retry-After': '2' }

const DETAIL =
  'the database behind Boya does not answer at the moment; send the request again in some seconds. A change may have been made nevertheless'

/** 503 of a request. */
export function unavailable(): HttpError {
  return new HttpError(503, httpProblem(503, 'The database does not answer', DETAIL), RETRY_AFTER)
}

/** 503 of the question whether requests can be served. */
export function notReady(): HttpError {
  return new HttpError(503, httpProblem(503, 'Not ready', 'the store does not answer'), RETRY_AFTER)
}

/** The whole of Boya before the store has answered for the first time. */
export const waitingForStore: RequestListener = (request, response) => {
  const path = request.url?.split('?', 1)[0]
  if (path === '/health/live') return void answer(response, 200, { status: 'live' }, {})
  const { status, body, headers } = path === '/health/ready' ? notReady() : unavailable()
  // What is sent is not read: the connection would take it for the next request.
  answer(response, status, body, { ...headers, Connection: 'close' })
}

function answer(
  response: Parameters<RequestListener>[1],
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>>,
): void {
  const text = JSON.stringify(body)
  response.writeHead(status, { ...headers, 'Content-Type': JSON_TYPE, 'Content-Length': Buffer.byteLength(text) })
  response.end(text)
}
