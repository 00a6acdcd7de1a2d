/** Entities that change all the time, and windows full of what may not be told: nothing is left behind by them. */

import { afterEach, beforeEach, expect, it } from 'vitest'
import { type Bench, openBench, pause, subscriptionOf, until } from './delivery-bench.ts'
import { type Receiver, startReceiver } from './receiver.ts'

let bench: Bench
let receiver: Receiver
beforeEach(async () => {
  ;[bench, receiver] = await Promise.all([openBench({ retry: { firstMs: 50, mostMs: 200 } }), startReceiver()])
})
afterEach(async () => {
  await bench.close()
  await receiver.stop()
})

/** Changes it until it is told to end; the store takes its time, as one at the end of a network does. */
function changing(latestOnly: boolean) {
  const owed: Bench['deps']['notices']['owed'] = async (...asked) => {
    await pause(15)
    return await bench.deps.notices.owed(...asked)
  }
  const delivery = bench.start(undefined, undefined, { ...bench.deps.notices, owed })
  let isOn = true
  const change = async (): Promise<void> => {
    while (isOn) {
      await bench.owe(['hot'], { latestOnly })
      delivery.wake()
      await pause(5)
    }
  }
  const changed = change()
  return async (): Promise<void> => {
    isOn = false
    await changed
  }
}

const numbers = (): number[] => receiver.got.flatMap(({ body }) => body.told.map(({ n }) => n))

it('one that changes all the time is told again soon after a failure, in order', async () => {
  await bench.put(subscriptionOf(receiver.origin))
  let isFailing = false
  receiver.answer((_, response) => response.writeHead(isFailing ? 500 : 204).end())
  const end = changing(false)
  await until(() => receiver.got.length > 20)
  isFailing = true
  await pause(150)
  isFailing = false
  const at = receiver.got.length
  await until(() => receiver.got.length > at + 50)
  await end()
  await until(async () => (await bench.owed()) === 0, 10_000)
  const first = [...new Set(numbers())]
  expect(first).toEqual([...first].sort((a, b) => a - b))
})

it('one that changes all the time is told in each period of a throttling', async () => {
  await bench.put(subscriptionOf(receiver.origin, { throttling: 0.3 }))
  const end = changing(true)
  await until(() => receiver.got.length === 6, 4_000)
  await end()
  expect(receiver.got.map(({ body }) => body.told.length)).toEqual(Array(6).fill(1))
})

it('a window full of a subscription that expires leaves room for others', async () => {
  await bench.put(subscriptionOf(receiver.origin))
  await bench.put(subscriptionOf(receiver.origin, { id: 's2' }))
  // What is under way when it expires leaves the window full when it has been told.
  for (let i = 0; i < 60; i++) await bench.owe(Array.from({ length: 50 }, (_, j) => `e${i}.${j}`))
  receiver.answer((_, response) => setTimeout(() => response.writeHead(204).end(), 1_000))
  await bench.put(subscriptionOf(receiver.origin, { expiresAt: Date.now() + 1_500 }))
  const delivery = bench.start()
  await until(() => receiver.got.length > 0)
  await pause(1_600)
  receiver.answer((_, response) => response.writeHead(204).end())
  await bench.owe(['other'], { subscription: 's2' })
  delivery.wake()
  await until(() => receiver.got.some(({ body }) => body.subscription === 's2'), 5_000)
  await until(async () => (await bench.owed()) === 0, 5_000)
  expect(await bench.ended('dead')).not.toEqual([])
}, 20_000)
