/** Several brokers on one store: none undoes or misses what another one does. */

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Store } from '../../src/ports/store.ts'
import { json, type LoopbackServer, startLoopbackServer } from './loopback-server.ts'
import { callOf, closesStores, type Opened, openResolver, openStore, silent } from './open-resolver.ts'

closesStores()

const call = callOf()
const urlOf = (localId: string) => `https://broker.example/ngsi-ld/v1/jsonldContexts/${localId}`

let server: LoopbackServer
let lists = 0
let store: Store
let first: Opened
let second: Opened

beforeEach(async () => {
  server = await startLoopbackServer(json({ '@context': { a: 'https://a/' } }, { 'cache-control': 'max-age=60' }))
  const kept = await openStore()
  const list: typeof kept.documents.list = (...given) => {
    lists++
    return kept.documents.list(...given)
  }
  store = { ...kept, documents: { ...kept.documents, list } }
  first = await openResolver({ store })
  second = await openResolver({ store })
  lists = 0
})
afterEach(async () => {
  await Promise.all([first.close(), second.close()])
  await server.stop()
})

/** Within a second; and it stays so. */
async function gone(opened: Opened, url: string): Promise<void> {
  const isThere = () =>
    opened.resolver.resolve(call, url).then(
      () => true,
      () => false,
    )
  await expect.poll(isThere, { interval: 5, timeout: 1_000 }).toBe(false)
  expect(await isThere()).toBe(false)
}

async function host(term: string): Promise<string> {
  return urlOf(await first.resolver.add(call, { '@context': { [term]: `https://${term}/` } }))
}

it('all uses are counted', async () => {
  const url = await host('a')
  for (let i = 0; i < 30; i++) await first.resolver.resolve(call, url)
  for (let i = 0; i < 40; i++) await second.resolver.resolve(call, url)
  await Promise.all([first.resolver.close(), second.resolver.close()])
  const id = url.slice(url.lastIndexOf('/') + 1)
  const third = await openResolver({ store })
  expect(await third.resolver.describe(call, id)).toMatchObject({ numberOfHits: 70 })
  await third.close()
})

it('of two that are deleted at the same moment on two brokers, both are gone on both', async () => {
  const urls = [await host('a'), await host('b')]
  const [a = '', b = ''] = urls.map((url) => url.slice(url.lastIndexOf('/') + 1))
  for (const { resolver } of [first, second]) for (const url of urls) await resolver.resolve(call, url)
  await Promise.all([first.resolver.remove(call, a, false), second.resolver.remove(call, b, false)])
  for (const opened of [first, second]) {
    for (const url of urls) await gone(opened, url)
  }
})

it('a refresh does not bring back what was deleted meanwhile elsewhere', async () => {
  const url = `${server.origin}/x`
  await first.resolver.resolve(call, url)
  await second.resolver.resolve(call, url)
  let release = (): void => undefined
  server.answer((request, response) => {
    release = () => json({ '@context': { a: 'https://other/' } })(request, response)
  })
  first.pass(61_000)
  const refreshing = first.resolver.resolve(call, url)
  await expect.poll(() => server.requests.length).toBe(2)
  await second.resolver.remove(call, url, false)
  release()
  await refreshing
  const cached = (await second.resolver.list(call, 'Cached')).map(({ URL }) => URL)
  expect(cached).not.toContain(url)
})

it('nothing is listed to add or to download one', async () => {
  for (let i = 0; i < 20; i++) await host(`t${i}`)
  for (let i = 0; i < 20; i++) await first.resolver.resolve(call, `${server.origin}/${i}`)
  expect(lists).toBe(0)
})

it('one that is new costs the others nothing that they have compiled', async () => {
  const url = await host('a')
  const before = await second.resolver.resolve(call, url)
  await host('b')
  await first.resolver.resolve(call, `${server.origin}/new`)
  await new Promise((soon) => setTimeout(soon, 100))
  expect((await second.resolver.resolve(call, url)).terms).toBe(before.terms)
})

it('what is deleted is gone elsewhere, also where the clock has been set back', async () => {
  const url = await host('a')
  await second.resolver.resolve(call, url)
  second.pass(-3_600_000)
  await second.resolver.resolve(call, url)
  await first.resolver.remove(call, url.slice(url.lastIndexOf('/') + 1), false)
  await gone(second, url)
})

it('what is deleted while it is read elsewhere does not stay there', async () => {
  const url = `${server.origin}/x`
  await first.resolver.resolve(call, url)
  let release = (): void => undefined
  const halted = new Promise<void>((halt) => {
    const get: Store['documents']['get'] = async (caller, kind, id) => {
      const found = await store.documents.get(caller, kind, id)
      if (kind === 'cachedContextContent') {
        await new Promise<void>((go) => {
          release = go
          halt()
        })
      }
      return found
    }
    openResolver({ store: { ...store, documents: { ...store.documents, get } } }).then((opened) => {
      third = opened
      return third.resolver.resolve(call, url)
    })
  })
  let third: Opened | undefined
  await halted
  server.answer((_, response) => response.writeHead(404).end())
  await first.resolver.remove(call, url, false)
  await expect
    .poll(() =>
      second.resolver.resolve(call, url).then(
        () => 'there',
        () => 'gone',
      ),
    )
    .toBe('gone')
  // Neither who asks now nor who asks later gets what was begun before.
  await expect(third?.resolver.resolve(call, [url])).rejects.toThrow()
  release()
  if (third !== undefined) await gone(third, url)
  await third?.close()
})

