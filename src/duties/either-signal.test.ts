import { setTimeout as pause } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, it } from 'vitest'
import { eitherSignal } from './either-signal.ts'

setFlagsFromString('--expose-gc')
const collectGarbage: () => void = runInNewContext('gc')

it.each([0, 1])('is aborted when one of them is: %i', (which) => {
  const [one, other] = [new AbortController(), new AbortController()]
  const { signal } = eitherSignal(one.signal, other.signal)
  expect(signal.aborted).toBe(false)
  ;[one, other][which]?.abort()
  expect(signal.aborted).toBe(true)
  expect(eitherSignal(one.signal, other.signal).signal.aborted).toBe(true)
})

it('follows them no more when it is cleared', () => {
  const one = new AbortController()
  const { signal, clear } = eitherSignal(one.signal)
  clear()
  one.abort()
  expect(signal.aborted).toBe(false)
})

it('leaves nothing behind with those that live on', async () => {
  const [one, other] = [new AbortController(), new AbortController()]
  const heap = async (): Promise<number> => {
    await pause(50)
    collectGarbage()
    return process.memoryUsage().heapUsed
  }
  const make = async (count: number): Promise<void> => {
    for (let i = 0; i < count; i++) {
      eitherSignal(one.signal, other.signal).clear()
      if (i % 1_000 === 0) await pause(0)
    }
  }
  await make(2_000)
  const before = await heap()
  await make(50_000)
  expect(((await heap()) - before) / 50_000).toBeLessThan(20)
})
