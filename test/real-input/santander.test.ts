/** A part of a real city: every entity comes back as it was sent, in whatever representation it has been meanwhile. */

import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startTestBroker, type TestBroker } from '../support/broker.ts'
import { type Client, clientOf, entityPath, jsonUnder } from './client.ts'
import { type Document, parseDocument, parseDocuments, simplified, without } from './documents.ts'

const folder = resolve(import.meta.dirname, '../../examples/santander')
const BUSES = 'bus-positions.ndjson'
/** The history is in temporal representation. */
const files = readdirSync(folder).filter((name) => name.endsWith('.ndjson') && !name.endsWith('-history.ndjson'))
const context: Readonly<Record<string, unknown>> = JSON.parse(readFileSync(join(folder, 'context.jsonld'), 'utf8'))[
  '@context'
]
const core: object = JSON.parse(
  readFileSync(resolve(import.meta.dirname, '../../contexts/ngsi-ld-core-context-v1.9.jsonld'), 'utf8'),
)['@context']
const BATCH = 1_000

const lines = new Map(files.map((name) => [name, readFileSync(join(folder, name), 'utf8').trimEnd().split('\n')]))
/** What a broker that replaces an entity by the next one of its id has at the end. */
const last = new Map([...lines.values()].flat().map((line) => [String(parseDocument(line).id), line]))
const sent = new Map([...last].map(([id, line]) => [id, parseDocument(line)]))
const types = [...new Set([...sent.values()].map(({ type }) => String(type)))]

let broker: TestBroker
let client: Client
let link: string

beforeAll(async () => {
  broker = await startTestBroker()
  client = clientOf(broker.url)
  link = await client.host(context)
  for (const name of files) await upsert(lines.get(name) ?? [])
})
afterAll(() => broker.close())

async function upsert(all: readonly string[], query = '', tenant: Record<string, string> = {}): Promise<void> {
  for (let i = 0; i < all.length; i += BATCH) {
    const batch = `[${all.slice(i, i + BATCH).join(',')}]`
    const headers = { ...jsonUnder(link), ...tenant }
    const answer = await client.send('POST', `/entityOperations/upsert${query}`, batch, headers)
    expect([201, 204], answer.text).toContain(answer.status)
  }
}

/** All entities of all types, by id; `names` are the types’ names under the @context. */
async function everything(query: string, names = types, context: string | null = link): Promise<Map<string, Document>> {
  const found = new Map<string, Document>()
  for (const type of names) {
    const path = `/entities?type=${encodeURIComponent(type)}&limit=${BATCH}${query}`
    const answer = await client.get(path, context ?? undefined)
    expect(answer.status, answer.text).toBe(200)
    for (const entity of parseDocuments(answer.text)) found.set(String(entity.id), entity)
  }
  return found
}

/** Some at a time, as clients come. */
async function each<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const waiting = [...items]
  const worker = async () => {
    for (let item = waiting.pop(); item !== undefined; item = waiting.pop()) await work(item)
  }
  await Promise.all(Array.from({ length: 16 }, worker))
}

const under = (id: string, query = '') => client.get(entityPath(id, query), link)

it('is read whole', () => {
  expect(Object.fromEntries([...lines].map(([name, all]) => [name, all.length]))).toEqual({
    'bus-lines.ndjson': 30,
    'bus-positions.ndjson': 4_000,
    'bus-stops.ndjson': 459,
    'parking-sites.ndjson': 44,
    'parking-spots.ndjson': 324,
    'traffic.ndjson': 482,
  })
  expect(sent.size).toBe(30 + 14 + 459 + 44 + 324 + 482)
})

