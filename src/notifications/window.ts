/**
 * What is owed in one queue, as far as it is in memory: in order, and no more of it than a bounded number. Of one entity
 * and subscription one notice is under way at a time, so that they arrive in their order; of others as many as there may be.
 */

import type { Notice } from '../ports/notices.ts'

export interface Window {
  /** Adds what is not there yet. */
  add(notices: readonly Notice[]): void
  /**
   * Those that can be sent together next (5.5.11), in their order: of one subscription and group, of different entities,
   * none of which waits behind another notice. They are under way from then on. Undefined where there are none.
   */
  take(mayBegin: (notice: Notice) => boolean): readonly Notice[] | undefined
  /** They wait again, in their places. */
  giveBack(notices: readonly Notice[]): void
  /** They are settled. */
  remove(notices: readonly Notice[]): void
  readonly size: number
  /** Of the last notice that has been added; undefined where there are none left. */
  last(): string | undefined
}

export function createWindow(): Window {
  /** In order of position. */
  let waiting: Notice[] = []
  const underWay = new Map<string, Notice>()
  const busy = new Set<string>()

  const sorted = (notices: readonly Notice[]): Notice[] =>
    [...notices].sort((a, b) => (a.position < b.position ? -1 : a.position > b.position ? 1 : 0))
  return {
    add: (notices) => {
      const known = new Set(waiting.map(({ id }) => id))
      const more = notices.filter(({ id }) => !known.has(id) && !underWay.has(id))
      if (more.length > 0) waiting = sorted([...waiting, ...more])
    },
    take: (mayBegin) => {
      const passed = new Set<string>()
      const first = waiting.find((notice) => {
        const key = keyOf(notice)
        if (!busy.has(key) && !passed.has(key) && mayBegin(notice)) return true
        passed.add(key)
        return false
      })
      if (first === undefined) return undefined
      const taken = together(waiting, first, busy)
      for (const notice of taken) {
        underWay.set(notice.id, notice)
        busy.add(keyOf(notice))
      }
      waiting = waiting.filter(({ id }) => !underWay.has(id))
      return taken
    },
    giveBack: (notices) => {
      for (const notice of notices) free(notice)
      waiting = sorted([...waiting, ...notices])
    },
    remove: (notices) => {
      for (const notice of notices) free(notice)
    },
    get size() {
      return waiting.length + underWay.size
    },
    last: () => {
      const all = [...waiting, ...underWay.values()]
      return all.reduce<string | undefined>(
        (last, { position }) => (last === undefined || position > last ? position : last),
        undefined,
      )
    },
  }

  function free(notice: Notice): void {
    underWay.delete(notice.id)
    busy.delete(keyOf(notice))
  }
}

/** Entities of one Notification. */
const MOST = 100

/** From the first one on, what the same request changed: the first notice of each entity. */
function together(waiting: readonly Notice[], first: Notice, busy: ReadonlySet<string>): readonly Notice[] {
  const taken: Notice[] = []
  const entities = new Set<string>()
  for (let i = waiting.indexOf(first); i < waiting.length && taken.length < MOST; i++) {
    const notice = waiting[i]
    if (notice === undefined || notice.subscription !== first.subscription) continue
    if (notice.group !== first.group) break
    if (busy.has(keyOf(notice)) || entities.has(notice.entity)) continue
    entities.add(notice.entity)
    taken.push(notice)
  }
  return taken
}

function keyOf({ subscription, entity }: Notice): string {
  return `${subscription}\n${entity}`
}
