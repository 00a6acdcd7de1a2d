/** A receiver that refuses some of what it is sent, and takes the rest at once: it is not kept waiting for what it takes. */

import { afterEach, beforeEach, expect, it } from 'vitest'
import { type Bench, openBench, pause, subscriptionOf, until } from './delivery-bench.ts'
import { type Receiver, startReceiver } from './receiver.ts'

let bench: Bench
let receiver: Receiver
beforeEach(async () => {
  ;[bench, receiver] = await Promise.all([openBench({ retry: { firstMs: 100, mostMs: 1_000 } }), startReceiver()])
})
afterEach(async () => {
  await bench.close()
  await receiver.stop()
})

it('gets 400 changes of twenty entities within some times of the first delay, though it refuses every fifth attempt', async () => {
  let served = 0
  receiver.answer((_, response) => response.writeHead(++served % 5 === 0 ? 503 : 204).end())
  await bench.put(subscriptionOf(receiver.origin))
  for (let i = 0; i < 20; i++) {
    for (let j = 0; j < 20; j++) await bench.owe([`e${j}`])
  }
  const begun = performance.now()
  bench.start()
  await until(async () => (await bench.owed()) === 0, 15_000)
  // About a hundred attempts fail, some of them of the same entity: each waits for its own delay alone.
  expect(performance.now() - begun).toBeLessThan(8_000)
}, 20_000)

it('gets what it has refused again soon where there is little, however slow the store is', async () => {
  let served = 0
  receiver.answer((_, response) => response.writeHead(++served <= 3 ? 503 : 204).end())
  await bench.put(subscriptionOf(receiver.origin))
  await bench.owe(['e'])
  const owed: Bench['deps']['notices']['owed'] = async (...asked) => {
    await pause(300)
    return await bench.deps.notices.owed(...asked)
  }
  bench.start(undefined, undefined, { ...bench.deps.notices, owed })
  await until(async () => (await bench.owed()) === 0, 5_000)
  expect(served).toBe(4)
})
