/** Many queues, in each of which more is owed than there is memory for: what is held of all together. */

import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { startTerm } from '../../src/duties/term.ts'
import { type Deliverer, startDeliverer } from '../../src/notifications/deliverer.ts'
import { bytesOf } from '../../src/notifications/notice-page.ts'
import type { NoticeStore } from '../../src/ports/notices.ts'
import { callIn } from '../contract/contract-store.ts'
import { type Bench, openBench, pause, subscriptionOf, until } from './delivery-bench.ts'

const QUEUES = 40
/** Of each, and of all that may be in memory. */
const NOTICES = 50
const NOTICE_BYTES = 4_000
const ALL_BYTES = 2_000_000

let bench: Bench
let server: Server
let deliverer: Deliverer | undefined
/** Requests that have not been answered yet; undefined: all are answered at once. */
let open: ServerResponse[] | undefined
beforeEach(async () => {
  open = []
  server = createServer((request, response) => {
    request.resume()
    if (open === undefined) response.writeHead(204).end()
    else open.push(response)
  })
  await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve))
  bench = await openBench()
  for (let i = 1; i <= QUEUES; i++) {
    const uri = `http://127.0.0.${i}:${(server.address() as AddressInfo).port}/`
    await bench.put(subscriptionOf(uri, { id: `s${i}` }, { timeout: 5_000 }))
    const entities = Array.from({ length: NOTICES }, (_, n) => `e${n}`)
    await bench.owe(entities, { subscription: `s${i}`, content: { text: 'x'.repeat(NOTICE_BYTES) } })
  }
})
afterEach(async () => {
  answerAll()
  await deliverer?.close()
  await bench.close()
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

function answerAll(): void {
  for (const response of open?.splice(0) ?? []) response.writeHead(204).end()
  open = undefined
}

/** What is read of it: how much, in how many queues, and of how many pages at once. */
function counted(notices: NoticeStore) {
  const seen = { bytes: 0, queues: new Set<string>(), underWay: 0, mostUnderWay: 0 }
  const owed: NoticeStore['owed'] = async (call, queue, ...which) => {
    seen.mostUnderWay = Math.max(seen.mostUnderWay, ++seen.underWay)
    const page = await notices.owed(call, queue, ...which)
    seen.underWay--
    seen.bytes += bytesOf(page)
    seen.queues.add(queue)
    return page
  }
  return { notices: { ...notices, owed }, seen }
}

it('is no more than there may be, whatever is owed, and all of it is told', async () => {
  const { notices, seen } = counted(bench.deps.notices)
  const term = startTerm(performance.now() + 60_000, () => performance.now())
  const ownership = {
    begin: () => ({ signal: term.signal, letGo: () => undefined }),
    isAlone: () => true,
    onChange: () => undefined,
  }
  const around = { tenants: () => [''], callOf: callIn, bells: { ring: () => undefined }, wakeStream: () => false }
  deliverer = startDeliverer({ ...bench.deps, ...around, notices, ownership, allBytes: ALL_BYTES })
  await until(() => seen.queues.size === QUEUES && open?.length === QUEUES)
  await pause(100)
  expect(seen.bytes).toBeLessThan(1.2 * ALL_BYTES)
  expect(seen.bytes).toBeGreaterThan(0.5 * ALL_BYTES)
  // To begin is not one piece of work that all others would have to wait for.
  expect(seen.mostUnderWay).toBeLessThanOrEqual(4)
  answerAll()
  await until(async () => (await bench.owed()) === 0, 10_000)
})
