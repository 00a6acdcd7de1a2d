import { expect, it } from 'vitest'
import { createPlaces } from './places.ts'

const signal = new AbortController().signal

it('are given in the order in which they are asked for', async () => {
  const places = createPlaces(2)
  const order: number[] = []
  const given = [0, 1, 2, 3].map(async (i) => {
    const giveBack = await places.take(signal)
    order.push(i)
    return giveBack
  })
  const [first, second] = await Promise.all(given.slice(0, 2))
  expect(order).toEqual([0, 1])
  second?.()
  await given[2]
  expect(order).toEqual([0, 1, 2])
  first?.()
  await given[3]
  expect(order).toEqual([0, 1, 2, 3])
})

it('are not kept for who has given up', async () => {
  const places = createPlaces(1)
  const giveBack = await places.take(signal)
  const impatient = new AbortController()
  const waiting = places.take(impatient.signal)
  const next = places.take(signal)
  impatient.abort(new Error('enough'))
  await expect(waiting).rejects.toThrow('enough')
  await expect(places.take(AbortSignal.abort(new Error('too late')))).rejects.toThrow('too late')
  giveBack()
  const giveBackNext = await next
  giveBackNext()
  expect(await places.take(signal)).toBeTypeOf('function')
})
