/** Reads what a stream is owed, for the connection that has it now. */

import type { Call } from '../ports/call.ts'
import type { Clock } from '../ports/clock.ts'
import type { Notice, NoticePage, NoticeStore, ToldUpTo } from '../ports/notices.ts'

export interface StreamReader {
  /** The next, in order, none where it is another connection's; what it has given is given again until it is settled. */
  read(most: NoticePage): Promise<readonly Notice[]>
  /** Milliseconds until it is to be read whatever happens: something may be owed where nobody tells of it. */
  dueMs(): number
}

interface StreamReaderDeps {
  readonly call: Call
  readonly notices: Pick<NoticeStore, 'owed' | 'requeue' | 'revive'>
  /** Id of the stream. */
  readonly id: string
  readonly queue: string
  /** Whether the stream is still this connection's: two that gather would take from each other for ever. */
  readonly isOurs: () => Promise<boolean>
  /** How far the client was told over the connections before; empty where there were none. */
  readonly before: readonly ToldUpTo[]
  readonly clock: Clock
  /** Milliseconds that only grow. */
  readonly now: () => number
}

/**
 * Milliseconds. For so long others may owe to the connection before, or tell over it, because they do not know of this one:
 * they learn of it within one second, but steps that they have begun may take longer.
 */
const JOINING_MS = 2_000
const LATE_MS = 15_000
const JOINING_EVERY_MS = 250
const LATE_EVERY_MS = 5_000

/**
 * While another connection may still take what is owed, and its client has perhaps gone, each page is read until nothing
 * was owed elsewhere after it: then nothing that comes before it in the order of an entity is told later.
 */
export function createStreamReader(deps: StreamReaderDeps): StreamReader {
  const { call, notices, id, queue, clock, isOurs, before, now } = deps
  const begun = now()
  let gatheredAt = Number.NEGATIVE_INFINITY

  /** How much of it was elsewhere. */
  const gather = async (): Promise<number> => {
    const moved = await notices.requeue(call, id, queue)
    const revived = await notices.revive(call, id, queue, { toldAfter: before }, clock.now())
    gatheredAt = now()
    return moved + revived
  }
  const dueMs = (): number => {
    if (before.length === 0 || now() - begun > LATE_MS) return Number.POSITIVE_INFINITY
    const every = now() - begun < JOINING_MS ? JOINING_EVERY_MS : LATE_EVERY_MS
    return Math.max(0, gatheredAt + every - now())
  }
  const hasToGather = (): boolean => before.length > 0 && (now() - begun < JOINING_MS || dueMs() === 0)
  return {
    dueMs,
    read: async (most) => {
      while (await isOurs()) {
        const page = await notices.owed(call, queue, most)
        if (!hasToGather() || (await gather()) === 0) return page
      }
      return []
    },
  }
}
