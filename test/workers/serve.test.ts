/** Several processes that serve: what one has acknowledged every other answers, and none undoes what another one does. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type InstalledBoya, installBoya } from '../cli/installed-boya.ts'
import { type Connection, startWorkers, type Workers } from './workers-of.ts'

let boya: InstalledBoya
let workers: Workers
/** As many for each worker. */
let connections: readonly Connection[]
beforeAll(async () => {
  boya = installBoya()
  workers = await startWorkers(boya)
  connections = await workers.connect(6)
})
afterAll(async () => {
  await workers.kill()
  boya.remove()
})

const property = (value: unknown) => ({ type: 'Property', value })
const turn = (i: number): Connection => connections[i % connections.length] as Connection
const each = <T>(work: (connection: Connection, i: number) => Promise<T>): Promise<T[]> =>
  Promise.all(connections.map(work))

describe('boya serve with BOYA_WORKERS=3', () => {
  it('is ready with one line, which says how many they are, on one free port', () => {
    const ready = workers.lines().filter(({ msg }) => /ready on/.test(String(msg)))
    expect(ready).toMatchObject([{ workers: 3, url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:[1-9]\d+$/) }])
    expect(ready[0]?.msg).toMatch(/ · 3 workers · \d+ ms$/)
    expect(new Set(workers.pids()).size).toBe(3)
  })

  it('has workers that all serve, and say in the log who they are', async () => {
    await each((connection, i) => connection.send('POST', '/entities', { id: `urn:x:${i}`, type: 'T' }, 'logged'))
    const opened = workers.lines().filter(({ msg, tenant }) => msg === 'database opened' && tenant === 'logged')
    expect(opened.map(({ worker }) => worker).sort()).toEqual([1, 2, 3])
  })

  it('answers everywhere what one has acknowledged: entities, pages, counts', async () => {
    const path = '/entities/urn:x:seen'
    const page = '/entities?type=Seen&q=n>=0&count=true&format=simplified'
    for (let n = 0; n < 40; n++) {
      const written =
        n === 0
          ? await turn(0).send('POST', '/entities', { id: 'urn:x:seen', type: 'Seen', n: property(0) })
          : await turn(n).send('PATCH', `${path}/attrs`, { n: property(n) })
      expect(written.status).toBe(n === 0 ? 201 : 204)
      const seen = await each(async (connection, i) =>
        JSON.parse((await connection.send('GET', i % 2 === 0 ? page : `${path}?format=simplified`)).body),
      )
      expect(seen.flat()).toEqual(Array(connections.length).fill({ id: 'urn:x:seen', type: 'Seen', n }))
    }
    expect((await turn(5).send('DELETE', path)).status).toBe(204)
    expect((await each((connection) => connection.send('GET', path))).map(({ status }) => status)).toEqual(
      Array(connections.length).fill(404),
    )
    for (const { body } of await each((connection) => connection.send('GET', page))) expect(body).toBe('[]')
  })

  it('loses no update of fifty that write one entity', async () => {
    await turn(0).send('POST', '/entities', { id: 'urn:x:many', type: 'T' })
    const writers = await workers.connect(50)
    const attributes = (i: number, k: number) => ({ [`a${i}_${k}`]: property(i), shared: property(i) })
    const statuses = await Promise.all(
      writers.flatMap((writer, i) =>
        [0, 1, 2].map(async (k) => (await writer.send('POST', '/entities/urn:x:many/attrs', attributes(i, k))).status),
      ),
    )
    expect(new Set(statuses)).toEqual(new Set([204]))
    const { body } = await turn(1).send('GET', '/entities/urn:x:many?format=simplified')
    const { id, type, shared, ...own } = JSON.parse(body)
    expect({ id, type }).toEqual({ id: 'urn:x:many', type: 'T' })
    expect(shared).toBeLessThan(50)
    expect(Object.keys(own)).toHaveLength(150)
    const discovered = await turn(2).send('GET', `/attributes/shared`)
    expect(JSON.parse(discovered.body)).toMatchObject({ attributeCount: 1 })
  })

  it('makes a Tenant that fifty write to at once, and has it everywhere', async () => {
    const writers = await workers.connect(50)
    const made = await Promise.all(
      writers.map((writer, i) => writer.send('POST', '/entities', { id: `urn:x:${i}`, type: 'T' }, 'new')),
    )
    expect(made.filter(({ status }) => status !== 201)).toEqual([])
    const pages = await each((connection) => connection.send('GET', '/entities?type=T&limit=100', undefined, 'new'))
    for (const { body } of pages) expect(JSON.parse(body)).toHaveLength(50)
  })

  it('has a Tenant everywhere as soon as it is made, and none before', async () => {
    for (let i = 0; i < 10; i++) {
      const read = () => each((connection) => connection.send('GET', '/entities/urn:x:1', undefined, `t${i}`))
      expect(new Set((await read()).map(({ body }) => JSON.parse(body).type))).toEqual(
        new Set(['https://uri.etsi.org/ngsi-ld/errors/NonexistentTenant']),
      )
      const made = await turn(i).send('POST', '/entities', { id: 'urn:x:1', type: 'T' }, `t${i}`)
      expect(made.status).toBe(201)
      expect(new Set((await read()).map(({ status }) => status))).toEqual(new Set([200]))
    }
  })

  it('lets single writes through beside batches', async () => {
    const batch = (k: number) =>
      Array.from({ length: 1_000 }, (_, i) => ({ id: `urn:x:batch:${k}:${i}`, type: 'B', n: property(i) }))
    let waited = 0
    let isLoading = true
    const single = async () => {
      for (let i = 0; isLoading; i++) {
        const begun = performance.now()
        expect((await turn(1).send('POST', '/entities', { id: `urn:x:single:${i}`, type: 'S' })).status).toBe(201)
        waited = Math.max(waited, performance.now() - begun)
      }
    }
    const loading = Promise.all(
      [0, 3].map(async (k) => {
        for (let i = 0; i < 3; i++)
          expect((await turn(k).send('POST', '/entityOperations/upsert', batch(3 * i + k))).status).toBeLessThan(300)
      }),
    ).finally(() => {
      isLoading = false
    })
    await Promise.all([loading, single()])
    expect(waited).toBeLessThan(3_000)
  })
})
