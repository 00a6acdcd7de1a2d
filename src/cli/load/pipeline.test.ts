import { expect, it } from 'vitest'
import { createPipeline } from './pipeline.ts'

const batch = (...ids: readonly string[]) => ids
const idsOf = (ids: readonly string[]) => ids

/** A receiver that answers when it is told to. */
function receiver() {
  const waiting: (() => void)[] = []
  const received: string[] = []
  return {
    received,
    answer: () => waiting.shift()?.(),
    send: (ids: readonly string[]) => {
      received.push(ids.join())
      return new Promise<void>((resolve) => waiting.push(resolve))
    },
  }
}

const settle = () => new Promise((resolve) => setImmediate(resolve))

it('has some batches under way at once, and no more', async () => {
  const { received, answer, send } = receiver()
  const pipeline = createPipeline(2, idsOf, send)
  await pipeline.start(batch('a'))
  await pipeline.start(batch('b'))
  const third = pipeline.start(batch('c'))
  await settle()
  expect(received).toEqual(['a', 'b'])
  answer()
  await third
  expect(received).toEqual(['a', 'b', 'c'])
})

it('starts no batch while an entity of it is under way', async () => {
  const { received, answer, send } = receiver()
  const pipeline = createPipeline(4, idsOf, send)
  await pipeline.start(batch('a', 'b'))
  await pipeline.start(batch('c'))
  const next = pipeline.start(batch('d', 'b'))
  await settle()
  expect(received).toEqual(['a,b', 'c'])
  answer()
  await next
  expect(received).toEqual(['a,b', 'c', 'd,b'])
})

it('throws what a batch failed with, and starts no other after it', async () => {
  const received: string[] = []
  const pipeline = createPipeline(1, idsOf, async (ids) => {
    received.push(ids.join())
    throw new Error('gone')
  })
  await pipeline.start(batch('a'))
  await expect(pipeline.start(batch('b'))).rejects.toThrow('gone')
  await expect(pipeline.drain()).rejects.toThrow('gone')
  expect(received).toEqual(['a'])
})
