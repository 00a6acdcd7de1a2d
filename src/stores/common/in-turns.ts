/** Computing that leaves the event loop to others from time to time. */

import { setImmediate as nextTurn } from 'node:timers/promises'

/** Milliseconds of computing before the event loop gets its turn. */
const TURN_MS = 4

/** All of these, each made into something else; what one of them throws ends it. */
export async function mapInTurns<From, To>(all: readonly From[], make: (one: From) => To): Promise<To[]> {
  const made: To[] = []
  let since = performance.now()
  for (const one of all) {
    made.push(make(one))
    if (performance.now() - since < TURN_MS) continue
    await nextTurn()
    since = performance.now()
  }
  return made
}
