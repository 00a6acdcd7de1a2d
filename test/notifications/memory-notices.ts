/** A NoticeStore for tests of delivery: in memory, with the promises of the port that delivery relies on. */

import type { Call } from '../../src/ports/call.ts'
import type { NewNotice, Notice, NoticeStore, Settlement } from '../../src/ports/notices.ts'

export interface MemoryNotices extends Pick<NoticeStore, 'queues' | 'owed' | 'settle' | 'backlog'> {
  owe(notices: readonly NewNotice[], group?: string, since?: number): void
  readonly settled: (Settlement & { readonly notice: Notice })[]
  count(): number
  /** Replaced by tests in which the store fails. */
  fault: Error | undefined
}

export function createMemoryNotices(): MemoryNotices {
  let owed: Notice[] = []
  let last = 0
  const settled: MemoryNotices['settled'] = []
  const checked = async <T>(result: () => T): Promise<T> => {
    await new Promise((resolve) => setImmediate(resolve))
    if (notices.fault !== undefined) throw notices.fault
    return result()
  }
  const notices: MemoryNotices = {
    settled,
    fault: undefined,
    count: () => owed.length,
    owe: (more, group = `g${last}`, since = Date.now()) => {
      for (const each of more) {
        const replaced = (n: Notice) =>
          each.latestOnly && n.subscription === each.subscription && n.entity === each.entity && n.latestOnly
        owed = owed.filter((n) => !replaced(n))
        const position = String(++last).padStart(12, '0')
        owed.push({ ...each, id: `n${last}`, position, group, since })
      }
    },
    queues: (_: Call) => checked(() => [...new Set(owed.map(({ queue }) => queue))]),
    owed: (_, queue, limit, after = '') =>
      checked(() => owed.filter((n) => n.queue === queue && n.position > after).slice(0, limit)),
    backlog: (_, subscription) =>
      checked(() => ({ count: owed.filter((n) => n.subscription === subscription).length })),
    settle: (_, settlements) =>
      checked(() => {
        for (const each of settlements) {
          const notice = owed.find(({ id }) => id === each.id)
          if (notice !== undefined) settled.push({ ...each, notice })
        }
        const ids = new Set(settlements.map(({ id }) => id))
        owed = owed.filter(({ id }) => !ids.has(id))
      }),
  }
  return notices
}
