/** Several endpoints of one host, of which some say nothing: what the others wait for it. */

import { afterEach, beforeEach, expect, it } from 'vitest'
import { type Bench, openBench, pause, subscriptionOf, until } from './delivery-bench.ts'
import { type Receiver, startReceiver } from './receiver.ts'

let bench: Bench
let receiver: Receiver
/** Paths that are not answered from now on. */
let silent: ReadonlySet<string>
beforeEach(async () => {
  ;[bench, receiver] = await Promise.all([openBench({ retry: { firstMs: 100, mostMs: 10_000 } }), startReceiver()])
  silent = new Set()
  receiver.answer((request, response) => {
    if (!silent.has(request.url ?? '')) response.writeHead(204).end()
  })
})
afterEach(async () => {
  await bench.close()
  await receiver.stop()
})

/** Milliseconds after which silence is a failure: longer than anybody may have to wait for somebody else's. */
const TIMEOUT_MS = 400
const SOON_MS = 200

async function subscribe(...paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    const endpoint = { timeout: TIMEOUT_MS }
    await bench.put(subscriptionOf(`${receiver.origin}${path}`, { id: path }, endpoint))
  }
}

async function oweMany(subscription: string, count: number): Promise<void> {
  for (let i = 0; i < count; i++) await bench.owe([`${subscription} ${i}`], { subscription })
}

/** Milliseconds that telling this path takes. */
async function toldIn(path: string, delivery: { wake(): void }): Promise<number> {
  const before = countOf(path)
  const begun = performance.now()
  await bench.owe([`one of ${path}`], { subscription: path })
  delivery.wake()
  await until(() => countOf(path) > before)
  return performance.now() - begun
}

const countOf = (path: string): number => receiver.got.filter((each) => each.path === path).length

/** All have been told so much that they are given as much at once as there may be. */
async function startKnown(...paths: readonly string[]) {
  await subscribe(...paths)
  for (const path of paths) await oweMany(path, 8)
  const delivery = bench.start()
  await until(async () => (await bench.owed()) === 0)
  return delivery
}

it.each([['one'], ['several']])(
  '%s that has fallen silent keeps nobody else waiting, however much it is owed',
  async (how) => {
    const dead = how === 'one' ? ['/dead'] : ['/dead', '/dead2', '/dead3']
    const delivery = await startKnown('/ok', ...dead)
    silent = new Set(dead)
    for (const path of dead) await oweMany(path, 20)
    delivery.wake()
    await until(() => countOf('/dead') > 8)
    await pause(20)
    const waited: number[] = []
    // Longer than the first silence is a failure, and the next.
    for (const end = performance.now() + 2.5 * TIMEOUT_MS; performance.now() < end; await pause(20))
      waited.push(await toldIn('/ok', delivery))
    expect(Math.max(...waited)).toBeLessThan(SOON_MS)
  },
)

it('one that is seldom told is told at once, although another one says nothing all the time', async () => {
  const delivery = await startKnown('/ok', '/dead')
  silent = new Set(['/dead'])
  await oweMany('/dead', 20)
  delivery.wake()
  await pause(3 * TIMEOUT_MS)
  expect(await toldIn('/ok', delivery)).toBeLessThan(SOON_MS)
})

it('one that is new does not wait for another that is new and says nothing', async () => {
  await subscribe('/dead', '/ok')
  silent = new Set(['/dead'])
  await oweMany('/dead', 20)
  await oweMany('/ok', 1)
  bench.start()
  await until(() => countOf('/ok') === 1, SOON_MS)
})

it('a host where nobody is there is tried with few, and less and less often, whatever its endpoints', async () => {
  const paths = Array.from({ length: 20 }, (_, i) => `/${i}`)
  const bodies: string[] = []
  receiver.answer((request) => {
    bodies.push(request.url ?? '')
    request.socket.destroy()
  })
  await subscribe(...paths)
  for (const path of paths) await oweMany(path, 2)
  bench.start()
  await pause(1_000)
  // Each by itself would be tried thirty times in that time.
  expect(bodies.length).toBeLessThan(80)
})
