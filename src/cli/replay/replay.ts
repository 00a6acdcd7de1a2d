/** Positions are sent when they are due, round after round. */

import { performance } from 'node:perf_hooks'
import { pause } from './pause.ts'
import type { Position } from './positions.ts'

interface ReplayOptions {
  /** How much faster than it was. */
  readonly speed: number
  /** Ends it. */
  readonly signal: AbortSignal
  /** Resolves when it is stored; what it throws ends the replay. */
  send(position: Position): Promise<void>
}

/** What was missed by more, by a machine that slept or is too slow, is not caught up on. */
const MOST_BEHIND_MS = 1_000

/** Resolves when it is told to end, with what was being sent. One at a time, so that they arrive in their order. */
export async function replay(positions: readonly Position[], { speed, signal, send }: ReplayOptions): Promise<void> {
  let due = performance.now()
  while (!signal.aborted) {
    for (const position of positions) {
      due = Math.max(due + position.quietMs / speed, performance.now() - MOST_BEHIND_MS)
      const early = due - performance.now()
      if (early > 0) await pause(early, signal)
      if (signal.aborted) return
      await send(position)
    }
  }
}
