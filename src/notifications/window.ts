/**
 * What is owed in one queue, as far as it is in memory: in order, and no more of it than its reader puts there. Of one entity
 * and subscription one notice is under way at a time, so that they arrive in their order; of others as many as there may be.
 */

import type { Notice } from '../ports/notices.ts'

export interface Window {
  /** Adds what is not there yet. */
  add(notices: readonly Notice[]): void
  /** Whether it is known: it waits, is under way, or has been told and is not settled yet. */
  has(id: string): boolean
  /** Whether it waits, so that it can be given up. */
  isWaiting(id: string): boolean
  /**
   * Those that can be sent together next (5.5.11), in their order: of one subscription and group, of different entities,
   * none of which waits behind another notice. They are under way from then on. Undefined where there are none.
   */
  take(mayBegin: (notice: Notice) => boolean): readonly Notice[] | undefined
  /** They have been told, or given up: others of their entities may follow, but they are known until they are settled. */
  finish(notices: readonly Notice[]): void
  /** They are settled, or are to be read again: their subscription rests. */
  forget(ids: readonly string[]): void
  /** How many wait that are such. */
  count(isSuch: (notice: Notice) => boolean): number
  /** What waits. */
  waiting(): readonly Notice[]
  isAnyWaiting(): boolean
  readonly size: number
  /** Of what waits and what is under way. */
  readonly bytes: number
}

export function createWindow(): Window {
  /** In order of position, by id: taking one out of thousands must cost next to nothing. */
  let waiting = new Map<string, Notice>()
  let last = ''
  let isInOrder = true
  const known = new Set<string>()
  const underWay = new Map<string, Notice>()
  const finished = new Set<string>()
  const busy = new Set<string>()
  /** Of those that are held, by id. */
  const sizes = new Map<string, number>()
  let bytes = 0

  /** When it is asked for: what is added one by one before what is there is sorted once. */
  const inOrder = (): ReadonlyMap<string, Notice> => {
    if (!isInOrder) waiting = new Map(sorted([...waiting.values()]).map((notice) => [notice.id, notice]))
    isInOrder = true
    return waiting
  }
  const hold = ({ id, bytes: size }: Notice): void => {
    sizes.set(id, size)
    bytes += size
  }
  const letGo = (id: string): void => {
    bytes -= sizes.get(id) ?? 0
    sizes.delete(id)
  }
  const free = (notice: Notice): void => {
    underWay.delete(notice.id)
    busy.delete(keyOf(notice))
  }
  return {
    add: (notices) => {
      for (const notice of notices) {
        if (known.has(notice.id)) continue
        known.add(notice.id)
        waiting.set(notice.id, notice)
        hold(notice)
        if (notice.position < last) isInOrder = false
        else last = notice.position
      }
    },
    has: (id) => known.has(id),
    isWaiting: (id) => known.has(id) && !underWay.has(id) && !finished.has(id),
    take: (mayBegin) => {
      const ordered = inOrder()
      const first = firstOf(ordered.values(), busy, mayBegin)
      if (first === undefined) return undefined
      const taken = together(ordered.values(), first, busy)
      for (const notice of taken) {
        underWay.set(notice.id, notice)
        busy.add(keyOf(notice))
        waiting.delete(notice.id)
      }
      return taken
    },
    finish: (notices) => {
      for (const notice of notices) {
        free(notice)
        known.add(notice.id)
        finished.add(notice.id)
        waiting.delete(notice.id)
        letGo(notice.id)
      }
    },
    forget: (ids) => {
      for (const id of ids) {
        known.delete(id)
        waiting.delete(id)
        finished.delete(id)
        letGo(id)
        const notice = underWay.get(id)
        if (notice !== undefined) free(notice)
      }
    },
    count: (isSuch) => [...waiting.values()].filter(isSuch).length,
    waiting: () => [...inOrder().values()],
    isAnyWaiting: () => waiting.size > 0,
    get size() {
      return known.size
    },
    get bytes() {
      return bytes
    },
  }
}

function sorted(notices: Notice[]): Notice[] {
  return notices.sort((a, b) => (a.position < b.position ? -1 : a.position > b.position ? 1 : 0))
}

function firstOf(waiting: Iterable<Notice>, busy: ReadonlySet<string>, mayBegin: (notice: Notice) => boolean) {
  const passed = new Set<string>()
  for (const notice of waiting) {
    const key = keyOf(notice)
    if (!busy.has(key) && !passed.has(key) && mayBegin(notice)) return notice
    passed.add(key)
  }
  return undefined
}

/** Entities of one Notification that one request has changed, and bytes after which no other is added. */
const MOST = 1_000
const MOST_BYTES = 4_194_304

/**
 * From the first one on, what the same request changed, or, of what is told as its latest state, all: the first notice of
 * each entity.
 */
function together(waiting: Iterable<Notice>, first: Notice, busy: ReadonlySet<string>): readonly Notice[] {
  const taken: Notice[] = []
  const passed = new Set<string>()
  let hasBegun = false
  let bytes = 0
  for (const notice of waiting) {
    hasBegun ||= notice === first
    if (notice.subscription !== first.subscription) continue
    const isEnough = taken.length >= MOST || bytes >= MOST_BYTES
    if (hasBegun && !first.latestOnly && (notice.group !== first.group || isEnough)) break
    const key = keyOf(notice)
    if (hasBegun && !busy.has(key) && !passed.has(key)) {
      taken.push(notice)
      bytes += notice.bytes
    }
    passed.add(key)
  }
  return taken
}

/** What one subscription is told of one entity is told in order. */
export function keyOf({ subscription, entity }: Pick<Notice, 'subscription' | 'entity'>): string {
  return `${subscription}\n${entity}`
}
