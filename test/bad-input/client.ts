/** Requests as no well-behaved client sends them, what every answer to one must be like, and what is in the store. */

import { Agent, type ClientRequest, request as httpRequest, type IncomingHttpHeaders } from 'node:http'
import { connect } from 'node:net'
import { afterAll, beforeAll, expect, vi } from 'vitest'
import { API, startTestBroker, type TestBroker } from '../support/broker.ts'
import { LONG } from '../support/long.ts'

export interface Sent {
  readonly method?: string
  /** With `/ngsi-ld/v1`. */
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Buffer
}

export interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
}

/** Milliseconds after which an answer counts as a hang. */
const IN_TIME = 10_000

/** More of everything that is random, with BOYA_TEST_LONG. */
export const times = LONG ? 20 : 1

export const JSON_BODY = { 'Content-Type': 'application/json' }
export const LD_BODY = { 'Content-Type': 'application/ld+json' }
vi.setConfig({ testTimeout: 20_000 * times })
const agent = new Agent({ keepAlive: true, maxSockets: 100 })

/** Rejects where there is no answer in time. */
export function send(
  broker: { readonly url: string },
  { method = 'GET', path, headers = {}, body }: Sent,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(broker.url)
    const length = body === undefined ? {} : { 'Content-Length': Buffer.byteLength(body) }
    const late = AbortSignal.timeout(IN_TIME)
    const sent = httpRequest({ hostname, port, method, path, agent, signal: late, headers: { ...length, ...headers } })
    sent.on('error', (error) => reject(new Error(`no answer to ${method} ${path.slice(0, 200)}: ${error.message}`)))
    collect(sent, resolve)
    sent.end(body)
  })
}

function collect(sent: ClientRequest, resolve: (answer: Answer) => void): void {
  sent.on('response', (response) => {
    const chunks: Buffer[] = []
    response.on('data', (chunk: Buffer) => chunks.push(chunk))
    response.on('end', () => {
      const text = Buffer.concat(chunks).toString('utf8')
      resolve({ status: response.statusCode ?? 0, headers: response.headers, text })
    })
  })
}

/**
 * Writes bytes on a connection of its own and hands back all that comes until the broker closes, or `until` has come.
 * Rejects where neither happens in time.
 */
export function sendBytes(
  broker: { readonly url: string },
  parts: readonly (string | Buffer)[],
  until?: RegExp,
): Promise<string> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(broker.url)
    const socket = connect({ host: hostname, port: Number(port) })
    const late = setTimeout(() => end(new Error(`no answer in time; so far: ${received}`)), IN_TIME)
    let received = ''
    const end = (error?: Error): void => {
      clearTimeout(late)
      socket.destroy()
      if (error === undefined) resolve(received)
      else reject(error)
    }
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1')
      if (until?.test(received)) end()
    })
    // A broker that refuses a body closes before all of it is written.
    socket.on('error', () => end())
    socket.on('close', () => end())
    for (const part of parts) socket.write(part)
  })
}

/** Writes bytes on a connection of its own and leaves it open, once they are on their way, until it is told to break it. */
export function begin(broker: { readonly url: string }, bytes: string | Buffer): Promise<() => void> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(broker.url)
    const socket = connect({ host: hostname, port: Number(port) })
    socket.on('error', reject)
    socket.write(bytes, () => resolve(() => socket.destroy()))
  })
}

/** Answered, not by a fault of the broker's; and where it refuses, it says what was wrong. */
export function expectAnswered({ status, text }: Answer, what = ''): void {
  const shown = `${what.slice(0, 500)} → ${status} ${text.slice(0, 500)}`
  if (status === 504) expect(text, shown).toContain('LdContextNotAvailable')
  else expect(status, shown).toBeLessThan(500)
  if (status === 411 || status === 415) expect(text, shown).toBe('')
  else if (status === 406) expect(JSON.parse(text), shown).toContain('application/json')
  else if (status >= 400) expectExplained(text, status, shown)
}

const LEAKS = /undefined|\[object|is not a function|Cannot read|\.ts:\d|node_modules|SQLITE|RangeError|TypeError/

/** A ProblemDetails whose detail a person can act on. */
export function expectExplained(text: string, status: number, shown = text): void {
  const details = JSON.parse(text) as Record<string, unknown>
  expect(details, shown).toMatchObject({ type: expect.any(String), title: expect.any(String), status })
  const detail = String(details.detail)
  expect(detail.length, shown).toBeGreaterThan(20)
  expect(detail.length, shown).toBeLessThan(4_000)
  expect(detail.replaceAll(/"[^"]*"/g, ''), shown).not.toMatch(LEAKS)
}

/** All that is stored in a Tenant, as it is shown. */
export async function stored(broker: { readonly url: string }, tenant = ''): Promise<string> {
  const headers = tenant === '' ? {} : { 'NGSILD-Tenant': tenant }
  const path = `${API}/entities?local=true&limit=1000&options=sysAttrs&count=true`
  const { status, text } = await send(broker, { path, headers })
  expect(status, text).toBe(200)
  return text
}

export function entityPath(id: string): string {
  return `${API}/entities/${encodeURIComponent(id)}`
}

/** The entity as it is shown, undefined where there is none. */
export async function entityIn(
  broker: { readonly url: string },
  id: string,
): Promise<Record<string, unknown> | undefined> {
  const { status, text } = await send(broker, { path: entityPath(id) })
  if (status === 404) return undefined
  expect(status, text).toBe(200)
  return JSON.parse(text)
}

/** A request that has to be answered, and whose refusal leaves the store as it was. */
export async function expectAllOrNothing(broker: { readonly url: string }, sent: Sent): Promise<Answer> {
  const before = await stored(broker)
  const answer = await send(broker, sent)
  expectAnswered(answer, `${sent.method ?? 'GET'} ${sent.path} ${sent.body ?? ''}`)
  if (answer.status >= 400) expect(await stored(broker), `${sent.method} ${sent.body}`).toBe(before)
  return answer
}

let made = 0

/** The broker takes, shows and deletes an entity as ever. */
export async function expectHealthy(broker: { readonly url: string }): Promise<void> {
  const id = `urn:ngsi-ld:Healthy:${made++}`
  const body = JSON.stringify({ id, type: 'Healthy', size: { type: 'Property', value: 1 } })
  const created = await send(broker, { method: 'POST', path: `${API}/entities`, headers: JSON_BODY, body })
  expect(created.status, created.text).toBe(201)
  expect(await entityIn(broker, id)).toEqual({ id, type: 'Healthy', size: { type: 'Property', value: 1 } })
  expect((await send(broker, { method: 'DELETE', path: entityPath(id) })).status).toBe(204)
}

/** One broker for the tests of a file; after them it must still be well. */
export function brokerOfFile(settings: Record<string, string> = {}): { readonly url: string } {
  let broker: TestBroker | undefined
  beforeAll(async () => {
    broker = await startTestBroker(settings)
  })
  afterAll(async () => {
    if (broker !== undefined) await expectHealthy(broker)
    await broker?.close()
  })
  return {
    get url() {
      if (broker === undefined) throw new Error('the broker has not started')
      return broker.url
    },
  }
}
