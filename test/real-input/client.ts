/** What these tests say to a broker: text as it was published, and text of an answer sent back, neither parsed between. */

import { expect } from 'vitest'
import { API, CONTEXT_LINK } from '../support/broker.ts'

export interface Answer {
  readonly status: number
  readonly text: string
  readonly headers: Headers
}

export interface Client {
  /** `link`: URL of the @context. */
  readonly get: (path: string, link?: string, accept?: string) => Promise<Answer>
  readonly send: (
    method: string,
    path: string,
    text: string,
    headers?: Readonly<Record<string, string>>,
  ) => Promise<Answer>
  readonly delete: (path: string) => Promise<Answer>
  /** Hosts an @context (5.13.2) → its URL. */
  readonly host: (context: unknown) => Promise<string>
}

/** Connections are kept, unlike supertest's: the tests ask some ten thousand times. */
export function clientOf(url: string): Client {
  const call = async (path: string, init: RequestInit): Promise<Answer> => {
    const response = await fetch(`${url}${API}${path}`, init)
    return { status: response.status, text: await response.text(), headers: response.headers }
  }
  const send: Client['send'] = (method, path, text, headers = { 'Content-Type': 'application/json' }) =>
    call(path, { method, body: text, headers })
  return {
    get: (path, link, accept = 'application/json') =>
      call(path, { headers: { Accept: accept, ...(link !== undefined && { Link: CONTEXT_LINK(link) }) } }),
    send,
    delete: (path) => call(path, { method: 'DELETE' }),
    host: async (context) => {
      const body = JSON.stringify({ '@context': context })
      const added = await send('POST', '/jsonldContexts', body)
      expect(added.status, added.text).toBe(201)
      return new URL(added.headers.get('Location') ?? '', url).href
    },
  }
}

export function jsonUnder(link: string): Record<string, string> {
  return { 'Content-Type': 'application/json', Link: CONTEXT_LINK(link) }
}

export const LD_JSON = { 'Content-Type': 'application/ld+json' }

export function entityPath(id: string, query = ''): string {
  return `/entities/${encodeURIComponent(id)}${query}`
}
