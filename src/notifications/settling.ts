/** Tells the store what has ended: all that ends while it writes is its next commit. */

import type { Call } from '../ports/call.ts'
import type { NoticeStore, Settlement } from '../ports/notices.ts'

export interface Settling {
  add(settlements: readonly Settlement[]): void
  /** Runs what may not come between: while it runs nothing is settled, and what is settled is so for it. */
  aside<T>(work: () => Promise<T>): Promise<T>
  /** Returns when all is settled, or cannot be yet, because the store does not answer: then it is asked again. */
  flush(): Promise<void>
  /** As flush, for the last time: what cannot be settled now is told again by who has the queue next. */
  end(): Promise<void>
}

export interface SettlingDeps {
  readonly call: Call
  readonly notices: Pick<NoticeStore, 'settle'>
  readonly onSettled: (ids: readonly string[]) => void
  /** Milliseconds until a store that did not answer is asked again. */
  readonly againMs: number
}

export function createSettling({ call, notices, onSettled, againMs }: SettlingDeps): Settling {
  let waiting: Settlement[] = []
  let turn: Promise<unknown> = Promise.resolve()
  let isPlanned = false
  let timer: NodeJS.Timeout | undefined

  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const done = turn.then(work)
    turn = done.catch(() => undefined)
    return done
  }
  const settle = async (): Promise<void> => {
    isPlanned = false
    const batch = waiting
    if (batch.length === 0) return
    waiting = []
    try {
      // What is told when the process is killed before is told again.
      await notices.settle(call, batch, true)
      onSettled(batch.map(({ id }) => id))
    } catch (error) {
      call.log.warn({ error, notices: batch.length }, 'the store does not take what has been told; asking again')
      waiting = [...batch, ...waiting]
      clearTimeout(timer)
      timer = setTimeout(plan, againMs).unref()
    }
  }
  const plan = (): void => {
    if (isPlanned) return
    isPlanned = true
    void inTurn(settle)
  }
  return {
    add: (settlements) => {
      waiting.push(...settlements)
      if (settlements.length > 0) plan()
    },
    aside: inTurn,
    flush: () => inTurn(settle),
    end: async () => {
      await inTurn(settle)
      clearTimeout(timer)
    },
  }
}
