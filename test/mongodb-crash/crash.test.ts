/**
 * The database itself is killed under load, and started again. It is run by itself, and only where it is told how to do
 * that: BOYA_TEST_MONGODB_KILL and BOYA_TEST_MONGODB_START are commands for the server of MONGODB_URI.
 */

import { execFile } from 'node:child_process'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type InstalledBoya, installBoya, type Running } from '../cli/installed-boya.ts'
import { API } from '../support/broker.ts'
import { LONG } from '../support/long.ts'
import { type FreshDatabase, freshDatabase } from '../support/mongodb.ts'

const ROUNDS = LONG ? 10 : 2

let boya: InstalledBoya
let database: FreshDatabase
let instances: { readonly running: Running; readonly url: string }[] = []

const run = async (name: 'KILL' | 'START'): Promise<void> => {
  await promisify(execFile)('sh', ['-c', process.env[`BOYA_TEST_MONGODB_${name}`] ?? 'false'])
}

beforeAll(async () => {
  boya = installBoya()
  database = freshDatabase()
  instances = await Promise.all([start(), start()])
})
afterAll(async () => {
  for (const { running } of instances) running.signal('SIGTERM')
  await Promise.all(instances.map(({ running }) => running.ended))
  await database.drop()
  boya.remove()
})

async function start() {
  const running = boya.start(['serve'], { BOYA_STORE: database.uri, BOYA_PORT: '0', BOYA_LOG_FORMAT: 'json' })
  const said = await running.until(/ready on http/)
  return { running, url: /ready on (http:\/\/[\d.:]+)/.exec(said)?.[1] ?? '' }
}

let turn = 0

/** Asks one instance after the other, where it is not said which. */
async function ask(method: string, path: string, document?: object, instance = turn++ % instances.length) {
  const { url } = instances[instance] ?? { url: '' }
  const begun = performance.now()
  const response = await fetch(url + path, {
    method,
    ...(document && { body: JSON.stringify(document), headers: { 'Content-Type': 'application/json' } }),
  })
  const text = await response.text()
  return { status: response.status, text, milliseconds: performance.now() - begun, headers: response.headers }
}

/** What is answered; it must be found. */
async function askFor(path: string) {
  const { status, text } = await ask('GET', path)
  const said = () => instances.map(({ running }) => running.stdout().slice(-4_000)).join('\n')
  expect(status, status === 200 ? '' : `${text}\n${said()}`).toBe(200)
  return JSON.parse(text)
}

/** Each of them: one is told later than another that the database is back. */
async function untilReady(): Promise<void> {
  for (const i of instances.keys()) {
    const status = () => ask('GET', '/health/ready', undefined, i).then((answer) => answer.status)
    await expect.poll(status, { timeout: 60_000 }).toBe(200)
  }
}

/** What eight writers got acknowledged until they are told to end: counts up one entity each, and makes others. */
async function load(round: number, signal: AbortSignal, seen: { slowest: number; refused: number }) {
  const made: string[] = []
  const counted = new Map<string, number>()
  const write = async (writer: number): Promise<void> => {
    const counter = `urn:counter:${round}:${writer}`
    for (let i = 0; !signal.aborted; i++) {
      const ids = [0, 1, 2].map((n) => `urn:made:${round}:${writer}:${i}:${n}`)
      const batch = [
        ...ids.map((id) => ({ id, type: 'Made' })),
        { id: counter, type: 'Counter', n: { type: 'Property', value: i } },
      ]
      const { status, milliseconds } = await ask('POST', `${API}/entityOperations/upsert`, batch)
      seen.slowest = Math.max(seen.slowest, milliseconds)
      if (status === 503) seen.refused++
      if (status !== 201 && status !== 204) continue
      made.push(...ids)
      counted.set(counter, i)
    }
  }
  await Promise.all([0, 1, 2, 3, 4, 5, 6, 7].map(write))
  return { made, counted }
}

it.each(Array.from({ length: ROUNDS }, (_, i) => i + 1))(
  'nothing acknowledged is lost when the database is killed: round %i',
  { timeout: 120_000 },
  async (round) => {
    const ending = new AbortController()
    const seen = { slowest: 0, refused: 0 }
    const loading = load(round, ending.signal, seen)
    await pause(500 + Math.random() * 1_000)
    await run('KILL')
    await pause(1_000)
    const refused = await ask('GET', `${API}/entities?type=Made`)
    expect(refused.status).toBe(503)
    expect(refused.headers.get('retry-after')).toMatch(/^\d+$/)
    await run('START')
    await untilReady()
    await pause(500)
    ending.abort()
    const { made, counted } = await loading
    expect(made.length).toBeGreaterThan(50)
    expect(seen.refused).toBeGreaterThan(0)
    expect(seen.slowest).toBeLessThan(3_000)
    for (let at = 0; at < made.length; at += 100) {
      const ids = made.slice(at, at + 100)
      const found = await askFor(`${API}/entities?type=Made&limit=100&id=${ids.join(',')}`)
      expect(found.map(({ id }: { id: string }) => id).sort()).toEqual([...ids].sort())
    }
    for (const [id, n] of counted) {
      expect((await askFor(`${API}/entities/${id}?format=simplified`)).n).toBeGreaterThanOrEqual(n)
    }
    const count = async (query: string) =>
      (await ask('GET', `${API}/entities?limit=0&count=true&${query}`)).headers.get('ngsild-results-count')
    expect(await count('type=Made')).toBe(await count('type=Made&idPattern=.'))
  },
)
