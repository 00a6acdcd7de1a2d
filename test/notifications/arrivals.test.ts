import { afterEach, beforeEach, expect, it } from 'vitest'
import { type Bench, call, openBench, pause, subscriptionOf, until } from './delivery-bench.ts'
import { type Receiver, startReceiver } from './receiver.ts'

const ELSEWHERE = 'http://elsewhere'
let movedMs: number
let bench: Bench
let receiver: Receiver
beforeEach(async () => {
  ;[bench, receiver] = await Promise.all([openBench({}, undefined, { movedMs: () => movedMs }), startReceiver()])
  await bench.put(subscriptionOf(receiver.origin))
})
afterEach(async () => {
  await bench.close()
  await receiver.stop()
})

const numbers = (): number[] => receiver.got.flatMap(({ body }) => body.told.map(({ n }) => n))
/** Three of one entity, the first two of which wait elsewhere, and one of another. */
const owe = async (): Promise<void> => {
  await bench.owe(['a'])
  await bench.owe(['a'])
  await bench.store.notices.requeue(call, 's1', ELSEWHERE)
  await bench.owe(['a'])
  await bench.owe(['b'])
}

it('what waits elsewhere still is told before what comes later of its entity, and keeps no others waiting', async () => {
  movedMs = 0
  await owe()
  const delivery = bench.start()
  await until(async () => receiver.got.length > 0)
  await pause(100)
  expect(numbers()).toEqual([4])
  await bench.store.notices.requeue(call, 's1', bench.queue())
  delivery.wake()
  await until(async () => (await bench.owed()) === 0)
  expect(numbers()).toEqual([4, 1, 2, 3])
})

it.each([2_000, 10_000, 100_000])('what nobody has moved after %i ms is fetched, in order', async (ms) => {
  movedMs = ms
  await owe()
  bench.setMoveMs(300)
  bench.start()
  await until(async () => (await bench.owed()) === 0)
  expect(numbers()).toEqual([4, 1, 2, 3])
})

it('what goes elsewhere keeps no other subscription of its host waiting, however long it takes', async () => {
  movedMs = 0
  await bench.put(subscriptionOf(receiver.origin, { id: 's2' }))
  bench.setMoveMs(2_000)
  await bench.owe(['a'])
  const here = bench.queue()
  const delivery = bench.start({ signal: () => new AbortController().signal })
  await until(async () => (await bench.owed()) === 0)
  await bench.owe(['a'])
  await bench.put(subscriptionOf(ELSEWHERE))
  delivery.wake()
  await pause(50)
  expect(here).toBe(bench.queue('s2'))
  await bench.owe(['b'], { subscription: 's2' })
  const begun = performance.now()
  delivery.wake()
  await until(() => bench.ended('delivered').then((ended) => ended.length === 2))
  expect(performance.now() - begun).toBeLessThan(1_000)
})
