import { expect, it } from 'vitest'
import type { Batch } from './batches.ts'
import { createPipeline } from './pipeline.ts'

function batch(...ids: readonly string[]): Batch {
  return { ld: false, entities: ids.map((id) => ({ source: '', line: 1, text: '{}', id, ld: false })) }
}

/** A receiver that answers when it is told to. */
function receiver() {
  const waiting: (() => void)[] = []
  const received: string[] = []
  return {
    received,
    answer: () => waiting.shift()?.(),
    send: (given: Batch) => {
      received.push(given.entities.map(({ id }) => id).join())
      return new Promise<void>((resolve) => waiting.push(resolve))
    },
  }
}

const settle = () => new Promise((resolve) => setImmediate(resolve))

it('has some batches under way at once, and no more', async () => {
  const { received, answer, send } = receiver()
  const pipeline = createPipeline(2, send)
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
  const pipeline = createPipeline(4, send)
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
  const pipeline = createPipeline(1, async (given) => {
    received.push(given.entities[0]?.id ?? '')
    throw new Error('gone')
  })
  await pipeline.start(batch('a'))
  await expect(pipeline.start(batch('b'))).rejects.toThrow('gone')
  await expect(pipeline.drain()).rejects.toThrow('gone')
  expect(received).toEqual(['a'])
})
