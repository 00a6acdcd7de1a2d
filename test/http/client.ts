/** What the tests of the HTTP binding share: one broker for a file, the requests that most tests make, problem details. */

import type { Response, Test } from 'supertest'
import { afterAll, beforeAll, expect } from 'vitest'
import type { Clock } from '../../src/ports/clock.ts'
import { API, startTestBroker, type TestBroker } from '../support/broker.ts'

export type Document = Readonly<Record<string, unknown>>
export type Headers = Readonly<Record<string, string>>

/** Paths are relative to `/ngsi-ld/v1` unless they are given to {@link Client.root}. */
export interface Client {
  readonly url: () => string
  readonly root: (method: Method, path: string, headers?: Headers) => Test
  readonly get: (path: string, headers?: Headers) => Test
  readonly delete: (path: string, headers?: Headers) => Test
  readonly post: (path: string, body: unknown, headers?: Headers) => Test
  readonly put: (path: string, body: unknown, headers?: Headers) => Test
  readonly patch: (path: string, body: unknown, headers?: Headers) => Test
  /** Creates entities, which must succeed. */
  readonly create: (...entities: readonly Document[]) => Promise<void>
  /** The entity, which must be there; `query` without `?`. */
  readonly entity: (id: string, query?: string, headers?: Headers) => Promise<Document>
}

type Method = 'get' | 'head' | 'options' | 'post' | 'put' | 'patch' | 'delete'

/** Starts a broker before the tests of the file and closes it after them. */
export function brokerForFile(settings: Record<string, string> = {}, clock?: Clock): Client {
  let broker: TestBroker | undefined
  beforeAll(async () => {
    broker = await startTestBroker(settings, clock)
  })
  afterAll(() => broker?.close())
  return clientOf(() => {
    if (broker === undefined) throw new Error('the broker has not started')
    return broker
  })
}

function clientOf(broker: () => TestBroker): Client {
  const root: Client['root'] = (method, path, headers = {}) => broker().request[method](path).set(headers)
  const send = (method: Method, path: string, body: unknown, headers?: Headers) =>
    root(method, API + path, { 'Content-Type': 'application/json', ...headers }).send(body as object)
  const get: Client['get'] = (path, headers) => root('get', API + path, headers)
  return {
    url: () => broker().url,
    root,
    get,
    delete: (path, headers) => root('delete', API + path, headers),
    post: (path, body, headers) => send('post', path, body, headers),
    put: (path, body, headers) => send('put', path, body, headers),
    patch: (path, body, headers) => send('patch', path, body, headers),
    create: async (...entities) => {
      for (const entity of entities) await send('post', '/entities', entity).expect(201)
    },
    entity: async (id, query = '', headers) => {
      const response = await get(`${pathOf(id)}${query && `?${query}`}`, headers)
      expect(response.status, response.text).toBe(200)
      return response.body
    },
  }
}

export function pathOf(id: string): string {
  return `/entities/${encodeURIComponent(id)}`
}

let ids = 0

/** An id that no other test of the file has. */
export function newId(type = 'Vehicle'): string {
  ids++
  return `urn:ngsi-ld:${type}:${ids}`
}

/** The IRI of a name under the default @context. */
export function iri(name: string): string {
  return `https://uri.etsi.org/ngsi-ld/default-context/${name}`
}

export const LD = { 'Content-Type': 'application/ld+json' }
export const CORE = 'https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context-v1.9.jsonld'

export function problemType(kind: string): string {
  return `https://uri.etsi.org/ngsi-ld/errors/${kind}`
}

/** 5.5.3, 6.3.3 */
export function expectProblem(response: Response, status: number, kind: string, detail?: RegExp): void {
  expect({ status: response.status, body: response.body }).toMatchObject({ status, body: problem(kind) })
  expect(response.headers['content-type']).toMatch(/^application\/json/)
  expect(response.headers.link).toBeUndefined()
  if (detail !== undefined) expect(response.body.detail).toMatch(detail)
}

/** What a ProblemDetails of a kind looks like, for a matcher. */
export function problem(kind: string): Document {
  return { type: problemType(kind), title: expect.stringMatching(/./), detail: expect.stringMatching(/./) }
}

/** For the clock of a test: with milliseconds, so that `toISOString` is how the broker writes it. */
export const START = Date.UTC(2026, 5, 1, 12, 0, 0, 125)
