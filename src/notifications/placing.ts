/** Decides of what has been read whether it is given up, can be told now, or rests. */

import type { Call } from '../ports/call.ts'
import type { Clock } from '../ports/clock.ts'
import type { Notice } from '../ports/notices.ts'
import type { DeliverySettings } from './delivery-settings.ts'
import type { Figures } from './figures.ts'
import { tooMany, whyGivenUp } from './given-up.ts'
import type { Pace, Paces } from './paces.ts'
import type { Excess, Reading } from './reading.ts'
import type { Rests } from './rests.ts'
import type { Settling } from './settling.ts'
import { FEW_OF_SPARED } from './spared.ts'
import { keyOf, type Window } from './window.ts'

interface PlacingDeps {
  readonly call: Call
  readonly figures: Pick<Figures, 'note'>
  readonly clock: Clock
  readonly settings: DeliverySettings
  readonly window: Window
  readonly paces: Paces
  readonly rests: Rests
  readonly settling: Settling
  /** It was in the window, and rests for so many milliseconds. */
  readonly rest: (notice: Notice, ms: number) => void
  /** It was not, and rests in this reading alone: where another one comes to it, it is decided again. */
  readonly restUnread: (notice: Notice, ms: number, reading: Reading) => void
}

/** `pace`: undefined where it has been deleted. */
export type Placing = (notice: Notice, pace: Pace | undefined, reading: Reading) => void

export function createPlacing(deps: PlacingDeps): Placing {
  const { call, figures, clock, settings, window, paces, rests, settling, rest, restUnread } = deps
  const giveUp = (notice: Notice, reason: string, reading: Reading): void => {
    reading.givenUp++
    window.finish([notice])
    settling.add([{ id: notice.id, state: 'dead', at: clock.now(), reason }])
    figures.note(call, notice.subscription, { timesGivenUp: 1 })
  }
  const whyNot = (notice: Notice, pace: Pace | undefined, excess: Excess): string | undefined => {
    // What waits behind others has not failed itself.
    const lastError = rests.lastError(notice.id) ?? pace?.lastError
    const why = whyGivenUp(notice, pace?.subscription, clock.now(), settings, lastError)
    const many = excess.get(notice.subscription) ?? 0
    if (why !== undefined || many === 0) return why
    excess.set(notice.subscription, many - 1)
    return tooMany(settings)
  }
  /** Of those that have failed before, and of those that have not. */
  const isEnough = ({ subscription, id }: Notice): boolean => {
    const isFresh = rests.isFresh(id)
    return (
      window.count((each) => each.subscription === subscription && rests.isFresh(each.id) === isFresh) >= FEW_OF_SPARED
    )
  }
  const restMs = (notice: Notice, pace: Pace): number => {
    const ms = Math.max(paces.restMs(pace), rests.restMs(notice.id))
    return ms === 0 && pace.breaker.isSpared() && isEnough(notice) ? Number.POSITIVE_INFINITY : ms
  }
  /** Behind what rests of the same entity it rests as well. */
  const msOf = (notice: Notice, pace: Pace, { resting }: Reading): number => {
    if (resting.has(keyOf(notice))) return Number.POSITIVE_INFINITY
    return window.has(notice.id) ? paces.restMs(pace) : restMs(notice, pace)
  }
  const place = (notice: Notice, ms: number, reading: Reading): void => {
    if (ms === 0) window.add([notice])
    else if (window.has(notice.id)) {
      window.forget([notice.id])
      rest(notice, ms)
    } else restUnread(notice, ms, reading)
  }
  return (notice, pace, reading) => {
    if (window.has(notice.id) && !window.isWaiting(notice.id)) return
    const why = whyNot(notice, pace, reading.excess)
    if (why !== undefined || pace === undefined) giveUp(notice, why ?? '', reading)
    else place(notice, msOf(notice, pace, reading), reading)
  }
}