describe('each entity', () => {
  it('comes back alone as it was sent, a bus as its last fix', async () => {
    await each([...sent], async ([id, entity]) => {
      const answer = await under(id)
      expect(answer.status, answer.text).toBe(200)
      expect(parseDocument(answer.text)).toStrictEqual(entity)
    })
  })

  it('comes back in a query as it was sent', async () => {
    expect(await everything('')).toStrictEqual(sent)
  })

  it('simplified has the values and nothing else (4.5.4)', async () => {
    const expected = new Map([...sent].map(([id, entity]) => [id, simplified(entity)]))
    expect(await everything('&format=simplified')).toStrictEqual(expected)
  })

  it('is the same after a way through the concise representation', async () => {
    await each([...sent.keys()], async (id) => {
      const concise = await under(id, '?format=concise')
      const put = await client.send('PUT', entityPath(id), concise.text, jsonUnder(link))
      expect(put.status, `${put.text} ${concise.text}`).toBe(204)
    })
    expect(await everything('')).toStrictEqual(sent)
  })

  it('concise leaves out what can be inferred (4.5.2.3, 4.5.3.3)', async () => {
    for (const [id, concise] of await everything('&format=concise')) {
      const { location } = concise
      const { servesRoute, name, speed } = sent.get(id) as Record<string, Document>
      if (sent.get(id)?.type !== 'Vehicle') expect(location).toStrictEqual((sent.get(id)?.location as Document)?.value)
      if (servesRoute !== undefined) expect(concise.servesRoute).toStrictEqual(without(servesRoute, 'type'))
      if (name !== undefined) expect(concise.name).toBe(name.value)
      if (speed !== undefined) expect(concise.speed).toStrictEqual(without(speed, 'type'))
    }
  })

  it('is a GeoJSON feature at its location, or nowhere (4.5.16.1)', async () => {
    let placed = 0
    for (const type of types) {
      const answer = await client.get(`/entities?type=${type}&limit=${BATCH}`, link, 'application/geo+json')
      expect(answer.status, answer.text).toBe(200)
      for (const feature of parseDocument(answer.text).features as Document[]) {
        const entity = sent.get(String(feature.id)) ?? {}
        const location = (entity.location as Document | undefined)?.value ?? null
        expect(feature).toStrictEqual({
          id: entity.id,
          type: 'Feature',
          geometry: location,
          properties: without(entity, 'id'),
        })
        if (location !== null) placed++
      }
    }
    expect(placed).toBe(sent.size - 189 - 1)
  })
})

it('is counted as the files count (6.3.13)', async () => {
  for (const type of types) {
    const answer = await client.get(`/entities?type=${type}&count=true&limit=1`, link)
    const expected = [...sent.values()].filter((entity) => entity.type === type).length
    expect([type, answer.headers.get('NGSILD-Results-Count')]).toEqual([type, String(expected)])
  }
})

it('a stream of updates leaves the latest of each attribute (5.6.8, update)', async () => {
  const latest = new Map<string, Document>()
  for (const line of lines.get(BUSES) ?? []) {
    const fix = parseDocument(line)
    latest.set(String(fix.id), { ...latest.get(String(fix.id)), ...fix })
  }
  const tenant = { 'NGSILD-Tenant': 'stream' }
  await upsert(lines.get(BUSES) ?? [], '?options=update', tenant)
  const response = await fetch(`${broker.url}/ngsi-ld/v1/entities?type=Vehicle&limit=100`, {
    headers: { ...jsonUnder(link), ...tenant },
  })
  const found = parseDocuments(await response.text())
  expect(new Map(found.map((entity) => [String(entity.id), entity]))).toStrictEqual(latest)
})

describe('without its @context', () => {
  /** Of the file’s @context, not of the broker: an independent look-up. */
  const iriOf = (term: string): string => {
    // 5.5.7: "implementations shall always consider the Core @context as having absolute precedence": so with "status".
    if (Object.hasOwn(core, term)) return term
    const definition = context[term]
    const iri = typeof definition === 'object' && definition !== null ? (definition as Document)['@id'] : definition
    return typeof iri === 'string' ? iri : term
  }

  it('names come back as full IRIs (5.5.7)', async () => {
    const named = [...sent].map(([id, entity]) => {
      const members = Object.entries(entity).map(([name, value]) => [iriOf(name), value])
      return [id, { ...Object.fromEntries(members), type: iriOf(String(entity.type)) }] as const
    })
    expect(await everything('', types.map(iriOf), null)).toStrictEqual(new Map(named))
  })

  it('short names find nothing, full ones all', async () => {
    for (const type of types) {
      const byTerm = await client.get(`/entities?type=${type}`)
      expect([byTerm.status, byTerm.text]).toEqual([200, '[]'])
      const byIri = await client.get(`/entities?type=${encodeURIComponent(iriOf(type))}&count=true&limit=1`)
      expect(Number(byIri.headers.get('NGSILD-Results-Count'))).toBeGreaterThan(10)
    }
    for (const name of ['intensity', 'stopCode', 'roadLoad', 'servesRoute']) {
      const byTerm = await client.get(`/entities?attrs=${name}`)
      expect([byTerm.status, byTerm.text]).toEqual([200, '[]'])
      const byIri = await client.get(`/entities?attrs=${encodeURIComponent(iriOf(name))}&limit=1`)
      expect(parseDocuments(byIri.text)).toHaveLength(1)
    }
  })

  it('names that no @context knows are of the default-context, and are long where a term stands in their way', async () => {
    const plain = 'urn:ngsi-ld:Vehicle:without-context'
    const body = JSON.stringify({ id: plain, type: 'Vehicle', speed: { type: 'Property', value: 1 } })
    expect((await client.send('POST', '/entities', body)).status).toBe(201)
    expect(parseDocument((await under(plain)).text)).toMatchObject({
      type: 'ngsi-ld:default-context/Vehicle',
      'ngsi-ld:default-context/speed': { value: { decimal: '1 e0' } },
    })
    expect((await client.delete(entityPath(plain))).status).toBe(204)
  })
})
