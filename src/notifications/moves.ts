/**
 * What is owed to a subscription whose endpoint has gone to another host comes to the queue that it has there. That may be
 * much: it is done beside everything else, and nobody who reads, tells or changes a subscription waits for it.
 */

import { setTimeout as pause } from 'node:timers/promises'
import { Problem } from '../core/model/problems.ts'
import { createInTurn } from '../duties/in-turn.ts'
import type { Call } from '../ports/call.ts'
import type { NoticeStore } from '../ports/notices.ts'

export interface Moves {
  /**
   * Moves what waits for a subscription in other queues than this. Resolves when all has been moved that waited when it was
   * called, or when this is closed; never rejects: a store that does not answer is asked again.
   */
  move(tenant: string, subscription: string, queue: string): Promise<void>
  /** Breaks off what is under way: who has the queue next goes on. */
  close(): Promise<void>
}

export interface MovesDeps {
  readonly notices: Pick<NoticeStore, 'requeue'>
  /** Of a Tenant, and alive as long as the broker. */
  readonly callOf: (tenant: string) => Call
  /** Milliseconds until a store that failed is asked again. */
  readonly againMs?: number
}

const AGAIN_MS = 1_000

/** One at a time for each subscription and queue; who asks meanwhile shares the next. */
export function createMoves({ notices, callOf, againMs = AGAIN_MS }: MovesDeps): Moves {
  const inTurn = createInTurn()
  const next = new Map<string, Promise<void>>()
  const underWay = new Set<Promise<void>>()
  const closing = new AbortController()
  const { signal } = closing

  /** Whether there is nothing to be done any more. */
  const tried = async (tenant: string, subscription: string, queue: string): Promise<boolean> => {
    const call = { ...callOf(tenant), signal: () => signal }
    try {
      await notices.requeue(call, subscription, queue)
      return true
    } catch (error) {
      // Its Tenant is gone, and with it what was owed.
      if (signal.aborted || error instanceof Problem) return true
      call.log.warn({ error, subscription }, 'what is owed at a former endpoint could not be moved; trying again')
      return false
    }
  }
  const moveAll = async (...which: [tenant: string, subscription: string, queue: string]): Promise<void> => {
    while (!signal.aborted && !(await tried(...which)))
      await pause(againMs, undefined, { signal }).catch(() => undefined)
  }
  const begin = (key: string, ...which: [tenant: string, subscription: string, queue: string]): Promise<void> => {
    const moving = inTurn
      .run(key, () => {
        next.delete(key)
        return moveAll(...which)
      })
      .finally(() => underWay.delete(moving))
    next.set(key, moving)
    underWay.add(moving)
    return moving
  }
  return {
    move: (tenant, subscription, queue) => {
      const key = JSON.stringify([tenant, subscription, queue])
      return next.get(key) ?? begin(key, tenant, subscription, queue)
    },
    close: async () => {
      closing.abort()
      await Promise.all(underWay)
    },
  }
}
