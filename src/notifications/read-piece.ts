/** Reads a piece of what is owed in a queue, and decides of each notice what becomes of it. */

import type { Call } from '../ports/call.ts'
import type { Clock } from '../ports/clock.ts'
import type { Known, Notice, NoticePage, NoticeStore } from '../ports/notices.ts'
import { createBacklogs } from './backlogs.ts'
import type { DeliverySettings } from './delivery-settings.ts'
import type { Moves } from './moves.ts'
import { isFullPage } from './notice-page.ts'
import { createPaceOf, type PaceOf, type PaceOfDeps } from './pace-of.ts'
import type { Pace } from './paces.ts'
import type { Placing } from './placing.ts'
import { queueOf } from './queue-name.ts'
import type { Excess, Reading } from './reading.ts'
import type { Room } from './room.ts'
import type { Spared } from './spared.ts'
import { keyOf, type Window } from './window.ts'

interface PieceDeps extends PaceOfDeps {
  readonly call: Call
  readonly queue: string
  readonly notices: Pick<NoticeStore, 'lateMs' | 'owed' | 'backlog'>
  readonly clock: Clock
  readonly moves: Pick<Moves, 'move'>
  readonly settings: DeliverySettings
  readonly now: () => number
  readonly window: Window
  readonly place: Placing
  readonly room: Pick<Room, 'isFull' | 'page'>
  readonly spared: Pick<Spared, 'isAll'>
}

/** Pages that are read without anything being begun or settled between. */
const PIECE = 5

/** Notices that are read together where few of them can be told. */
const BRIEF = 40

function briefOf({ notices, bytes }: NoticePage): NoticePage {
  return { notices: Math.min(notices, BRIEF), bytes }
}

/** Throws what the store throws; the reading goes on from where it was then. */
export function createReadPiece(deps: PieceDeps): (of: Reading) => Promise<void> {
  const { call, queue, notices, moves, settings, clock, now, window, paces, place, room, spared } = deps
  const countOf = createBacklogs(deps)
  /** How many are too many of these subscriptions. */
  const excesses = async (ids: Iterable<string>): Promise<Excess> => {
    const excess: Excess = new Map()
    for (const id of ids) {
      const count = await countOf(id)
      if (count > settings.maxBacklog) excess.set(id, count - settings.maxBacklog)
    }
    return excess
  }
  const isHere = ({ subscription }: Pace): boolean => queueOf(subscription.endpoint.uri) === queue
  /** An instance that did not know yet of its new endpoint has owed it here. */
  const moveOn = (id: string, pace: Pace | undefined): void => {
    window.forget(window.waiting().flatMap((notice) => (notice.subscription === id ? [notice.id] : [])))
    if (pace === undefined) return
    paces.forget(id)
    void moves.move(call.tenant, id, queueOf(pace.subscription.endpoint.uri))
  }
  /** Returns the subscriptions of which nothing is to be told here any more. */
  const placeAll = async (page: readonly Notice[], paceOf: PaceOf, of: Reading): Promise<ReadonlySet<string>> => {
    const [here, elsewhere] = [new Map<string, Pace | undefined>(), new Set<string>()]
    for (const id of new Set(page.map(({ subscription }) => subscription))) {
      const pace = await paceOf(id)
      if (pace === undefined || isHere(pace)) here.set(id, pace)
      else elsewhere.add(id)
    }
    for (const notice of page) {
      const { subscription } = notice
      if (!elsewhere.has(subscription)) place(notice, here.get(subscription), of)
    }
    return elsewhere
  }
  const readPage = async (of: Reading, paceOf: PaceOf): Promise<ReadonlySet<string>> => {
    const most = of.isBrief ? briefOf(room.page()) : room.page()
    // What rests has what comes later of its entity behind it.
    const known: Known = (notice) => window.has(notice.id) || of.resting.has(keyOf(notice))
    const page = await notices.owed(call, queue, most, of.cursor, known)
    if (!of.hasBeenAtEnd) of.pages++
    const moved = await placeAll(page, paceOf, of)
    const last = page.at(-1)
    of.cursor = last?.position ?? of.cursor
    if (last !== undefined && last.since + notices.lateMs <= clock.now()) of.settledTo = last.position
    of.hasMore = isFullPage(page, most)
    return moved
  }
  /** What is too old, or too many, comes first. */
  const mayBreakOff = (of: Reading, givenUpBefore: number): boolean =>
    of.isBrief && of.givenUp === givenUpBefore && [...of.excess.values()].every((many) => many === 0) && spared.isAll()
  const readPages = async (of: Reading): Promise<void> => {
    const paceOf = createPaceOf(deps)
    const moved = new Set<string>()
    for (let pages = 0; of.hasMore && !of.isBroken && pages < PIECE && !room.isFull(); pages++) {
      const { givenUp } = of
      for (const id of await readPage(of, paceOf)) moved.add(id)
      of.isBroken = mayBreakOff(of, givenUp)
    }
    for (const id of moved) moveOn(id, await paceOf(id))
    if (of.hasMore) for (const { subscription } of window.waiting()) of.behind.add(subscription)
  }
  return async (of) => {
    const begun = now()
    // What has been told since the last piece is not too many any more.
    of.excess = await excesses(of.excess.keys())
    await readPages(of)
    if (!of.hasBeenAtEnd) of.spentMs += now() - begun
  }
}
