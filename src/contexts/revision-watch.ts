/** How an instance learns that another one, on the same store, has changed a @context. */

import type { Call } from '../ports/call.ts'
import type { Clock } from '../ports/clock.ts'
import type { StoredContexts } from './context-records.ts'

const LOOK_EVERY_MS = 500

/**
 * Looks at the store when something is about to be used and the last look is half a second old; calls `onChange` before
 * it resolves. Costs a comparison otherwise.
 */
export function createRevisionWatch(
  stored: StoredContexts,
  clock: Clock,
  call: Call,
  onChange: () => void,
): () => Promise<void> | undefined {
  let lookAgainAt = Number.NEGATIVE_INFINITY
  return () => {
    const now = clock.now()
    if (now < lookAgainAt) return undefined
    lookAgainAt = now + LOOK_EVERY_MS
    return stored.changedElsewhere(call).then((changed) => {
      if (changed) onChange()
    })
  }
}