it('one that is reloaded while another is deleted is the new one', async () => {
  const [x, y] = [`${server.origin}/x`, `${server.origin}/y`]
  let release: (() => void) | undefined
  const change: typeof store.documents.change = async (caller, kind, ...given) => {
    const result = await store.documents.change(caller, kind, ...given)
    if (kind === 'cachedContext') {
      await new Promise<void>((go) => {
        release = go
      })
    }
    return result
  }
  const third = await openResolver({ store: { ...store, documents: { ...store.documents, change } } })
  for (const url of [x, y]) await third.resolver.resolve(call, url)
  server.answer(json({ '@context': { a: 'https://other/' } }))
  const reloading = third.resolver.remove(call, x, true)
  await expect.poll(() => release).toBeDefined()
  await third.resolver.remove(call, y, false)
  release?.()
  await reloading
  expect((await third.resolver.resolve(call, x)).terms.expand('a')).toBe('https://other/')
  await third.close()
})

it('what is deleted while this process stands still is gone for the first who asks then, and others ask nothing', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'boya-contexts-'))
  const [mine, theirs] = [await openStore({ directory }), await openStore({ directory })]
  let looks = 0
  const list: typeof mine.documents.list = (...given) => {
    looks++
    return mine.documents.list(...given)
  }
  const one = await openResolver({ store: { ...mine, documents: { ...mine.documents, list } } })
  const other = await openResolver({ store: theirs })
  const url = urlOf(await one.resolver.add(call, { '@context': { a: 'https://a/' } }))
  for (const { resolver } of [one, other]) await resolver.resolve(call, url)
  await new Promise((soon) => setTimeout(soon, 1_200))
  looks = 0
  for (let i = 0; i < 100; i++) await one.resolver.resolve(call, url)
  expect(looks).toBe(0)
  await other.resolver.remove(call, url.slice(url.lastIndexOf('/') + 1), false)
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1_100)
  await expect(one.resolver.resolve(call, url)).rejects.toThrow()
  await Promise.all([one.close(), other.close()])
  await rm(directory, { recursive: true })
})

it('nothing is used that cannot be looked at, and it is looked at again when it can be', async () => {
  let isDown = false
  const warnings: string[] = []
  const list: typeof store.documents.list = async (...given) => {
    if (isDown) throw new Error('no answer')
    return await store.documents.list(...given)
  }
  const log = { ...silent, warn: (_: object, message: string) => void warnings.push(message) }
  const third = await openResolver({ store: { ...store, documents: { ...store.documents, list } }, log })
  const url = await host('a')
  await third.resolver.resolve(call, url)
  isDown = true
  await first.resolver.remove(call, url.slice(url.lastIndexOf('/') + 1), false)
  await new Promise((soon) => setTimeout(soon, 1_000))
  await expect(third.resolver.resolve(call, url)).rejects.toThrow('no answer')
  expect(warnings).toEqual(['what other instances have changed of @contexts cannot be read; tried again before use'])
  isDown = false
  await expect(third.resolver.resolve(call, url)).rejects.toThrow('hosts no such @context')
  await third.close()
})

it('a default @context that is reloaded is there for the first who asks for it later', async () => {
  const url = `${server.origin}/default`
  const options = { store, default: url }
  const [one, other] = [await openResolver(options), await openResolver(options)]
  server.answer(json({ '@context': { a: 'https://other/' } }))
  await one.resolver.remove(call, url, true)
  await new Promise((soon) => setTimeout(soon, 1_000))
  expect(other.resolver.fallback.terms.expand('a')).toBe('https://other/')
  await Promise.all([one.close(), other.close()])
})

it('a file that is read again here is read again elsewhere, and no other is', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'boya-preload-'))
  const write = (name: string, iri: string) => writeFile(join(folder, name), JSON.stringify({ '@context': { a: iri } }))
  const urls = ['x', 'y'].map((name) => `https://files.example/${name}`)
  await writeFile(join(folder, 'contexts.tsv'), urls.map((url) => `${url}\t${url.slice(-1)}.jsonld\n`).join(''))
  for (const name of ['x', 'y']) await write(`${name}.jsonld`, 'https://a/')
  const options = { store, preload: folder }
  const [one, other] = [await openResolver(options), await openResolver(options)]
  const meanings = async () =>
    await Promise.all(urls.map(async (url) => (await other.resolver.resolve(call, url)).terms.expand('a')))
  expect(await meanings()).toEqual(['https://a/', 'https://a/'])
  for (const name of ['x', 'y']) await write(`${name}.jsonld`, 'https://b/')
  await one.resolver.remove(call, urls[0] ?? '', true)
  await expect.poll(meanings, { interval: 5, timeout: 1_000 }).toEqual(['https://b/', 'https://a/'])
  await Promise.all([one.close(), other.close()])
  await rm(folder, { recursive: true })
})
