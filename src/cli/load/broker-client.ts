/** The broker that is loaded into, over HTTP: it may be any that speaks NGSI-LD. */

import { setTimeout as pause } from 'node:timers/promises'
import { CommandError, isUnsent, reasonOf } from '../command-error.ts'

export interface Answer {
  readonly status: number
  /** Parsed JSON; the text where it is none. */
  readonly body: unknown
}

export interface BrokerClient {
  /** Throws CommandError where nothing answers. */
  check(): Promise<void>
  /**
   * Gives the broker an @context to host (5.13.2), unless it hosts the same one already; returns its URL. Throws
   * CommandError where it does not take it.
   */
  hostContext(document: string): Promise<string>
  /**
   * POST entityOperations/{operation}. Repeated where the broker is away or overloaded for a while; a `create` only as
   * long as it cannot have been done, for the second would be refused. Throws CommandError where it stays so.
   */
  postBatch(operation: string, body: string, ld: boolean): Promise<Answer>
  /**
   * POST temporal/entities (5.6.11). Repeated where the broker is away or overloaded for a while: an instance takes the
   * place of that of the same time. Throws CommandError where it stays so.
   */
  postEvolution(body: string, ld: boolean): Promise<Answer>
}

export interface Target {
  readonly url: string
  readonly tenant: string | undefined
  /** URL of the @context of entities that bring none. */
  readonly context?: string
}

/** Milliseconds between attempts: half a minute in all, for a restart of the broker. */
const PAUSES: readonly number[] = [250, 500, 1_000, 2_000, 4_000, 8_000, 16_000]
const REQUEST_MS = 120_000

export function createBrokerClient({ url, tenant, context }: Target): BrokerClient {
  const common = tenant === undefined ? {} : { 'NGSILD-Tenant': headerValue(tenant) }
  const link = context === undefined ? {} : { Link: linkTo(context) }
  const send = (path: string, init: RequestInit) =>
    fetch(`${url}${path}`, { ...init, redirect: 'manual', signal: AbortSignal.timeout(REQUEST_MS) })
  const post = async (path: string, body: string, ld: boolean): Promise<Answer> => {
    const headers = ld
      ? { ...common, 'Content-Type': 'application/ld+json' }
      : { ...common, ...link, 'Content-Type': 'application/json' }
    return readAnswer(await send(path, { method: 'POST', headers, body }))
  }

  return {
    check: async () => {
      const response = await send('/health/live', {}).catch((error) => {
        throw new CommandError(
          `no broker answers at ${url} (${reasonOf(error)}); start one with "boya serve", or name another with --url`,
          error,
        )
      })
      await response.arrayBuffer()
    },
    hostContext: async (document) => {
      const known = await hostedAlready(document, async (path) => readAnswer(await send(path, { headers: common })))
      if (known !== undefined) return known
      const headers = { ...common, 'Content-Type': 'application/json' }
      const response = await send(CONTEXTS, { method: 'POST', headers, body: document })
      const location = response.headers.get('Location')
      const answer = await readAnswer(response)
      if (answer.status === 201 && location !== null) return new URL(location, url).href
      throw new CommandError(`the broker does not take the @context: ${explain(answer)}`)
    },
    postBatch: (operation, body, ld) =>
      patiently(
        url,
        () => post(`/ngsi-ld/v1/entityOperations/${operation}`, body, ld),
        operation === 'create' ? cannotBeDone : () => true,
      ),
    postEvolution: (body, ld) =>
      patiently(
        url,
        () => post('/ngsi-ld/v1/temporal/entities', body, ld),
        () => true,
      ),
  }
}

/** The UTF-8 bytes of a name beyond ASCII: a header is sent byte for byte. */
function headerValue(name: string): string {
  return Buffer.from(name, 'utf8').toString('latin1')
}

const CONTEXTS = '/ngsi-ld/v1/jsonldContexts'

/** Hosted @contexts that are looked at, the newest: a job that runs every minute is to host its @context once. */
const MOST_COMPARED = 100

/** URL of a hosted @context with the same content. Where the broker cannot list its own, there is none. */
async function hostedAlready(document: string, get: (path: string) => Promise<Answer>): Promise<string | undefined> {
  const { status, body } = await get(`${CONTEXTS}?kind=Hosted&details=true`)
  if (status !== 200 || !Array.isArray(body)) return undefined
  const wanted = contextText(parsed(document))
  const newestFirst = body.toSorted((a, b) => String(b.createdAt).localeCompare(String(a.createdAt)))
  for (const { localId, URL: url } of newestFirst.slice(0, MOST_COMPARED)) {
    const hosted = await get(`${CONTEXTS}/${encodeURIComponent(localId)}`)
    if (hosted.status === 200 && contextText(hosted.body) === wanted) return url
  }
  return undefined
}

function contextText(document: unknown): string {
  return JSON.stringify((document as Record<string, unknown> | undefined)?.['@context'])
}

function linkTo(context: string): string {
  return `<${context}>; rel="http://www.w3.org/ns/json-ld#context"; type="application/ld+json"`
}

type Outcome = Answer | CommandError

async function patiently(
  url: string,
  request: () => Promise<Answer>,
  mayRepeat: (outcome: Outcome) => boolean,
): Promise<Answer> {
  for (let attempt = 0; ; attempt++) {
    const outcome = await request().catch((error: unknown) => new CommandError(reasonOf(error), error))
    if (!(outcome instanceof CommandError) && !isBusy(outcome)) return outcome
    const reason = outcome instanceof CommandError ? outcome.message : explain(outcome)
    if (!mayRepeat(outcome)) {
      throw new CommandError(
        `the answer of the broker at ${url} to a batch was lost (${reason}), so it is not known what of it was created; look which entities are there, or load again with --mode upsert, which may be repeated`,
      )
    }
    const wait = PAUSES[attempt]
    if (wait === undefined) {
      throw new CommandError(`the broker at ${url} does not answer any more (${reason})`)
    }
    await pause(wait)
  }
}

/** Whether the broker was never reached, or says itself that it takes nothing now. A gateway's 502 says neither. */
function cannotBeDone(outcome: Outcome): boolean {
  return outcome instanceof CommandError ? isUnsent(outcome.cause) : outcome.status === 429 || outcome.status === 503
}

function isBusy({ status }: Answer): boolean {
  return status === 429 || status === 502 || status === 503
}

async function readAnswer(response: Response): Promise<Answer> {
  return { status: response.status, body: parsed(await response.text()) }
}

/** JSON, or the text where it is none. */
function parsed(text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text)
  } catch {
    return text
  }
}

/** The problem details of an answer in a line. */
export function explain({ status, body }: Answer): string {
  const { title, detail } = typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {}
  const said = [title, detail].filter((part) => typeof part === 'string').join(': ')
  return said === '' ? `status ${status}` : `status ${status}, ${said}`
}
