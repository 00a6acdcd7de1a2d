/** The order of creation: texts that grow, also between instances as far as their clocks agree. */

import { randomBytes } from 'node:crypto'
import type { Clock } from '../../ports/clock.ts'

/** Texts that are each greater than the one before, and than all that were `seen`. */
export interface Sequence {
  next(): string
}

/** Digits of a time, of what comes in one millisecond, and of the instance. */
const TIME = 9
const COUNT = 4
const INSTANCE = 5

const MOST = 36 ** COUNT

/** Two instances that make something in the same millisecond are told apart by chance. */
const instance = Array.from(randomBytes(INSTANCE), (byte) => (byte % 36).toString(36)).join('')

/** `seen`: the greatest there is. */
export function createSequence(clock: Clock, seen: string | undefined): Sequence {
  let time = seen === undefined ? 0 : Number.parseInt(seen.slice(0, TIME), 36)
  let count = seen === undefined ? 0 : Number.parseInt(seen.slice(TIME, TIME + COUNT), 36)
  return {
    next: () => {
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
