/** Hosts that accept and never answer, as periodic notifications meet them: what that changes for others, and for memory. */

import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { startTerm } from '../../src/duties/term.ts'
import { type Periodic, startPeriodic } from '../../src/notifications/periodic.ts'
import { queueOf } from '../../src/notifications/queue-name.ts'
import type { BuildPeriodic } from '../../src/ports/notification.ts'
import { callIn } from '../contract/contract-store.ts'
import { type Bench, openBench, pause, subscriptionOf, until } from './delivery-bench.ts'
import { type Receiver, startReceiver } from './receiver.ts'

const THEN = Date.UTC(2026, 0, 1)
/** More than may be sent at once to all hosts together. */
const MANY = 70
let bench: Bench
let receiver: Receiver
let periodic: Periodic | undefined
const servers: Server[] = []
const sockets = new Set<Socket>()
beforeEach(async () => {
  ;[bench, receiver] = await Promise.all([openBench(), startReceiver()])
})
afterEach(async () => {
  for (const socket of sockets) socket.destroy()
  for (const server of servers.splice(0)) server.close()
  await periodic?.close()
  await bench.close()
  await receiver.stop()
})

/** A host that takes connections, and says nothing. */
async function startSilent(): Promise<string> {
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket)).on('error', () => undefined)
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

let builds = 0
const build: BuildPeriodic = async (_, subscription, id) => {
  builds++
  const body = JSON.stringify({ id, subscription: subscription.id, told: [] })
  return { id, contentType: 'application/json', body, entities: 1 }
}

/** Tells of one at each of these URIs, all of which are due. */
function start(uris: readonly string[], buildEach = build): void {
  builds = 0
  const known = uris.map((uri, i) => {
    const subscription = subscriptionOf(uri, { id: `p${i}`, timeInterval: 60 })
    return { stored: { sent: {}, subscription, createdAt: THEN, modifiedAt: THEN }, queue: queueOf(uri) }
  })
  const term = startTerm(performance.now() + 60_000, () => performance.now())
  const ownership = { term: () => term, forget: () => undefined, onChange: () => undefined }
  const around = { ...bench.deps, ...bench.deps.settings, build: buildEach, ownership, callOf: callIn, lookMs: 5 }
  periodic = startPeriodic({ ...around, tenants: () => [''], periodic: () => known })
}

it('delay no other receiver', async () => {
  const silent = await startSilent()
  await bench.put(subscriptionOf(receiver.origin))
  start(Array.from({ length: MANY }, (_, i) => `${silent}/${i}`))
  await until(() => builds > 0)
  await pause(50)
  await bench.owe(['a'])
  bench.start()
  await until(() => receiver.got.length === 1, 1_000)
})

it('are given few at a time, one at an endpoint, and nothing is built for them before', async () => {
  const silent = await startSilent()
  start(Array.from({ length: MANY }, (_, i) => `${silent}/${i}`))
  await until(() => builds > 1)
  await pause(100)
  expect([builds, sockets.size]).toEqual([2, 2])
})

it('have one place for what is told at intervals and for what is owed', async () => {
  const silent = await startSilent()
  await bench.put(subscriptionOf(silent))
  await bench.owe(['a', 'b', 'c'])
  bench.start()
  await until(() => sockets.size > 0)
  start([silent, silent])
  await pause(100)
  expect([builds, sockets.size]).toEqual([0, 1])
})

it('are not kept from what is owed by what is told at intervals', async () => {
  // No two end together, so that each place is free for a moment only.
  let answers = 0
  receiver.answer((_, response) => void setTimeout(() => response.writeHead(204).end(), 5 + ((7 * ++answers) % 31)))
  await bench.put(subscriptionOf(receiver.origin))
  start(Array.from({ length: 200 }, (_, i) => `${receiver.origin}/${i}`))
  await until(() => receiver.got.length > 8)
  await bench.owe(['a'])
  bench.start()
  const place = () => receiver.got.findIndex(({ body }) => body.subscription === 's1')
  await until(() => place() >= 0)
  expect(place()).toBeLessThan(100)
})

it('are built for one at a time, and a few hosts at once', async () => {
  const silent = await Promise.all(Array.from({ length: 6 }, startSilent))
  const going: (() => void)[] = []
  start(
    silent.flatMap((origin) => [origin, origin]),
    async (...asked) => {
      const outgoing = build(...asked)
      await new Promise<void>((resolve) => going.push(resolve))
      return await outgoing
    },
  )
  await until(() => builds === 4)
  await pause(30)
  expect(builds).toBe(4)
  for (const go of going) go()
  await until(() => builds === 6)
  for (const go of going) go()
  await until(() => sockets.size === 6)
})
