/** What a store holds comes back whole: store → another → a third, and what is exported is the same each time. */

import { join, resolve } from 'node:path'
import fc from 'fast-check'
import supertest from 'supertest'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startBroker } from '../../src/broker.ts'
import { runLoad } from '../../src/cli/load/run-load.ts'
import type { Config } from '../../src/config/config.ts'
import { AGGREGATION_METHODS } from '../../src/core/history/methods.ts'
import type { InstanceSelection } from '../../src/core/history/selection.ts'
import { ExactNumber } from '../../src/core/model/exact-number.ts'
import { replaceRetention } from '../../src/operations/history-retention.ts'
import type { Store } from '../../src/ports/store.ts'
import { json, type LoopbackServer, startLoopbackServer } from '../contexts/loopback-server.ts'
import { at, become, callIn, entity, NOW, property, put } from '../contract/contract-store.ts'
import { entityArb } from '../support/arbitraries.ts'
import { API, CONTEXT_LINK } from '../support/broker.ts'
import { quietLog } from '../support/log.ts'
import { casesOf, LONG } from '../support/long.ts'
import { exported, imported, type Kind, newStore, putIn, withStore } from './transfer-stores.ts'

const santander = resolve(import.meta.dirname, '../../examples/santander')
const LAST = Date.UTC(2030, 0, 1)

/** Names of Tenants with any characters that they can have. */
const tenantName = fc.oneof(
  fc.constantFrom('city', 'City', 'a/b c', '../up', 'ünï', '名前', '%41', '"', '-', '😀'),
  fc.string({ minLength: 1, maxLength: 8, unit: 'grapheme' }).filter((name) => !/\p{Cc}|\p{Cs}/u.test(name)),
)

/** Every time of an entity and of what is in it another one. */
function withTimes<T>(value: T, next: () => number): T {
  const walk = (each: unknown, key: string): unknown => {
    if (Array.isArray(each)) return each.map((item) => walk(item, ''))
    if (typeof each !== 'object' || each === null || key === 'value') return each
    const members = Object.entries(each).map(([name, inner]) => [name, walk(inner, name)])
    const times = 'createdAt' in each ? timesOf(next()) : {}
    return { ...Object.fromEntries(members), ...times }
  }
  return walk(value, '') as T
}

function timesOf(createdAt: number) {
  return { createdAt, modifiedAt: createdAt + (createdAt % 3) }
}

const worldArb = fc
  .record({
    tenants: fc.uniqueArray(tenantName, { minLength: 1, maxLength: 3 }),
    entities: fc.array(entityArb, { maxLength: 12 }),
    times: fc.array(fc.integer({ min: 0, max: LAST }), { minLength: 3, maxLength: 20 }),
  })
  .map(({ tenants, entities, times }) => {
    let given = 0
    const next = () => times[given++ % times.length] ?? 0
    return { tenants, entities: entities.map((each, i) => withTimes({ ...each, id: `urn:x:${i}` }, next)) }
  })

type World = typeof worldArb extends fc.Arbitrary<infer Generated> ? Generated : never

/** A store with a world of generated entities in it, some of each Tenant. */
async function settle(config: Config, { tenants, entities }: World): Promise<void> {
  const all = ['', ...tenants]
  for (const [i, tenant] of all.entries())
    await putIn(config, tenant, ...entities.filter((_, n) => n % all.length === i))
}

/** Export, import into a new store of another kind, export, and back into one of the first. */
async function roundTrip(from: Kind, to: Kind, first: Config): Promise<string> {
  const text = await exported(first)
  const second = newStore({}, to.next())
  expect(await imported(second, text)).toMatchObject({ refused: 0, stoppedBy: undefined })
  expect(await exported(second)).toBe(text)
  const third = newStore({}, from.next())
  expect(await imported(third, await exported(second))).toMatchObject({ refused: 0, stoppedBy: undefined })
  expect(await exported(third)).toBe(text)
  return text
}

