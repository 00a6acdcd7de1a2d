/** 5.5.5: the default @context of requests that bring none. */

import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Log } from '../../src/ports/call.ts'
import { json, type LoopbackServer, startLoopbackServer } from './loopback-server.ts'
import {
  callOf,
  closesStores,
  type Opened,
  type OpenOptions,
  openResolver,
  openStore,
  silent,
} from './open-resolver.ts'

closesStores()

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

/** Answers at once; what it sets going is seen later. */
function speed(): string {
  return opened.resolver.fallback.terms.expand('speed')
}

const eventually = <T>(look: () => T) => expect.poll(look, { timeout: 10_000, interval: 10 })

/** Gives what should not happen the time to. */
async function pause(): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 10))
}

it('is looked at again when its time is over', async () => {
  server.answer(json(document('https://b/'), { 'cache-control': 'max-age=60' }))
  for (let i = 0; i < 10; i++) {
    expect(speed()).toBe('https://a/')
    await pause()
  }
  expect(server.requests).toHaveLength(1)
  opened.pass(61_000)
  await eventually(speed).toBe('https://b/')
  expect(server.requests).toHaveLength(2)
})

it('changes at once when it is reloaded, here or by another broker', async () => {
  server.answer(json(document('https://b/'), { 'cache-control': 'max-age=60' }))
  await opened.resolver.remove(call, url, true)
  await eventually(speed).toBe('https://b/')
  const other = await openResolver({ store: opened.store })
  server.answer(json(document('https://c/'), { 'cache-control': 'max-age=60' }))
  await other.resolver.remove(call, url, true)
  await eventually(speed).toBe('https://c/')
  await other.close()
})

it('goes on while it cannot be had, without many attempts and with a warning a minute', async () => {
  server.answer((_, response) => response.writeHead(500).end())
  // Here it could not be deleted; another broker does not know that this one needs it.
  const other = await openResolver({ store: opened.store })
  await other.resolver.remove(call, url, false)
  await other.close()
  for (let i = 0; i < 30; i++) {
    for (let each = 0; each < 10; each++) expect(speed()).toBe('https://a/')
    await pause()
    opened.pass(1_000)
  }
  const warned = () => {
    speed()
    return warnings.length
  }
  await eventually(warned).toBe(1)
  expect(server.requests.length).toBeLessThan(10)
  opened.pass(61_000)
  expect(speed()).toBe('https://a/')
  await eventually(warned).toBe(2)
  server.answer(json(document('https://b/')))
  opened.pass(10_000)
  await eventually(speed).toBe('https://b/')
})

it('counts as used', async () => {
  for (let i = 0; i < 10; i++) expect(opened.resolver.fallback.url).toBe(url)
  expect((await opened.resolver.describe(call, url)).numberOfHits).toBeGreaterThanOrEqual(10)
})

describe('5.13.5: what the next start needs', () => {
  const refused = { kind: 'BadRequestData', detail: expect.stringContaining('BOYA_CONTEXT_DEFAULT') }
  const part = () => `${server.origin}/part.jsonld`
  const urlOf = (localId: string) => `https://broker.example/ngsi-ld/v1/jsonldContexts/${localId}`

  async function restart(options: OpenOptions): Promise<void> {
    await opened.close()
    opened = await openResolver({ store: opened.store, ...options })
  }

  it('a downloaded one is not deleted, by either name; it can be reloaded', async () => {
    const { localId } = await opened.resolver.describe(call, url)
    for (const id of [url, localId])
      await expect(opened.resolver.remove(call, id, false)).rejects.toMatchObject(refused)
    await opened.resolver.remove(call, url, true)
    expect(server.requests).toHaveLength(2)
    await server.stop()
    await restart({ default: url })
    expect(opened.resolver.fallback.url).toBe(url)
  })

  it('a hosted one is not deleted, nor what it refers to; others are, and it is under another default', async () => {
    const id = await opened.resolver.add(call, { '@context': [part()] })
    const other = await opened.resolver.add(call, { '@context': {} })
    await restart({ default: urlOf(id) })
    for (const each of [id, part()]) {
      await expect(opened.resolver.remove(call, each, false)).rejects.toMatchObject(refused)
    }
    await opened.resolver.remove(call, other, false)
    await opened.resolver.remove(call, url, false)
    await server.stop()
    await restart({ default: urlOf(id) })
    await restart({ default: undefined })
    for (const each of [id, part()]) await opened.resolver.remove(call, each, false)
  })

  it('it is not evicted, however long ago it was used', async () => {
    const id = await opened.resolver.add(call, { '@context': [part()] })
    await restart({ default: urlOf(id), maxStored: 2 })
    for (let i = 0; i < 5; i++) {
      opened.pass(1_000)
      await opened.resolver.resolve(call, `${server.origin}/${i}`)
    }
    const cached = (await opened.resolver.list(call, 'Cached')).map(({ URL }) => URL)
    expect(cached).toContain(part())
    expect(cached.filter((each) => each.startsWith(server.origin))).toHaveLength(2)
  })

  it('not even while it is first had', async () => {
    server.answer((request, response) =>
      json({ '@context': request.url === '/part.jsonld' ? { speed: 'https://p/' } : [part()] })(request, response),
    )
    const store = await openStore()
    const fresh = await openResolver({ store, default: url, maxStored: 1 })
    expect((await fresh.resolver.list(call, 'Cached')).map(({ URL }) => URL)).toEqual(
      expect.arrayContaining([url, part()]),
    )
    await fresh.close()
  })
})
