/** The one way out of the broker: every request to another host passes these checks. */

import { isIP } from 'node:net'
import { Agent, type Dispatcher, errors, request } from 'undici'
import { type AddressPolicy, createAddressCheck } from './address-policy.ts'
import { createDeadline, type Deadline } from './deadline.ts'
import { type AddressCheck, createGuardedLookup, refusedAddress } from './guarded-lookup.ts'
import { OutboundError } from './outbound-error.ts'

export interface OutboundRequest {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
  /** For the whole of it: connecting, redirects, and the last byte of the answer. */
  readonly timeoutMs: number
  /** Of the answer's body. */
  readonly maxBytes: number
  /** How many redirects to follow; 0, the default, hands the redirect back as the answer. */
  readonly maxRedirects?: number
  readonly signal?: AbortSignal
}

export interface OutboundResponse {
  readonly status: number
  /** By lower-case name; of a header that came several times, its values joined by `, `. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
  /** Where the answer came from, after redirects. */
  readonly url: string
}

export interface Outbound {
  /**
   * Sends one request over a kept-alive connection. Any status is an answer.
   * Throws OutboundError: the policy refuses the address (of any redirect, too), no answer in time, too large.
   */
  fetch(url: string, options: OutboundRequest): Promise<OutboundResponse>
  /** Waits for the requests under way, then closes the connections. */
  close(): Promise<void>
}

/** What the log is needed for; a pino logger is one. */
export interface OutboundLog {
  debug(fields: object, message: string): void
}

/** Throws where one of the policy's networks is no CIDR. Proxies (HTTP_PROXY) are not used. */
export function createOutbound({
  policy,
  log,
}: {
  readonly policy: AddressPolicy
  readonly log: OutboundLog
}): Outbound {
  const check = createAddressCheck(policy)
  const agent = new Agent({
    connect: { lookup: createGuardedLookup(check), autoSelectFamily: true },
    keepAliveTimeout: 20_000,
    // One deadline, ours, bounds the whole exchange.
    headersTimeout: 0,
    bodyTimeout: 0,
    connections: 64,
  })
  return {
    fetch: (url, options) => exchange({ agent, check, log }, url, options),
    close: () => agent.close(),
  }
}

interface Way {
  readonly agent: Agent
  readonly check: AddressCheck
  readonly log: OutboundLog
}

async function exchange(way: Way, url: string, options: OutboundRequest): Promise<OutboundResponse> {
  const deadline = createDeadline(options.timeoutMs, options.signal)
  try {
    return await follow(way, url, options, deadline)
  } catch (error) {
    const failure = toOutboundError(error, url, options, deadline)
    way.log.debug({ url, reason: failure.reason, err: error }, 'outbound request failed')
    throw failure
  } finally {
    deadline.clear()
  }
}

async function follow(
  way: Way,
  first: string,
  options: OutboundRequest,
  deadline: Deadline,
): Promise<OutboundResponse> {
  let target = parseTarget(first, way.check)
  let sent = options
  for (let redirects = 0; ; redirects++) {
    const response = await send(way.agent, target, sent, deadline)
    const location = isRedirect(response.statusCode) ? response.headers.location : undefined
    if (typeof location !== 'string' || (options.maxRedirects ?? 0) === 0) {
      return await receive(response, target, options.maxBytes)
    }
    response.body.on('error', () => undefined).destroy()
    if (redirects >= (options.maxRedirects ?? 0)) {
      throw new OutboundError('redirects', `${first} redirects more than ${options.maxRedirects} times.`)
    }
    const next = parseTarget(new URL(location, target).href, way.check)
    sent = afterRedirect(sent, response.statusCode, next.origin === target.origin)
    target = next
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
    method: (options.method ?? 'GET') as Dispatcher.HttpMethod,
    headers: { 'user-agent': 'boya', ...options.headers },
    body: options.body ?? null,
    signal: deadline.signal,
  })
}

async function receive(response: Dispatcher.ResponseData, target: URL, maxBytes: number): Promise<OutboundResponse> {
  const chunks: Buffer[] = []
  let bytes = Number(response.headers['content-length'] ?? 0) > maxBytes ? Number.POSITIVE_INFINITY : 0
  if (bytes <= maxBytes) {
    for await (const chunk of response.body) {
      bytes += chunk.length
      if (bytes > maxBytes) break
      chunks.push(chunk)
    }
  }
  if (bytes > maxBytes) {
    response.body.on('error', () => undefined).destroy()
    throw new OutboundError('tooLarge', `The answer of ${target.host} is larger than ${maxBytes} bytes.`)
  }
  const headers = Object.fromEntries(
    Object.entries(response.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  )
  return { status: response.statusCode, headers, body: Buffer.concat(chunks), url: target.href }
}

function isRedirect(status: number): boolean {
  return [301, 302, 303, 307, 308].includes(status)
}

const OWN_TO_AN_ORIGIN = ['authorization', 'cookie', 'proxy-authorization']
const OF_THE_BODY = ['content-type', 'content-length', 'content-encoding']

/** What a redirect leaves of a request: a 303 is fetched by GET, and another origin is told no secrets. */
function afterRedirect(sent: OutboundRequest, status: number, sameOrigin: boolean): OutboundRequest {
  const becomesGet = status === 303 || ((status === 301 || status === 302) && sent.method === 'POST')
  const dropped = [...(sameOrigin ? [] : OWN_TO_AN_ORIGIN), ...(becomesGet ? OF_THE_BODY : [])]
  const headers = Object.fromEntries(
    Object.entries(sent.headers ?? {}).filter(([name]) => !dropped.includes(name.toLowerCase())),
  )
  if (!becomesGet) return { ...sent, headers }
  const { body: _, ...withoutBody } = sent
  return { ...withoutBody, method: 'GET', headers }
}

function toOutboundError(error: unknown, url: string, options: OutboundRequest, deadline: Deadline): OutboundError {
  if (error instanceof OutboundError) return error
  if (deadline.isOver())
    return new OutboundError('timeout', `No complete answer from ${url} within ${options.timeoutMs} ms.`)
  if (options.signal?.aborted === true)
    return new OutboundError('aborted', `The request to ${url} was given up.`, error)
  return new OutboundError('connection', `${url} could not be reached: ${describe(error)}.`, error)
}

function describe(error: unknown): string {
  if (error instanceof errors.UndiciError) return error.message
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
  switch (code) {
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return 'its name is not known'
    case 'ECONNREFUSED':
      return 'the connection was refused'
    case 'ECONNRESET':
      return 'the connection was reset'
    case 'ERR_INVALID_URL':
      return 'it redirects to what is no URL'
    default:
      return code ?? 'the connection failed'
  }
}
