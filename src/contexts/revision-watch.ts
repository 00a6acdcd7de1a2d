/** How an instance learns that another one, on the same store, has changed a @context. */

import type { Call } from '../ports/call.ts'
import type { Clock } from '../ports/clock.ts'
import type { StoredContexts } from './context-records.ts'
import { createInTurn } from './in-turn.ts'

const LOOK_EVERY_MS = 500

/**
 * Looks at the store when something is about to be used and another process may have written since: where the store can
 * tell, when it has; and when the last look is half a second old. Calls `onChange` before it resolves, and whoever uses
 * something meanwhile waits for it, too. Costs a comparison otherwise.
 */
export function createRevisionWatch(
  stored: StoredContexts,
  clock: Clock,
  call: Call,
  onChange: () => Promise<void>,
): () => Promise<void> | undefined {
  const inTurn = createInTurn()
  let lookAgainAt = Number.NEGATIVE_INFINITY
  let seen: unknown
  let looking: Promise<void> | undefined
  const look = async (): Promise<void> => {
    try {
      if (await stored.changedElsewhere(call)) await onChange()
    } catch (error) {
      lookAgainAt = Number.NEGATIVE_INFINITY
      throw error
    }
  }
  const begin = (): Promise<void> => {
    const begun = inTurn.run('', look).finally(() => {
      if (looking === begun) looking = undefined
    })
    return begun
  }
  return () => {
    const now = clock.now()
    const elsewhere = stored.elsewhere()
    if (now >= lookAgainAt || elsewhere !== seen) {
      lookAgainAt = now + LOOK_EVERY_MS
      seen = elsewhere
      looking = begin()
    }
    return looking
  }
}
