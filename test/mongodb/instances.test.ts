/** Several Boyas on one MongoDB, each a process of its own, behind a client that asks them in turn. */

import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type InstalledBoya, installBoya } from '../cli/installed-boya.ts'
import { API, CONTEXT_LINK } from '../support/broker.ts'
import { LONG } from '../support/long.ts'
import { type FreshDatabase, freshDatabase, mongodbUri } from '../support/mongodb.ts'
import { endInstances, type InstanceProcess, startInstance } from './instance-process.ts'

let boya: InstalledBoya | undefined
let database: FreshDatabase | undefined
let instances: InstanceProcess[] = []

beforeAll(async () => {
  if (mongodbUri() === undefined) return
  boya = installBoya()
  database = freshDatabase()
  // At once, on a database that is not there yet.
  instances = await Promise.all([start(), start()])
})
afterAll(async () => {
  await endInstances(instances)
  await database?.drop()
  boya?.remove()
})

async function start(port?: string): Promise<InstanceProcess> {
  if (boya === undefined || database === undefined) throw new Error('there is no Boya to start')
  return await startInstance(boya, database.uri, port)
}

let turn = 0

/** Asks the next instance. */
function ask(method: string, path: string, document?: object, headers: Record<string, string> = {}): Promise<Response> {
  const { url } = instances[turn++ % instances.length] ?? { url: '' }
  return fetch(`${url}${API}${path}`, {
    method,
    ...(document && { body: JSON.stringify(document) }),
    headers: { ...(document && { 'Content-Type': 'application/json' }), ...headers },
  })
}

async function status(method: string, path: string, document?: object, headers?: Record<string, string>) {
  const response = await ask(method, path, document, headers)
  await response.arrayBuffer()
  return response.status
}

const vehicle = (id: string, speed = 1) => ({ id, type: 'Vehicle', speed: { type: 'Property', value: speed } })
async function countOf(query: string, headers?: Record<string, string>): Promise<string | null> {
  const answer = await ask('GET', `/entities?${query}&limit=0&count=true`, undefined, headers)
  return answer.headers.get('ngsild-results-count')
}

async function entitiesOf(query: string): Promise<readonly { readonly id: string }[]> {
  return (await (await ask('GET', `/entities?${query}`)).json()) as readonly { readonly id: string }[]
}

const times = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i))

describe('two instances', () => {
  it('answer what the other has acknowledged, at once', async () => {
    for (const i of times(LONG ? 30 : 9, (n) => n)) {
      const id = `urn:x:${i}`
      expect(await status('POST', '/entities', vehicle(id))).toBe(201)
      expect(await status('GET', `/entities/${id}`)).toBe(200)
      const found = await ask('GET', `/entities?type=Vehicle&q=speed==1&id=${id}&count=true`)
      expect({ found: await found.json(), count: found.headers.get('ngsild-results-count') }).toMatchObject({
        found: [{ id }],
        count: '1',
      })
      expect(await status('PATCH', `/entities/${id}/attrs/speed`, { value: i })).toBe(204)
      expect(await (await ask('GET', `/entities/${id}?options=keyValues`)).json()).toMatchObject({ speed: i })
      if (i % 3 > 0) continue
      expect(await status('DELETE', `/entities/${id}`)).toBe(204)
      expect(await status('GET', `/entities/${id}`)).toBe(404)
    }
    const types = await (await ask('GET', '/types?details=true')).json()
    expect(types).toMatchObject([{ typeName: 'Vehicle' }])
    expect(await countOf('type=Vehicle')).toBe(LONG ? '20' : '6')
  })

  it('lose no update of 50 writers of one entity', { timeout: 120_000 }, async () => {
    expect(await status('POST', '/entities', vehicle('urn:one:1'))).toBe(201)
    const writers = times(50, (writer) => async () => {
      for (const i of times(LONG ? 40 : 3, (n) => n)) {
        const answer = await status('POST', '/entities/urn:one:1/attrs', { [`a${writer}x${i}`]: writer })
        expect(answer).toBe(204)
      }
    })
    await Promise.all(writers.map((write) => write()))
    const entity = (await (await ask('GET', '/entities/urn:one:1?options=keyValues')).json()) as object
    const missing = times(50, (writer) => times(LONG ? 40 : 3, (i) => `a${writer}x${i}`)).flat()
    expect(missing.filter((name) => !(name in entity))).toEqual([])
  })

  it('create each entity once, whoever is asked, and say so to the others', async () => {
    const asked = times(40, (i) => `urn:once:${i % 10}`)
    const answers = await Promise.all(asked.map((id) => status('POST', '/entities', vehicle(id))))
    expect(answers.filter((answer) => answer === 201)).toHaveLength(10)
    expect(answers.filter((answer) => answer === 409)).toHaveLength(30)
  })

  it('take the first write to a new Tenant from 50 callers at once without an error', async () => {
    const headers = { 'NGSILD-Tenant': 'new' }
    const answers = await Promise.all(times(50, (i) => status('POST', '/entities', vehicle(`urn:x:${i}`), headers)))
    expect(new Set(answers)).toEqual(new Set([201]))
    expect(await countOf('type=Vehicle', headers)).toBe('50')
  })

  it('use an @context that the other hosts, and within a second none that the other has deleted', async () => {
    const hosted = await ask('POST', '/jsonldContexts', { '@context': { tempo: 'https://example.org/tempo' } })
    expect(hosted.status).toBe(201)
    const local = hosted.headers.get('location')?.split('/').at(-1) ?? ''
    const [first, second] = instances.map(({ url }) => `${url}${API}/jsonldContexts/${local}`)
    const using = (context = '') => ({ Link: CONTEXT_LINK(context) })
    for (const _ of instances) expect(await status('GET', '/entities?q=tempo==1', undefined, using(first))).toBe(200)
    expect(await status('DELETE', `/jsonldContexts/${local}`)).toBe(204)
    await pause(1_000)
    for (const _ of instances) {
      expect(await status('GET', `/jsonldContexts/${local}`)).toBe(404)
      expect(await status('GET', '/entities?q=tempo==1', undefined, using(second))).toBe(504)
    }
  })
})

describe('an instance that is killed under load', () => {
  it.each(times(LONG ? 10 : 1, (i) => i + 1))('loses nothing that was acknowledged: round %i', async (round) => {
    const acknowledged: string[] = []
    let isEnding = false
    const write = async (writer: number): Promise<void> => {
      for (let i = 0; !isEnding; i++) {
        const ids = times(5, (n) => `urn:kill:${round}:${writer}:${i}:${n}`)
        const answer = await ask(
          'POST',
          '/entityOperations/upsert',
          ids.map((id) => vehicle(id)),
        ).catch(() => undefined)
        if (answer?.status === 201) acknowledged.push(...ids)
      }
    }
    const load = Promise.all(times(8, write))
    await pause(700)
    const [first, ...others] = instances
    first?.running.signal('SIGKILL')
    await first?.running.ended
    instances = others
    await pause(300)
    instances = [...others, await start()]
    await pause(300)
    isEnding = true
    await load
    expect(acknowledged.length).toBeGreaterThan(100)
    for (const ids of times(Math.ceil(acknowledged.length / 100), (i) => acknowledged.slice(i * 100, i * 100 + 100))) {
      const found = await entitiesOf(`type=Vehicle&id=${ids.join(',')}&limit=100`)
      expect(found.map(({ id }) => id).sort()).toEqual([...ids].sort())
    }
    // What is kept of numbers, and what is counted.
    expect(await countOf('type=Vehicle')).toBe(await countOf('type=Vehicle&idPattern=.'))
  })
})
