import { describe, expect, it } from 'vitest'
import type { Notice } from '../ports/notices.ts'
import { createRoom, type Room } from './room.ts'
import { createWindow, type Window } from './window.ts'

/** Of so many notices, and so many bytes together. */
function windowOf(size: number, bytes: number): Window {
  const window = createWindow()
  const of = { subscription: 'urn:s:1', queue: 'http://a', content: null, latestOnly: false, group: 'g', since: 0 }
  const notice = (i: number): Notice => ({
    ...of,
    ...{ id: `g.${i}`, entity: `urn:x:${i}`, position: String(i).padStart(8, '0'), bytes: i === 0 ? bytes : 0 },
  })
  window.add(Array.from({ length: size }, (_, i) => notice(i)))
  return window
}

function roomOf(size: number, bytes: number, mostBytes = 33_554_432): Room {
  const window = windowOf(size, bytes)
  const rest = (): void => undefined
  const paces = { of: () => undefined, restMs: () => 0 }
  return createRoom({ now: () => 0, window, paces, mostBytes: () => mostBytes, rest })
}

describe('a window', () => {
  it('is full where the next page would be of a few notices, each of which costs as much as many', () => {
    expect(roomOf(1_992, 0).isFull()).toBe(true)
    expect(roomOf(1, 32_000_000).isFull()).toBe(true)
    for (const size of [0, 500, 1_000, 1_750]) {
      const room = roomOf(size, 0)
      expect(room.isFull()).toBe(false)
      expect(room.page()).toEqual({ notices: 200, bytes: 1_048_576 })
    }
  })

  it('with next to no share has room for one', () => {
    expect(roomOf(0, 0, 500).isFull()).toBe(false)
    expect(roomOf(0, 0, 500).page()).toEqual({ notices: 1, bytes: 500 })
    expect(roomOf(1, 400, 500).isFull()).toBe(true)
  })
})
