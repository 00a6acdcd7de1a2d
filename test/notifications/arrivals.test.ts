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

it('what nobody has moved after a while is fetched', async () => {
  movedMs = 2_000
  await owe()
  bench.start()
  await until(async () => (await bench.owed()) === 0)
  expect(numbers().filter((n) => n !== 4)).toEqual([1, 2, 3])
})
