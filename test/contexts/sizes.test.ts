/** Large @contexts, and many: what they take of memory and of the time of others. */

import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterEach, describe, expect, it } from 'vitest'
import type { Json } from '../../src/core/model/entity.ts'
import { LONG } from '../support/long.ts'
import { json, type LoopbackServer, startLoopbackServer } from './loopback-server.ts'
import { callOf, closesStores, type Opened, openResolver } from './open-resolver.ts'

closesStores()

setFlagsFromString('--expose-gc')
const collectGarbage: () => void = runInNewContext('gc')

const call = callOf()
const MiB = 1024 * 1024
let opened: Opened
let server: LoopbackServer | undefined

afterEach(async () => {
  await opened.close()
  await server?.stop()
  server = undefined
})

function heap(): number {
  collectGarbage()
  return process.memoryUsage().heapUsed
}

/** A @context of many terms, `kib` large, as text takes it. */
function many(kib: number, name = 't'): Record<string, Json> {
  const terms = Math.floor((kib * 1024) / (30 + name.length))
  return Object.fromEntries(Array.from({ length: terms }, (_, i) => [`${name}${i}`, `https://example.org/${i}`]))
}

/** A @context of one term, 0.9 MB large. */
function large(i: number): Record<string, Json> {
  return { a: `https://example.org/${i}/${String.fromCharCode(97 + (i % 26)).repeat(900_000)}` }
}

/** The longest time for which nothing else could run while `work` did. */
async function blockedBy(work: () => Promise<unknown>): Promise<number> {
  let last = performance.now()
  let longest = 0
  let running = true
  const look = (): void => {
    longest = Math.max(longest, performance.now() - last)
    last = performance.now()
    if (running) setImmediate(look)
  }
  setImmediate(look)
  await work()
  await new Promise((resolve) => setImmediate(resolve))
  running = false
  return longest
}

describe('memory', () => {
  /** So many, and less than they take together. */
  const PARTS = LONG ? 3 : 1
  const MOST = 40 * PARTS * MiB

  it('holds no more than so much of large inline @contexts', async () => {
    opened = await openResolver({ maxBytes: MiB })
    await opened.resolver.resolve(call, large(0))
    const before = heap()
    for (let i = 1; i <= 65 * PARTS; i++) await opened.resolver.resolve(call, large(i))
    expect(heap() - before).toBeLessThan(MOST)
  })

  it('holds no more than so much of @contexts with many terms', async () => {
    opened = await openResolver({ maxBytes: MiB })
    await opened.resolver.resolve(call, many(10))
    const before = heap()
    for (let i = 0; i < 20 * PARTS; i++) await opened.resolver.resolve(call, many(200, `n${i}t`))
    expect(heap() - before).toBeLessThan(MOST)
  })

  it('holds no more than so much of downloaded @contexts', async () => {
    server = await startLoopbackServer((request, response) =>
      json({ '@context': large(Number(request.url?.slice(1))) })(request, response),
    )
    opened = await openResolver({ maxBytes: MiB, maxStored: 2 })
    await opened.resolver.resolve(call, `${server.origin}/0`)
    const before = heap()
    for (let i = 1; i <= 65 * PARTS; i++) await opened.resolver.resolve(call, `${server.origin}/${i}`)
    expect(heap() - before).toBeLessThan(MOST)
  })
})

describe('time', () => {
  const LONGEST_MS = 250

  it('is no more for an @context that names another many times', async () => {
    opened = await openResolver({ maxBytes: 256 * 1024 })
    const url = `https://broker.example/ngsi-ld/v1/jsonldContexts/${await opened.resolver.add(call, { '@context': many(200) })}`
    await opened.resolver.resolve(call, [url])
    const repeated = await blockedBy(() => opened.resolver.resolve(call, Array(49).fill(url)))
    expect(repeated).toBeLessThan(LONGEST_MS)
    const between = Array.from({ length: 49 }, () => [url, { b: 'https://b/' }]).flat()
    const refused = await blockedBy(() =>
      expect(opened.resolver.resolve(call, between)).rejects.toMatchObject({
        kind: 'BadRequestData',
        detail: expect.stringContaining('BOYA_CONTEXT_MAX_BYTES'),
      }),
    )
    expect(refused).toBeLessThan(LONGEST_MS)
  })

  it('is no more for an @context that names many others', async () => {
    opened = await openResolver({ maxBytes: 256 * 1024, maxStored: 1_000 })
    const urls: string[] = []
    for (let i = 0; i < 90; i++) {
      const id = await opened.resolver.add(call, { '@context': many(200, `c${i}t`) })
      urls.push(`https://broker.example/ngsi-ld/v1/jsonldContexts/${id}`)
    }
    const begun = performance.now()
    const blocked = await blockedBy(() =>
      expect(opened.resolver.resolve(call, urls)).rejects.toMatchObject({
        detail: expect.stringContaining('BOYA_CONTEXT_MAX_BYTES'),
      }),
    )
    expect(blocked).toBeLessThan(LONGEST_MS)
    expect(performance.now() - begun).toBeLessThan(1_000)
  })
})

it('is the same @context for the same text, and never for another', async () => {
  opened = await openResolver()
  const { key, terms } = await opened.resolver.resolve(call, { a: 'https://a/', b: 'https://b/' })
  expect((await opened.resolver.resolve(call, { b: 'https://b/', a: 'https://a/' })).terms).toBe(terms)
  for (const text of [key, `hash ${key}`, `url ${key}`]) {
    await expect(opened.resolver.resolve(call, text)).rejects.toMatchObject({ kind: 'BadRequestData' })
  }
})

it('has limits that are named', async () => {
  opened = await openResolver({ maxMembers: 3, maxUrlLength: 100, maxDepth: 3 })
  const refused = (context: Json, name: string) =>
    expect(opened.resolver.resolve(call, context)).rejects.toMatchObject({
      kind: 'BadRequestData',
      detail: expect.stringContaining(name),
    })
  await refused([{}, {}, {}, {}], 'BOYA_CONTEXT_MAX_MEMBERS')
  await refused(`https://example.org/${'x'.repeat(100)}`, 'BOYA_MAX_ID_LENGTH')
  await refused([`https://example.org/${'x'.repeat(100)}`], 'BOYA_MAX_ID_LENGTH')
  server = await startLoopbackServer(json({ '@context': { a: { b: { c: { d: {} } } } } }))
  await refused(server.origin, 'BOYA_MAX_JSON_DEPTH')
})
