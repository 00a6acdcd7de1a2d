import { expect, it } from 'vitest'
import type { StoredStream } from '../ports/subscription-documents.ts'
import { createLeftStreams } from './left-streams.ts'

const settings = { keepMs: 600_000, heartbeatMs: 15_000, most: 10, mostLeft: 2 }
const MINUTE = 60_000
let now = 0
const room = () => {
  now = 0
  return createLeftStreams({
    streams: { list: async () => [], remove: async () => false },
    clock: { now: () => now },
    settings,
  })
}
const stored = {} as StoredStream['stored']
const stream = (seenAt: number, more: Partial<StoredStream> = {}): StoredStream => ({
  ...{ stored, connection: 0, before: [], isConnected: false, seenAt, resets: 0 },
  ...more,
})
const told = (seenAt: number) => stream(seenAt, { wasTold: true })

it('who was told something is waited for longer than who was not, and who may be connected longer still', () => {
  const left = room()
  const each = [stream(0), stream(0, { isConnected: true }), told(0), { ...told(0), isConnected: true }]
  const due = (at: number) => {
    now = at
    return each.map(left.isDue)
  }
  expect(due(30_000)).toEqual([false, false, false, false])
  expect(due(30_001)).toEqual([true, false, false, false])
  expect(due(120_001)).toEqual([true, true, false, false])
  expect(due(10 * MINUTE + 1)).toEqual([true, true, true, false])
  expect(due(11.5 * MINUTE + 1)).toEqual([true, true, true, true])
})

it('of those that are too many they go first that were told nothing, then those that were left longest ago', () => {
  const left = room()
  const [a, b, c, d] = [told(2), stream(4), stream(3), told(1)]
  const connected = stream(0, { isConnected: true })
  now = MINUTE
  expect(left.tooMany([a, b, c, d, connected])).toEqual([c, b])
  expect(left.tooMany([a, d, told(3), connected])).toEqual([d])
  expect(left.tooMany([a, d])).toEqual([])
})

it('who was told something and has just lost its connection is not counted, nor when its instance has just begun', () => {
  const left = room()
  const all = [told(-5 * MINUTE), told(-5 * MINUTE), told(-5 * MINUTE)]
  now = 30_000
  expect(left.tooMany(all)).toEqual([])
  now = 30_001
  expect(left.tooMany(all)).toHaveLength(1)
  expect(left.tooMany([...all, told(1), told(1)])).toHaveLength(1)
  now = 30_002
  expect(left.tooMany([...all, told(1), told(1)])).toHaveLength(3)
})
