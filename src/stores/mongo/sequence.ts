/** The order of creation: texts that grow, also between instances as far as their clocks agree. */

import { randomBytes } from 'node:crypto'
import type { Clock } from '../../ports/clock.ts'

/** Texts that are each greater than the one before, and than all that were `seen`. */
export interface Sequence {
  /** Greater also than `beyond`, which may be another instance's. */
  next(beyond?: string): string
}

/** Digits of a time, of what comes in one millisecond, and of the instance. */
const TIME = 9
const COUNT = 4
const INSTANCE = 5

const MOST = 36 ** COUNT

/** Milliseconds: clocks of instances are thought to differ by less. */
export const CLOCKS_APART = 60_000

/** Comes before all that are made at that time or later. */
export function textOf(time: number): string {
  return digits(Math.max(time, 0), TIME)
}

/** `seen`: the greatest there is. */
export function createSequence(clock: Clock, seen: string | undefined): Sequence {
  // Two instances that make something in the same millisecond are told apart by chance.
  const instance = Array.from(randomBytes(INSTANCE), (byte) => (byte % 36).toString(36)).join('')
  let time = 0
  let count = 0
  const see = (text: string): void => {
    const [itsTime, itsCount] = [text.slice(0, TIME), text.slice(TIME, TIME + COUNT)].map((part) =>
      Number.parseInt(part, 36),
    )
    if (itsTime === undefined || itsCount === undefined || itsTime < time) return
    count = itsTime > time ? itsCount : Math.max(count, itsCount)
    time = itsTime
  }
  if (seen !== undefined) see(seen)
  return {
    next: (beyond) => {
      if (beyond !== undefined) see(beyond)
      const now = clock.now()
      // Where the clock was set back, what is new is later all the same.
      if (now > time || ++count === MOST) {
        time = Math.max(now, time + 1)
        count = 0
      }
      return digits(time, TIME) + digits(count, COUNT) + instance
    },
  }
}

function digits(value: number, length: number): string {
  return value.toString(36).padStart(length, '0')
}
