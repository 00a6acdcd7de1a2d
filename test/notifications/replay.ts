/**
 * Many writers, two instances, one receiver: it must get all that was acknowledged, of each entity in order, also where
 * instances are killed meanwhile.
 */

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { API } from '../support/broker.ts'
import { LONG } from '../support/long.ts'

export interface Fleet {
  /** Of all instances, or of the one place where they are reached. */
  readonly urls: readonly string[]
  /** Kills one of them at random; resolves when there are as many again. */
  killOne(): Promise<void>
}

interface Replay {
  /** Entities that are changed slowly, first, and how often. */
  readonly entities: number
  readonly updates: number
  readonly everyMs: number
  /** Writers after that, each with an entity of its own, and for how long. */
  readonly writers: number
  readonly writingMs: number
  /** Instances that are killed meanwhile. */
  readonly kills: number
}

interface Replayed {
  readonly acknowledged: number
  readonly received: number
  readonly twice: number
  readonly missing: readonly string[]
  readonly disordered: readonly string[]
  /** Milliseconds from the end of the writing until all had come. */
  readonly lateMs: number
}

/** How long the receiver is waited for, after all has been written. */
const PATIENCE_MS = 40_000

let replays = 0

async function replay(fleet: Fleet, { entities, updates, everyMs, writers, writingMs, kills }: Replay) {
  const type = `Bus${++replays}`
  const receiver = await startCounting()
  const acknowledged = new Map<string, number[]>()
  let turn = 0
  const send = (method: string, path: string, body: object): Promise<Response | undefined> =>
    fetch(`${fleet.urls[turn++ % fleet.urls.length]}${API}${path}`, {
      method,
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    }).catch(() => undefined)
  const write = async (id: string, n: number): Promise<void> => {
    const value = { type: 'Property', value: n }
    const answer =
      n === 0
        ? await send('POST', '/entities', { id, type, n: value })
        : await send('PATCH', `/entities/${id}/attrs/n`, value)
    await answer?.arrayBuffer().catch(() => undefined)
    if (answer?.ok) acknowledged.set(id, [...(acknowledged.get(id) ?? []), n])
  }
  const subscribed = await send('POST', '/subscriptions', {
    ...{ type: 'Subscription', entities: [{ type }] },
    notification: { format: 'keyValues', endpoint: { uri: receiver.uri } },
  })
  expect(subscribed?.status).toBe(201)
  await pause(1_000)
  const slow = Array.from({ length: entities }, (_, i) => `urn:slow:${type}:${i}`)
  for (let n = 0; n <= updates; n++) {
    await Promise.all(slow.map((id) => write(id, n)))
    await pause(everyMs)
  }
  const begun = performance.now()
  const writing = Array.from({ length: writers }, async (_, i) => {
    for (let n = 0; performance.now() - begun < writingMs; n++) await write(`urn:fast:${type}:${i}`, n)
  })
  for (let i = 0; i < kills; i++) {
    await pause((writingMs / (kills + 1)) * (0.5 + Math.random()))
    await fleet.killOne()
  }
  await Promise.all(writing)
  const lateMs = await receiver.until(acknowledged)
  await receiver.stop()
  return resultOf(acknowledged, receiver.got, lateMs)
}

function resultOf(
  acknowledged: ReadonlyMap<string, readonly number[]>,
  got: ReadonlyMap<string, readonly number[]>,
  lateMs: number,
): Replayed {
  const first = (id: string): number[] => [...new Set(got.get(id) ?? [])]
  const numbers = [...acknowledged].flatMap(([id, all]) => all.map((n) => ({ id, n })))
  const missing = numbers.filter(({ id, n }) => got.get(id)?.includes(n) !== true).map(({ id, n }) => `${id} ${n}`)
  const isInOrder = (all: readonly number[]): boolean => all.every((n, i) => i === 0 || n > (all[i - 1] ?? n))
  const received = [...got.keys()].reduce((sum, id) => sum + first(id).length, 0)
  const arrivals = [...got.values()].reduce((sum, all) => sum + all.length, 0)
  const disordered = [...got.keys()].filter((id) => !isInOrder(first(id)))
  return { acknowledged: numbers.length, received, twice: arrivals - received, missing, disordered, lateMs }
}

