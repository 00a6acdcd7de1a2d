/** 5.5.5: the default @context of requests that bring none. */

import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Log } from '../../src/ports/call.ts'
import { json, type LoopbackServer, startLoopbackServer } from './loopback-server.ts'
import { callOf, type Opened, openResolver, silent } from './open-resolver.ts'

const call = callOf()
const document = (iri: string) => ({ '@context': { speed: iri } })
let server: LoopbackServer
let opened: Opened
let warnings: string[]
let url: string

beforeEach(async () => {
  server = await startLoopbackServer(json(document('https://a/'), { 'cache-control': 'max-age=60' }))
  url = `${server.origin}/default.jsonld`
  warnings = []
  const log: Log = { ...silent, warn: (_: unknown, message?: string) => void warnings.push(message ?? '') }
  opened = await openResolver({ default: url, log })
})
afterEach(async () => {
  await opened.close()
  await server.stop()
})

async function speed(): Promise<string> {
  opened.resolver.fallback.terms.expand('speed')
  await new Promise((resolve) => setTimeout(resolve, 20))
  return opened.resolver.fallback.terms.expand('speed')
}

it('is looked at again when its time is over', async () => {
  server.answer(json(document('https://b/'), { 'cache-control': 'max-age=60' }))
  for (let i = 0; i < 10; i++) expect(await speed()).toBe('https://a/')
  expect(server.requests).toHaveLength(1)
  opened.pass(61_000)
  await speed()
  await expect.poll(speed).toBe('https://b/')
  expect(server.requests).toHaveLength(2)
})

it('changes at once when it is reloaded, here or by another broker', async () => {
  server.answer(json(document('https://b/'), { 'cache-control': 'max-age=60' }))
  await opened.resolver.remove(call, url, true)
  await expect.poll(speed).toBe('https://b/')
  const other = await openResolver({ store: opened.store })
  server.answer(json(document('https://c/'), { 'cache-control': 'max-age=60' }))
  await other.resolver.remove(call, url, true)
  opened.pass(600)
  await expect.poll(speed).toBe('https://c/')
  await other.close()
})

it('goes on while it cannot be had, without many attempts and with a warning a minute', async () => {
  server.answer((_, response) => response.writeHead(500).end())
  await opened.resolver.remove(call, url, false)
  for (let i = 0; i < 30; i++) {
    for (let each = 0; each < 10; each++) expect(opened.resolver.fallback.terms.expand('speed')).toBe('https://a/')
    await new Promise((resolve) => setTimeout(resolve, 10))
    opened.pass(1_000)
  }
  expect(warnings).toHaveLength(1)
  expect(server.requests.length).toBeLessThan(10)
  opened.pass(61_000)
  expect(await speed()).toBe('https://a/')
  expect(warnings).toHaveLength(2)
  server.answer(json(document('https://b/')))
  opened.pass(10_000)
  await expect.poll(speed).toBe('https://b/')
})

it('counts as used', async () => {
  for (let i = 0; i < 10; i++) expect(opened.resolver.fallback.url).toBe(url)
  expect((await opened.resolver.describe(call, url)).numberOfHits).toBeGreaterThanOrEqual(10)
})
