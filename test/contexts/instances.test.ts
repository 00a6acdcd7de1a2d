/** Several brokers on one store: none undoes or misses what another one does. */

import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Store } from '../../src/ports/store.ts'
import { json, type LoopbackServer, startLoopbackServer } from './loopback-server.ts'
import { callOf, type Opened, openResolver, openStore } from './open-resolver.ts'

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
    opened.pass(600)
    for (const url of urls) await expect(opened.resolver.resolve(call, url)).rejects.toThrow()
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
  second.pass(600)
  expect((await second.resolver.resolve(call, url)).terms).toBe(before.terms)
})
