/** Endpoints that accept and never answer: what they change for the others, and for those who write. */

import { createServer as createHttpServer } from 'node:http'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type InstalledBoya, installBoya } from '../cli/installed-boya.ts'
import { API } from '../support/broker.ts'
import { LONG } from '../support/long.ts'

/** Of each kind. */
const ENDPOINTS = LONG ? 50 : 12
/** Of each type: what is owed of one waits behind nothing of another, so that a dead endpoint could take many places. */
const ENTITIES = 10
/** Changes of each that wait for the dead before. */
const BEFORE = LONG ? 100 : 20
const SECONDS = LONG ? 24 : 3
const A_SECOND = LONG ? 200 : 100
/** Where the machine has a moment for itself, the others show what there is to see. */
const WINDOW_MS = LONG ? 2_000 : 500

let boya: InstalledBoya
const servers: Server[] = []
const sockets = new Set<Socket>()
beforeAll(() => {
  boya = installBoya()
})
afterAll(async () => {
  for (const socket of sockets) socket.destroy()
  for (const server of servers) server.close()
  boya.remove()
})

async function listen(server: Server): Promise<string> {
  servers.push(server)
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
}

/** Arrivals by what was written. */
const arrivedAt = new Map<string, number>()
const receiver = () =>
  createHttpServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      for (const { id, n } of JSON.parse(Buffer.concat(chunks).toString()).data)
        arrivedAt.set(`${id} ${n}`, performance.now())
      response.writeHead(204).end()
    })
  })

async function send(url: string, method: string, path: string, body: object): Promise<void> {
  const headers = { 'Content-Type': 'application/json' }
  const answer = await fetch(`${url}${API}${path}`, { method, headers, body: JSON.stringify(body) })
  await answer.arrayBuffer()
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status}`)
}

/** Of what took so long, when it was begun: milliseconds. */
interface Took {
  readonly at: number
  readonly ms: number
}

interface Measured {
  readonly deliveryMs: number
  readonly writeMs: number
}

/** What so many, of 1, are not slower than. */
function quantile(all: readonly number[], part: number): number {
  return [...all].sort((a, b) => a - b)[Math.floor(all.length * part)] ?? 0
}

/** Of 99 % in each of the windows: of the one in the middle. */
function usual99(all: readonly Took[]): number {
  const windows: number[][] = []
  for (const { at, ms } of all) {
    windows[Math.floor(at / WINDOW_MS)] ??= []
    windows[Math.floor(at / WINDOW_MS)]?.push(ms)
  }
  const found = windows.filter((each) => each !== undefined)
  return quantile(
    found.map((each) => quantile(each, 0.99)),
    0.5,
  )
}

/** A broker of its own; `dead`: whether each type of entities has a dead endpoint, too. */
async function measure(dead: boolean): Promise<Measured> {
  const running = boya.start(['serve'], { BOYA_STORE: `sqlite:${boya.folder}/${dead}`, BOYA_PORT: '0' })
  const said = await running.until(/ready on http/)
  const url = /ready on (http:\/\/[\d.:]+)/.exec(said)?.[1] ?? ''
  for (let i = 0; i < ENDPOINTS; i++) {
    const uris = [await listen(receiver()), ...(dead ? [await listen(createServer(() => undefined))] : [])]
    for (const uri of uris) {
      const notification = { format: 'keyValues', endpoint: { uri } }
      await send(url, 'POST', '/subscriptions', { type: 'Subscription', entities: [{ type: `T${i}` }], notification })
    }
    const entities = Array.from({ length: ENTITIES }, (_, j) => {
      const n = { type: 'Property', value: -1 }
      return { id: `urn:t:${dead}:${i}:${j}`, type: `T${i}`, n }
    })
    await send(url, 'POST', '/entityOperations/create', entities)
  }
  for (let n = 0; n < BEFORE; n++) {
    for (let i = 0; i < ENDPOINTS; i++) {
      const entities = Array.from({ length: ENTITIES }, (_, j) => {
        const value = { type: 'Property', value: -2 - n }
        return { id: `urn:t:${dead}:${i}:${j}`, type: `T${i}`, n: value }
      })
      await send(url, 'POST', '/entityOperations/update', entities)
    }
  }
  // Until the first attempts have failed.
  await pause(LONG ? 15_000 : 500)
  const begun = performance.now()
  const writes: Took[] = []
  const answered = new Map<string, Took>()
  const write = async (n: number): Promise<void> => {
    const id = `urn:t:${dead}:${n % ENDPOINTS}:${Math.floor(n / ENDPOINTS) % ENTITIES}`
    const at = performance.now() - begun
    await send(url, 'PATCH', `/entities/${id}/attrs/n`, { type: 'Property', value: n })
    const ms = performance.now() - begun - at
    answered.set(`${id} ${n}`, { at, ms })
    writes.push({ at, ms })
  }
  const writing: Promise<void>[] = []
  for (let n = 0; n < SECONDS * A_SECOND; n++) {
    await pause(Math.max(0, begun + (n * 1_000) / A_SECOND - performance.now()))
    writing.push(write(n))
  }
  await Promise.all(writing)
  await expect.poll(() => [...answered.keys()].every((key) => arrivedAt.has(key)), { timeout: 10_000 }).toBe(true)
  running.signal('SIGKILL')
  await running.ended
  const late = [...answered].map(([key, { at, ms }]) => {
    const arrived = (arrivedAt.get(key) ?? Number.POSITIVE_INFINITY) - begun
    return { at, ms: Math.max(0, arrived - at - ms) }
  })
  return { deliveryMs: usual99(late), writeMs: usual99(writes) }
}

it('change it for nobody else', { timeout: 300_000 }, async () => {
  const without = await measure(false)
  const beside = await measure(true)
  process.stdout.write(`p99 in ms, ${ENDPOINTS} endpoints: ${JSON.stringify({ without, beside })}\n`)
  // The short run shares the machine with another test.
  const most = (before: number): number => (LONG ? Math.max(before * 1.3, before + 15) : 2 * before + 100)
  expect(beside.deliveryMs).toBeLessThan(most(without.deliveryMs))
  expect(beside.writeMs).toBeLessThan(most(without.writeMs))
})