/** Tests from stores of one kind to those of another, and back. */
export function roundTripTests(from: Kind, to: Kind): void {
  let host: LoopbackServer
  beforeAll(async () => {
    host = await startLoopbackServer(json({ '@context': { speed: 'https://example.org/speed' } }))
  })
  afterAll(() => host.stop())

  describe(`${from.name} → ${to.name} → and back`, () => {
    it('keeps worlds of entities as they were generated', async () => {
      await fc.assert(
        fc.asyncProperty(worldArb, async (world) => {
          const first = newStore({}, from.next())
          await settle(first, world)
          const text = await roundTrip(from, to, first)
          expect(text.match(/^\{"entity":/gm) ?? []).toHaveLength(world.entities.length)
        }),
        { numRuns: LONG ? 200 : casesOf(10) },
      )
    }, 600_000)

    it('keeps what a broker made: @contexts of every kind, tenants, order of creation, system times, digits', async () => {
      const first = newStore({}, from.next())
      await serve(first, (url) => fillLikeACity(url, `${host.origin}/cached.jsonld`))
      const shown = await serve(first, showAll)
      const text = await roundTrip(from, to, first)
      for (const kind of ['Hosted', 'ImplicitlyCreated', 'Cached']) expect(text).toContain(`"kind":"${kind}"`)
      expect(text).toContain('12345678901234567890.123456789')
      expect(text.match(/^\{"subscription":/gm)).toHaveLength(2)
      const second = newStore({}, to.next())
      await imported(second, text)
      expect(await serve(second, showAll)).toEqual(shown)
    }, 60_000)

    it('keeps history: of what is gone, too, and what is only in summaries', async () => {
      const first = newStore({}, from.next())
      await withStore(first, makeHistory)
      const text = await roundTrip(from, to, first)
      expect(text.match(/^\{"evolution":/gm)).toHaveLength(4)
      for (const part of ['12345678901234567890.123456789', '"deletedAt":', '"summaries":', '{"de":"ä","@none":"a"}'])
        expect(text).toContain(part)
      expect(text).toContain('{"retention":[{"type":"https://example.org/Road","raw":"P1D"}]}')
      const second = newStore({}, to.next())
      await imported(second, text)
      expect(await withStore(second, historyIn)).toEqual(await withStore(first, historyIn))
    }, 60_000)

    it('keeps entities as large as they may be', async () => {
      const large = Array.from({ length: 3 }, (_, i) =>
        entity(`urn:x:${i}`, { attributes: { 'urn:A:a': [property('x'.repeat(4 * 1024 * 1024 - 400))] } }),
      )
      const first = newStore({}, from.next())
      await putIn(first, '', ...large, entity('urn:x:small'))
      await roundTrip(from, to, first)
    })
  })
}

const [N, M] = ['https://example.org/n', 'https://example.org/m']

async function makeHistory(store: Store): Promise<void> {
  const call = callIn('')
  const digits = new ExactNumber('12345678901234567890.123456789')
  const road = entity('urn:x:1', {
    scopes: ['/a', '/b'],
    attributes: {
      [N]: [
        property(1, { observedAt: at(0), unitCode: 'CEL', attributes: { [M]: [property(digits)] } }),
        property('\0', { datasetId: 'urn:d:1' }),
      ],
      [M]: [{ type: 'LanguageProperty', value: { de: 'ä', '@none': 'a' }, createdAt: NOW, modifiedAt: NOW }],
    },
  })
  await put(store, call, road, entity('urn:x:2'), entity('urn:x:3'))
  await put(store, call, { ...road, scopes: ['/c'], attributes: { [N]: [property(digits, { observedAt: at(5) })] } })
  await store.entities.write(call, 'urn:x:2', become(null))
  const observed = Array.from({ length: 2_500 }, (_, i) => ({
    attribute: N,
    instance: { ...property(i / 3, { observedAt: at((i * 7_919) % 100_000_000) }), createdAt: 0, modifiedAt: 0 },
  }))
  await store.history.add(call, 'urn:only', { types: ['urn:T'], additions: observed }, 'make')
  const found = await store.history.retrieve(call, 'urn:only', ALL, { kind: 'instances', most: 10_000 })
  const [first] = found?.evolutions[0]?.instances?.[N] ?? []
  const later = { ...property('later', { observedAt: at(-1) }), createdAt: 0, modifiedAt: 0 }
  await store.history.replaceInstance(call, 'urn:only', N, first?.instanceId ?? '', later)
  const horizons = { rawBefore: (NOW + 3 * HOUR) * 1_000, everyMicros: HOUR * 1_000 }
  let cursor: string | undefined
  const horizonsOf = (types: readonly string[]) => (types.includes('urn:T') ? horizons : undefined)
  do cursor = (await store.history.retain(call, horizonsOf, 1_000, cursor)).next
  while (cursor !== undefined)
  await replaceRetention({ store, retention: [] }, call, [{ type: 'https://example.org/Road', raw: 'P1D' }])
}

const HOUR = 3_600_000
const ALL: InstanceSelection = { timeProperty: 'observedAt', onlyTimed: false }

/** All of all evolutions, with the ids of instances; and what they are together. */
async function historyIn(store: Store): Promise<unknown> {
  const query = { filter: {}, selection: ALL, limit: 100, offset: 0, count: true }
  const instances = await store.history.query(callIn(''), { ...query, wanted: { kind: 'instances', most: 10_000 } })
  const duration = { months: 0, micros: HOUR * 1_000 }
  const aggregates = { kind: 'aggregates', methods: AGGREGATION_METHODS, duration, most: 10_000 } as const
  const selection = { ...ALL, onlyTimed: true }
  return [instances, await store.history.retrieve(callIn(''), 'urn:only', selection, aggregates)]
}

/** Runs a broker on a store, and ends it. */
async function serve<T>(config: Config, use: (url: string) => Promise<T>): Promise<T> {
  const broker = await startBroker(config, { log: quietLog })
  try {
    return await use(broker.url)
  } finally {
    await broker.close()
  }
}

const SUBSCRIPTION = {
  ...{ id: 'urn:s:1', type: 'Subscription', entities: [{ type: '(Car;Bus)|Taxi' }], watchedAttributes: ['speed'] },
  ...{ q: 'speed>12345678901234567890.5;a=="x"', expandValues: 'a', throttling: 0.25, scopeQ: '/a/#' },
  geoQ: { georel: 'near;maxDistance==1', geometry: 'Point', coordinates: [-3.8, 43.46] },
  notification: { pick: ['id', 'speed'], endpoint: { uri: 'http://127.0.0.1:9/' } },
}

/** `cached`: URL of an @context that the broker is to download. */
async function fillLikeACity(url: string, cached: string): Promise<void> {
  const files = ['parking-sites', 'parking-spots'].map((name) => join(santander, `${name}.ndjson`))
  const options = { url, batch: 500, mode: 'upsert', folder: santander, output: { write: () => undefined } } as const
  const context = join(santander, 'context.jsonld')
  const { refused } = await runLoad(files, { ...options, tenant: undefined, context })
  expect(refused).toBe(0)
  const post = (path: string, tenant: string, body: string) => {
    const request = supertest(url).post(`${API}${path}`).set('Content-Type', 'application/ld+json')
    if (tenant !== '') request.set('NGSILD-Tenant', encodeURIComponent(tenant))
    return request.send(body)
  }
  const car = (id: string, ...contexts: readonly unknown[]) =>
    `{"id":"${id}","type":"Car","speed":{"value":12345678901234567890.123456789},"@context":${JSON.stringify(contexts)}}`
  expect((await post('/entities', '', car('urn:x:1', cached))).status).toBe(201)
  expect((await post('/entities', 'contractor', car('urn:x:1', cached, { a: 'urn:a' }))).status).toBe(201)
  const found = await post(
    '/entityOperations/query',
    'contractor',
    JSON.stringify({ type: 'Query', entities: [{ type: 'Car' }], '@context': [cached, { a: 'urn:a' }] }),
  ).set('Accept', 'application/json')
  expect([found.status, found.body.length]).toEqual([200, 1])
  const changed = supertest(url).patch(`${API}/entities/urn:x:1/attrs/speed`).set('Content-Type', 'application/json')
  expect((await changed.set('Link', CONTEXT_LINK(cached)).send('{"value":1e400}')).status).toBe(204)
  await supertest(url).delete(`${API}/entities/urn:ngsi-ld:ParkingSpot:santander:np3630`)
  for (const tenant of ['', 'contractor']) {
    const context = tenant === '' ? cached : [cached, { a: 'urn:a' }]
    const created = await post('/subscriptions', tenant, JSON.stringify({ ...SUBSCRIPTION, '@context': context }))
    expect(created.status).toBe(201)
  }
  const updated = supertest(url).patch(`${API}/subscriptions/${SUBSCRIPTION.id}`)
  const fragment = { watchedAttributes: ['width'], '@context': { width: 'https://example.org/width' } }
  expect((await updated.set('Content-Type', 'application/ld+json').send(fragment)).status).toBe(204)
}

/** All that clients can see, with all system times. */
async function showAll(url: string): Promise<unknown> {
  const shown: unknown[] = []
  for (const tenant of ['', 'contractor']) {
    const get = async (path: string) => {
      const request = supertest(url).get(`${API}${path}`)
      const response = await (tenant === '' ? request : request.set('NGSILD-Tenant', tenant))
      expect(response.status).toBe(200)
      return response
    }
    const { text, headers } = await get('/entities?local=true&limit=1000&count=true&options=sysAttrs')
    expect(Number(headers['ngsild-results-count'])).toBe(tenant === '' ? 44 + 324 : 1)
    const contexts: readonly Record<string, string>[] = (await get('/jsonldContexts?details=true')).body
    const own = contexts.filter(({ extraInfo }) => extraInfo === undefined)
    expect(own).toHaveLength(2)
    shown.push(
      text,
      own.map(({ localId, kind, createdAt, expiresAt }) => ({ localId, kind, createdAt, expiresAt })),
    )
    shown.push((await get('/info/sourceIdentity')).body.id)
    const { body } = await get('/subscriptions?options=sysAttrs')
    expect(body).toMatchObject([{ id: SUBSCRIPTION.id, status: 'active' }])
    shown.push(body)
  }
  return shown
}
