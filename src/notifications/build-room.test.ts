import { expect, it } from 'vitest'
import { createBuildRoom } from './build-room.ts'

function roomOf() {
  const told: string[] = []
  const room = createBuildRoom({ builds: 2, bytes: 100, bytesOfQueue: 40 }, (queue) => told.push(queue))
  const freeFor = (...queues: readonly string[]) => queues.filter((queue) => room.isFree() && room.isFreeFor(queue))
  return { room, told, freeFor }
}

it('has one build at a time of each queue, and few of all', () => {
  const { room, told, freeFor } = roomOf()
  const a = room.begin('a')
  expect(freeFor('a', 'b')).toEqual(['b'])
  const b = room.begin('b')
  expect(freeFor('a', 'b', 'c')).toEqual([])
  a.built(10)
  expect(freeFor('a', 'b', 'c')).toEqual(['a', 'c'])
  b.end()
  expect(freeFor('a', 'b', 'c')).toEqual(['a', 'b', 'c'])
  expect(told).toEqual(['a', 'b'])
})

it('has a share of the bytes for each queue, until what was built has ended', () => {
  const { room, told, freeFor } = roomOf()
  const [first, second] = [room.begin('a'), room.begin('b')]
  first.built(40)
  second.built(39)
  expect(freeFor('a', 'b')).toEqual(['b'])
  first.end()
  expect(freeFor('a', 'b')).toEqual(['a', 'b'])
  expect(told).toEqual(['a', 'b', 'a'])
})

it('has no other build while there is as much as there may be of all', () => {
  const { room, freeFor } = roomOf()
  const places = ['a', 'b', 'c'].map((queue) => {
    const place = room.begin(queue)
    place.built(34)
    return place
  })
  expect(freeFor('a', 'd')).toEqual([])
  places[0]?.end()
  expect(freeFor('a', 'd')).toEqual(['a', 'd'])
})
