/** The one way out of the broker: every request to another host passes these checks. */

import type { Socket } from 'node:net'
import { Agent, type Dispatcher, request } from 'undici'
import { type AddressPolicy, createAddressCheck } from './address-policy.ts'
import { createConnect, type Peer } from './connect.ts'
import { createDeadline, type Deadline } from './deadline.ts'
import { explainFailure } from './explain-failure.ts'
import { type AddressCheck, createGuardedLookup } from './guarded-lookup.ts'
import { OutboundError } from './outbound-error.ts'
import { createPlaces, type Places } from './places.ts'
import { type OutboundAnswer, type OutboundPost, post } from './post.ts'
import { ACCEPT_ENCODING, receiveBody } from './receive.ts'
import { parseTarget } from './target.ts'

/** A GET. */
interface OutboundRequest {
  readonly headers?: Readonly<Record<string, string>>
  /** For the whole of it: waiting until others have ended, connecting, redirects, and the last byte of the answer. */
  readonly timeoutMs: number
  /** Of the answer's body, as it comes and as it is when it has been decompressed. */
  readonly maxBytes: number
  /** How many redirects to follow; 0, the default, hands the redirect back as the answer. */
  readonly maxRedirects?: number
  readonly signal?: AbortSignal
}

export interface OutboundResponse {
  readonly status: number
  /** By lower-case name; of a header that came several times, its values joined by `, `. */
  readonly headers: Readonly<Record<string, string>>
  /** Decompressed. */
  readonly body: Buffer
  /** Where the answer came from, after redirects. */
  readonly url: string
}

export interface Outbound {
  /**
   * Sends one request over a kept-alive connection. Any status is an answer.
   * Waits where as many are under way as there may be, first come, first served.
   * Throws OutboundError: the policy refuses the address (of any redirect, too), no answer in time, too large.
   */
  fetch(url: string, options: OutboundRequest): Promise<OutboundResponse>
  /**
   * Sends a body. Any status is an answer, also a redirect, which is not followed. Waits for its place as `fetch` does,
   * but for one of its own: neither keeps the other from being sent. Throws OutboundError.
   */
  post(url: string, options: OutboundPost): Promise<OutboundAnswer>
  /** Connects for another protocol. Throws OutboundError where the policy refuses the address; else the socket tells. */
  connect(peer: Peer): Socket
  /** Waits for the requests under way, then closes the connections. */
  close(): Promise<void>
}

/** What the log is needed for; a pino logger is one. */
interface OutboundLog {
  debug(fields: object, message: string): void
}

/**
 * What a connection that does not come about is given up after; by then the request that it was for mostly has been.
 * It is what the system takes for TCP, and holds for TLS, too: without it a host that says nothing would be waited for
 * for ever, once for each of its connections.
 */
const CONNECT_MS = 120_000

interface OutboundOptions {
  readonly policy: AddressPolicy
  /** Requests under way at once, to all hosts together. One that is given up is under way no more. */
  readonly concurrency: number
  /** The same of posts, which are counted by themselves; as many as of the others where it is absent. */
  readonly postConcurrency?: number
  readonly log: OutboundLog
}

/** Throws where one of the policy's networks is no CIDR. Proxies (HTTP_PROXY) are not used. */
export function createOutbound(options: OutboundOptions): Outbound {
  const { policy, concurrency, postConcurrency = concurrency, log } = options
  const check = createAddressCheck(policy)
  const agent = createAgent(check, 20_000)
  // A request that meets its connection's end is no failure of the host: what is idle is given up before most hosts do.
  const postAgent = createAgent(check, 4_000)
  const way: Way = { agent, check, places: createPlaces(concurrency), log }
  const postWay = { agent: postAgent, check, places: createPlaces(postConcurrency) }
  const underWay = new Set<Promise<unknown>>()
  const follow = <T>(work: Promise<T>): Promise<T> => {
    const followed = work.finally(() => underWay.delete(followed))
    underWay.add(followed)
    return followed
  }
  return {
    fetch: (url, request) => follow(exchange(way, url, request)),
    post: (url, request) => follow(post(postWay, url, request)),
    connect: createConnect(check),
    close: async () => {
      await Promise.allSettled(underWay)
      // Not closed: that would wait for connections that nobody waits for any more.
      await Promise.all([agent.destroy(), postAgent.destroy()])
    },
  }
}

