/** The one way out of the broker: every request to another host passes these checks. */

import { isIP } from 'node:net'
import { Agent, type Dispatcher, request } from 'undici'
import { type AddressPolicy, createAddressCheck } from './address-policy.ts'
import { createDeadline, type Deadline } from './deadline.ts'
import { explainFailure } from './explain-failure.ts'
import { type AddressCheck, createGuardedLookup, refusedAddress } from './guarded-lookup.ts'
import { OutboundError } from './outbound-error.ts'
import { createPlaces, type Places } from './places.ts'
import { ACCEPT_ENCODING, receiveBody } from './receive.ts'

/** A GET: nothing else is sent yet. */
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
  readonly log: OutboundLog
}

/** Throws where one of the policy's networks is no CIDR. Proxies (HTTP_PROXY) are not used. */
export function createOutbound({ policy, concurrency, log }: OutboundOptions): Outbound {
  const check = createAddressCheck(policy)
  const agent = new Agent({
    connect: { lookup: createGuardedLookup(check), autoSelectFamily: true, timeout: CONNECT_MS },
    keepAliveTimeout: 20_000,
    // One deadline, ours, bounds the whole exchange.
    headersTimeout: 0,
    bodyTimeout: 0,
    // Of one host.
    connections: 64,
  })
  const way: Way = { agent, check, places: createPlaces(concurrency), log }
  const underWay = new Set<Promise<OutboundResponse>>()
  return {
    fetch: (url, options) => {
      const answer = exchange(way, url, options).finally(() => underWay.delete(answer))
      underWay.add(answer)
      return answer
    },
    close: async () => {
      await Promise.allSettled(underWay)
      // Not closed: that would wait for connections that nobody waits for any more.
      await agent.destroy()
    },
  }
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

function parseTarget(text: string, check: AddressCheck): URL {
  if (!URL.canParse(text)) throw new OutboundError('refused', `"${text}" is not an absolute URL.`)
  const url = new URL(text)
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    throw new OutboundError(
      'refused',
      `The broker sends requests to http and https URLs only, not to ${url.protocol} ones.`,
    )
  }
  // No name is looked up for a literal address, so it is checked here.
  const host = url.hostname.replace(/^\[|\]$/g, '')
  const forbidden = isIP(host) === 0 ? undefined : check(host)
  if (forbidden !== undefined) throw refusedAddress(url.hostname, forbidden)
  return url
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
