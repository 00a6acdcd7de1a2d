/** How much of what is owed in a queue may be in memory: it has its share, which is less where there are more queues. */

import type { Notice, NoticePage } from '../ports/notices.ts'
import type { Paces } from './paces.ts'
import type { Window } from './window.ts'

export interface Room {
  /** Whether nothing more is to be read, because next to nothing would have room. */
  isFull(): boolean
  /** What may be read together now: no more than there is room for. */
  page(): NoticePage
  /** Whether what is there is so little that it costs next to nothing to read it again. */
  isLittle(): boolean
  /**
   * Where nothing else has room, what may not be told now rests, and what is beyond the share, since that has become less.
   */
  make(): void
}

interface RoomDeps {
  readonly now: () => number
  readonly window: Window
  readonly paces: Pick<Paces, 'of' | 'restMs'>
  /** Bytes. */
  readonly mostBytes: () => number
  /** It has been taken out of the window, and rests for so many milliseconds. */
  readonly rest: (notice: Notice, ms: number) => void
}

const PAGE: NoticePage = { notices: 200, bytes: 1_048_576 }
/** Notices in memory. */
const MOST = 2_000
/** However small a notice is, in bytes: what it takes beside its content is not counted. */
const LEAST_BYTES = 1_024
/** Of the share: with less room than that it is full, so that pages are not read for a few notices each. */
const LEAST_PART = 8
const LITTLE: NoticePage = { notices: 100, bytes: 1_048_576 }
/** Milliseconds from one look whether a full window has room to the next. */
export const FULL_MS = 1_000

export function createRoom({ now, window, paces, mostBytes, rest }: RoomDeps): Room {
  let madeAt = Number.NEGATIVE_INFINITY
  const mostNotices = (): number => Math.max(1, Math.min(MOST, Math.floor(mostBytes() / LEAST_BYTES)))
  const noticesLeft = (): number => mostNotices() - window.size
  const bytesLeft = (): number => mostBytes() - window.bytes
  const restMs = ({ subscription }: Notice): number => {
    const pace = paces.of(subscription)
    return pace === undefined ? 0 : paces.restMs(pace)
  }
  const mayBeTold = (notice: Notice): boolean => paces.of(notice.subscription) !== undefined && restMs(notice) === 0
  /** What is under way has its room first, then what has waited longest. */
  const leaveRest = (): void => {
    const waiting = window.waiting()
    let bytes = waiting.reduce((sum, notice) => sum - notice.bytes, window.bytes)
    let notices = window.size - waiting.length
    for (const notice of waiting) {
      if (mayBeTold(notice) && bytes < mostBytes() && notices < mostNotices()) {
        bytes += notice.bytes
        notices++
      } else {
        window.forget([notice.id])
        // Its subscription may have expired: then the next look gives it up.
        rest(notice, Math.min(restMs(notice), FULL_MS))
      }
    }
  }
  return {
    isFull: () => noticesLeft() < mostNotices() / LEAST_PART || bytesLeft() < mostBytes() / LEAST_PART,
    page: () => ({
      notices: Math.max(1, Math.min(PAGE.notices, noticesLeft())),
      bytes: Math.max(1, Math.min(PAGE.bytes, bytesLeft())),
    }),
    isLittle: () =>
      window.size < Math.min(LITTLE.notices, mostNotices() / LEAST_PART) &&
      window.bytes < Math.min(LITTLE.bytes, mostBytes() / LEAST_PART),
    make: () => {
      // Each that is told wakes the reader: it need not look at all that waits each time.
      if (now() - madeAt < FULL_MS) return
      madeAt = now()
      leaveRest()
    },
  }
}
