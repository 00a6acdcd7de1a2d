/** Two brokers that are processes on one SQLite file, behind a client that asks them in turns. */

import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type InstalledBoya, installBoya, type Running } from '../cli/installed-boya.ts'
import { json, type LoopbackServer, startLoopbackServer } from './loopback-server.ts'

/** Within which all brokers know what one has acknowledged. */
const AGREED_MS = 1_000

let boya: InstalledBoya
let server: LoopbackServer
let running: Running[] = []
let urls: string[] = []

const meaning = (iri: string) => json({ '@context': { speed: iri } }, { 'cache-control': 'max-age=3600' })

beforeAll(async () => {
  boya = installBoya()
  server = await startLoopbackServer(meaning('https://old/speed'))
  const settings = { BOYA_PORT: '0', BOYA_LOG_FORMAT: 'json', BOYA_CONTEXT_DEFAULT: `${server.origin}/default` }
  running = [boya.start(['serve'], settings), boya.start(['serve'], settings)]
  const outputs = await Promise.all(running.map(({ until }) => until(/ready on http/)))
  urls = outputs.map((output) => /ready on (http:\S+)/.exec(output)?.[1] ?? '')
  await ask('/entities', {
    ...{ method: 'POST', headers: { 'Content-Type': 'application/ld+json' } },
    body: JSON.stringify({
      ...{ id: 'urn:x:1', type: 'T', 'https://old/speed': { value: 'old' }, 'https://new/speed': { value: 'new' } },
      '@context': {},
    }),
  })
})
afterAll(async () => {
  for (const each of running) each.signal('SIGTERM')
  const ended = await Promise.all(running.map(({ ended }) => ended))
  await server.stop()
  boya.remove()
  expect(ended.map(({ code }) => code)).toEqual([0, 0])
})

let asked = 0

/** Of one broker, the other one than before. */
function ask(path: string, init: RequestInit = {}): Promise<Response> {
  return fetch(`${urls[asked++ % urls.length]}/ngsi-ld/v1${path}`, init)
}

const link = (url: string) => ({
  Link: `<${url}>; rel="http://www.w3.org/ns/json-ld#context"; type="application/ld+json"`,
})

/** What `speed` means under a @context, or by default; undefined where there is no such @context. */
async function speed(context?: string): Promise<unknown> {
  const response = await ask(
    '/entities/urn:x:1?format=simplified',
    context === undefined ? {} : { headers: link(context) },
  )
  const { speed: value } = (await response.json()) as { speed?: unknown }
  return response.ok ? value : undefined
}

/** All brokers within the time, and from then on. */
async function expectAgreed(since: number, context: string, value: unknown): Promise<void> {
  await pause(since + AGREED_MS - performance.now())
  for (let i = 0; i < 6; i++) expect(await speed(context)).toBe(value)
}

async function host(iri: string): Promise<string> {
  const response = await ask('/jsonldContexts', {
    ...{ method: 'POST', headers: { 'Content-Type': 'application/ld+json' } },
    body: JSON.stringify({ '@context': { speed: iri } }),
  })
  expect(response.status).toBe(201)
  return new URL(response.headers.get('location') ?? '', response.url).href
}

async function remove(id: string, query = ''): Promise<number> {
  const response = await ask(`/jsonldContexts/${encodeURIComponent(id)}${query}`, { method: 'DELETE' })
  expect(response.status).toBe(204)
  return performance.now()
}

it('one that is hosted by one is there on the other at once', async () => {
  for (let i = 0; i < 10; i++) {
    const context = await host('https://new/speed')
    expect(await speed(context)).toBe('new')
    expect(await speed(context)).toBe('new')
  }
})

it('one that is deleted on one is gone on the other within a second', async () => {
  const context = await host('https://new/speed')
  for (let i = 0; i < 4; i++) expect(await speed(context)).toBe('new')
  const since = await remove(context.slice(context.lastIndexOf('/') + 1))
  await expectAgreed(since, context, undefined)
})

it('one that is reloaded on one is the new one on the other within a second', async () => {
  const context = `${server.origin}/remote`
  for (let i = 0; i < 4; i++) expect(await speed(context)).toBe('old')
  server.answer(meaning('https://new/speed'))
  await expectAgreed(await remove(context, '?reload=true'), context, 'new')
})

it('the default @context that is reloaded on one is the new one for the first who asks the other a second later', async () => {
  for (let i = 0; i < 4; i++) expect(await speed()).toBe('old')
  server.answer(meaning('https://new/speed'))
  await remove(`${server.origin}/default`, '?reload=true')
  await pause(AGREED_MS)
  for (let i = 0; i < 4; i++) expect(await speed()).toBe('new')
})

it('whichever deletes of many, all are gone on both', async () => {
  const contexts: string[] = []
  for (let i = 0; i < 20; i++) contexts.push(await host('https://new/speed'))
  for (const context of [...contexts, ...contexts]) {
    await speed(context)
    await speed(context)
  }
  const times = await Promise.all(contexts.map((context) => remove(context.slice(context.lastIndexOf('/') + 1))))
  await pause(Math.max(...times) + AGREED_MS - performance.now())
  for (const context of contexts) {
    expect(await speed(context)).toBeUndefined()
    expect(await speed(context)).toBeUndefined()
  }
})
