/** Sends a body to a host that asked for it: what counts is whether it was taken, not what is answered. */

import { type Agent, type Dispatcher, request } from 'undici'
import { createDeadline, type Deadline } from './deadline.ts'
import { explainFailure } from './explain-failure.ts'
import type { AddressCheck } from './guarded-lookup.ts'
import { OutboundError } from './outbound-error.ts'
import type { Places } from './places.ts'
import { parseTarget } from './target.ts'

export interface OutboundPost {
  /** A list is sent as several of the same name. */
  readonly headers: Readonly<Record<string, string | string[]>>
  readonly body: string
  /** From when it begins, until the status has come: waiting for others does not count. */
  readonly timeoutMs: number
  readonly signal?: AbortSignal
}

/** Without the body: of that a little is read, so that the connection can be kept, and nothing is told. */
export interface OutboundAnswer {
  readonly status: number
  readonly headers: Dispatcher.ResponseData['headers']
}

export interface PostWay {
  readonly agent: Agent
  readonly check: AddressCheck
  readonly places: Places
}

/** Bytes of an answer that are read for the sake of the connection, and milliseconds for which that is tried. */
const DROPPED_BYTES = 65_536
const DROP_MS = 1_000

/** Throws OutboundError, whose message names the host only: an endpoint's path and query can be secrets. */
export async function post(way: PostWay, url: string, options: OutboundPost): Promise<OutboundAnswer> {
  const giveBack = await way.places.take(options.signal ?? new AbortController().signal).catch((error) => {
    throw new OutboundError('aborted', 'It was given up before it began.', error)
  })
  const deadline = createDeadline(options.timeoutMs, options.signal)
  try {
    return await deadline.within(send(way, parseTarget(url, way.check), options, deadline))
  } catch (error) {
    throw toOutboundError(error, options, deadline)
  } finally {
    giveBack()
    deadline.clear()
  }
}

async function send(way: PostWay, target: URL, options: OutboundPost, deadline: Deadline): Promise<OutboundAnswer> {
  const { statusCode, headers, body } = await request(target, {
    dispatcher: way.agent,
    method: 'POST',
    headers: { 'User-Agent': 'boya', ...options.headers },
    body: options.body,
    signal: deadline.signal,
  })
  drop(body)
  return { status: statusCode, headers }
}

/** Nobody waits for it: whatever comes of it, the status has come. */
function drop(body: Dispatcher.ResponseData['body']): void {
  body.on('error', () => undefined)
  const late = setTimeout(() => body.destroy(), DROP_MS).unref()
  body.dump({ limit: DROPPED_BYTES }).then(
    () => clearTimeout(late),
    () => clearTimeout(late),
  )
}

function toOutboundError(error: unknown, { timeoutMs, signal }: OutboundPost, deadline: Deadline): OutboundError {
  if (error instanceof OutboundError) return error
  if (deadline.isOver()) return new OutboundError('timeout', `There was no answer within ${timeoutMs} ms.`)
  if (signal?.aborted === true) return new OutboundError('aborted', 'It was given up.', error)
  return new OutboundError('connection', `The host could not be reached: ${explainFailure(error)}.`, error)
}