function createAgent(check: AddressCheck, keepAliveTimeout: number): Agent {
  return new Agent({
    connect: { lookup: createGuardedLookup(check), autoSelectFamily: true, timeout: CONNECT_MS },
    keepAliveTimeout,
    // One deadline, ours, bounds the whole exchange.
    headersTimeout: 0,
    bodyTimeout: 0,
    // Of one host.
    connections: 64,
  })
}

interface Way {
  readonly agent: Agent
  readonly check: AddressCheck
  readonly places: Places
  readonly log: OutboundLog
}

async function exchange(way: Way, url: string, options: OutboundRequest): Promise<OutboundResponse> {
  const deadline = createDeadline(options.timeoutMs, options.signal)
  let giveBack: (() => void) | undefined
  try {
    const target = parseTarget(url, way.check)
    giveBack = await takePlace(way.places, url, options, deadline)
    // undici hears of an abort only when it is connected.
    return await deadline.within(follow(way, target, options, deadline))
  } catch (error) {
    const failure = toOutboundError(error, url, options, deadline)
    way.log.debug({ url, reason: failure.reason, error }, 'outbound request failed')
    throw failure
  } finally {
    giveBack?.()
    deadline.clear()
  }
}

async function takePlace(places: Places, url: string, { timeoutMs }: OutboundRequest, deadline: Deadline) {
  try {
    return await places.take(deadline.signal)
  } catch (error) {
    if (!deadline.isOver()) throw error
    const others = 'as many others were under way as there may be at once (BOYA_OUTBOUND_CONCURRENCY)'
    throw new OutboundError('busy', `The request to ${url} did not begin within ${timeoutMs} ms: ${others}.`)
  }
}

async function follow(way: Way, first: URL, options: OutboundRequest, deadline: Deadline): Promise<OutboundResponse> {
  let target = first
  for (let redirects = 0; ; redirects++) {
    const response = await send(way.agent, target, options, deadline)
    const location = isRedirect(response.statusCode) ? response.headers.location : undefined
    if (typeof location !== 'string' || (options.maxRedirects ?? 0) === 0) {
      return await receive(response, target, options.maxBytes)
    }
    response.body.on('error', () => undefined).destroy()
    if (redirects >= (options.maxRedirects ?? 0)) {
      throw new OutboundError('redirects', `${first.href} redirects more than ${options.maxRedirects} times.`)
    }
    target = parseTarget(new URL(location, target).href, way.check)
  }
}

function send(
  agent: Agent,
  target: URL,
  options: OutboundRequest,
  deadline: Deadline,
): Promise<Dispatcher.ResponseData> {
  return request(target, {
    dispatcher: agent,
    headers: { 'user-agent': 'boya', 'accept-encoding': ACCEPT_ENCODING, ...options.headers },
    signal: deadline.signal,
  })
}

async function receive(response: Dispatcher.ResponseData, target: URL, maxBytes: number): Promise<OutboundResponse> {
  const body = await receiveBody(response, target.host, maxBytes)
  const headers = Object.fromEntries(
    Object.entries(response.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  )
  return { status: response.statusCode, headers, body, url: target.href }
}

function isRedirect(status: number): boolean {
  return [301, 302, 303, 307, 308].includes(status)
}

function toOutboundError(error: unknown, url: string, options: OutboundRequest, deadline: Deadline): OutboundError {
  if (error instanceof OutboundError) return error
  if (deadline.isOver())
    return new OutboundError('timeout', `No complete answer from ${url} within ${options.timeoutMs} ms.`)
  if (options.signal?.aborted === true)
    return new OutboundError('aborted', `The request to ${url} was given up.`, error)
  return new OutboundError('connection', `${url} could not be reached: ${explainFailure(error)}.`, error)
}
