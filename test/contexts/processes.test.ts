/** Processes of one broker on the same files: what one has done to a @context is so in all of them at once. */

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Store } from '../../src/ports/store.ts'
import { openSqliteStore } from '../../src/stores/sqlite/open.ts'
import { json, type LoopbackServer, startLoopbackServer } from './loopback-server.ts'
import { callOf, closesStores, type Opened, openResolver, silent } from './open-resolver.ts'

closesStores()

const call = callOf()
const PRELOADED = 'https://city.example/context.jsonld'

let directory: string
let server: LoopbackServer
let stores: Store[]
let first: Opened
let second: Opened

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'boya-contexts-'))
  await writeFile(join(directory, 'contexts.tsv'), `${PRELOADED}\tcontext.jsonld\n`)
  await preload('https://old/')
  server = await startLoopbackServer(json({ '@context': { a: 'https://old/' } }, { 'cache-control': 'max-age=60' }))
  const limits = { tenantLength: 64, tenants: 10, entityBytes: 1_000_000, pageBytes: 10_000_000 }
  const options = { ...limits, directory, synchronous: 'normal', clock: Date, log: silent, shared: true } as const
  stores = [await openSqliteStore(options), await openSqliteStore(options)]
  const [one, other] = stores.map((store) => openResolver({ store, preload: directory }))
  if (one === undefined || other === undefined) throw new Error('there are two stores')
  first = await one
  second = await other
})
afterEach(async () => {
  await Promise.all([first.close(), second.close()])
  await Promise.all(stores.map((store) => store.close()))
  await server.stop()
  await rm(directory, { recursive: true })
})

function preload(iri: string): Promise<void> {
  return writeFile(join(directory, 'context.jsonld'), JSON.stringify({ '@context': { a: iri } }))
}

const meaning = async ({ resolver }: Opened, url: string): Promise<string> =>
  (await resolver.resolve(call, url)).terms.expand('a')

it('one that is hosted is used by all, and deleted, by none', async () => {
  const localId = await first.resolver.add(call, { '@context': { a: 'https://a/' } })
  const url = `https://broker.example/ngsi-ld/v1/jsonldContexts/${localId}`
  for (const opened of [second, first]) expect(await meaning(opened, url)).toBe('https://a/')
  await first.resolver.remove(call, localId, false)
  const uses = Array.from({ length: 3 }, () => meaning(second, url))
  for (const use of await Promise.allSettled(uses)) expect(use.status).toBe('rejected')
})

it('one that is downloaded again is the new one in all', async () => {
  const url = `${server.origin}/x`
  for (const opened of [first, second]) expect(await meaning(opened, url)).toBe('https://old/')
  server.answer(json({ '@context': { a: 'https://new/' } }))
  await first.resolver.remove(call, url, true)
  const meanings = [first, second, second].map((opened) => meaning(opened, url))
  expect(await Promise.all(meanings)).toEqual(Array(3).fill('https://new/'))
})

it('a file that is read again is read again by all, and by none before', async () => {
  for (const opened of [first, second]) expect(await meaning(opened, PRELOADED)).toBe('https://old/')
  await preload('https://new/')
  const localId = await second.resolver.add(call, { '@context': { a: 'https://a/' } })
  await second.resolver.remove(call, localId, false)
  for (const opened of [first, second]) expect(await meaning(opened, PRELOADED)).toBe('https://old/')
  await first.resolver.remove(call, PRELOADED, true)
  for (const opened of [first, second]) expect(await meaning(opened, PRELOADED)).toBe('https://new/')
  await second.resolver.remove(call, PRELOADED, true)
  for (const opened of [first, second]) expect(await meaning(opened, PRELOADED)).toBe('https://new/')
})

it('a file that cannot be read again elsewhere leaves the others with what they have', async () => {
  await first.resolver.remove(call, PRELOADED, true)
  await writeFile(join(directory, 'context.jsonld'), 'damaged')
  expect(await meaning(second, PRELOADED)).toBe('https://old/')
  await expect(first.resolver.remove(call, PRELOADED, true)).rejects.toMatchObject({ kind: 'LdContextNotAvailable' })
  for (const opened of [first, second]) expect(await meaning(opened, PRELOADED)).toBe('https://old/')
})