/** Takes each Notification that is sent. */
async function startReceiving(take: (notification: Notification) => void) {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      take(JSON.parse(Buffer.concat(chunks).toString()))
      response.writeHead(204).end()
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    uri: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    stop: () => {
      server.closeAllConnections()
      return new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}

interface Notification {
  readonly subscriptionId: string
  readonly data: readonly { readonly id: string; readonly n: number }[]
}

async function startCounting() {
  const got = new Map<string, number[]>()
  const { uri, stop } = await startReceiving(({ data }) => {
    for (const { id, n } of data) {
      const all = got.get(id)
      if (all === undefined) got.set(id, [n])
      else all.push(n)
    }
  })
  const isComplete = (acknowledged: ReadonlyMap<string, readonly number[]>): boolean =>
    [...acknowledged].every(([id, all]) => {
      const received = new Set(got.get(id))
      return all.every((n) => received.has(n))
    })
  return {
    got,
    uri,
    stop,
    until: async (acknowledged: ReadonlyMap<string, readonly number[]>): Promise<number> => {
      const begun = performance.now()
      while (!isComplete(acknowledged) && performance.now() - begun < PATIENCE_MS) await pause(50)
      return Math.round(performance.now() - begun)
    },
  }
}

/**
 * As many clients subscribe at once to an entity each; `restart` ends and starts what serves; then all entities come.
 * Returns for how many of the subscriptions a notification has come.
 */
export async function subscribeManyAndFire(fleet: Pick<Fleet, 'urls'>, restart: () => Promise<void>): Promise<number> {
  const got = new Set<string>()
  const { uri, stop } = await startReceiving(({ subscriptionId }) => got.add(subscriptionId))
  const headers = { 'Content-Type': 'application/json' }
  const clients = Array.from({ length: CLIENTS }, async (_, client) => {
    for (let i = client; i < SUBSCRIPTIONS; i += CLIENTS) {
      const entities = [{ id: `urn:many:${i}`, type: 'Many' }]
      const body = { id: `urn:subscription:${i}`, type: 'Subscription', entities, notification: { endpoint: { uri } } }
      const answer = await fetch(`${fleet.urls[i % fleet.urls.length]}${API}/subscriptions`, {
        ...{ method: 'POST', headers, body: JSON.stringify(body) },
      })
      await answer.arrayBuffer()
      expect(answer.status).toBe(201)
    }
  })
  await Promise.all(clients)
  await restart()
  for (let from = 0; from < SUBSCRIPTIONS; from += 100) {
    const batch = Array.from({ length: 100 }, (_, i) => ({ id: `urn:many:${from + i}`, type: 'Many', n: 1 }))
    const url = `${fleet.urls[(from / 100) % fleet.urls.length]}${API}/entityOperations/create`
    const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(batch) })
    await answer.arrayBuffer()
    expect(answer.status).toBe(201)
  }
  await expect
    .poll(() => got.size, { timeout: PATIENCE_MS, interval: 50 })
    .toBe(SUBSCRIPTIONS)
    .catch(() => undefined)
  await stop()
  return got.size
}

const CLIENTS = 50
export const SUBSCRIPTIONS = LONG ? 1_000 : 40

/** As it was reported of another broker. */
const REPORTED: Replay = LONG
  ? { entities: 100, updates: 5, everyMs: 1_000, writers: 50, writingMs: 60_000, kills: 0 }
  : { entities: 20, updates: 3, everyMs: 100, writers: 20, writingMs: 2_000, kills: 0 }

const KILLED: Replay = LONG
  ? { entities: 0, updates: 0, everyMs: 0, writers: 50, writingMs: 20_000, kills: 1 }
  : { entities: 0, updates: 0, everyMs: 0, writers: 20, writingMs: 2_500, kills: 1 }

const ROUNDS = LONG ? 10 : 1

/** The tests that are the same whatever the instances share. */
export function replayed(fleet: () => Fleet): void {
  it('a receiver gets all that was acknowledged, of each entity in order', { timeout: 180_000 }, async () => {
    expectAll(await replay(fleet(), REPORTED))
  })

  it.each(Array.from({ length: ROUNDS }, (_, i) => i + 1))(
    'also where an instance is killed meanwhile: round %i',
    { timeout: 120_000 },
    async () => {
      expectAll(await replay(fleet(), KILLED))
    },
  )
}

function expectAll(replayed: Replayed): void {
  process.stdout.write(`${JSON.stringify({ ...replayed, missing: replayed.missing.length })}\n`)
  expect(replayed.missing).toEqual([])
  expect(replayed.disordered).toEqual([])
  expect(replayed.acknowledged).toBeGreaterThan(100)
}
