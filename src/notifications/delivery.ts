/** Tells what is owed in one queue, for as long as it is this instance's. */

import { Problem } from '../core/model/problems.ts'
import { eitherSignal } from '../duties/either-signal.ts'
import type { Term } from '../duties/term.ts'
import type { Places } from '../outbound/places.ts'
import type { NoticeStore } from '../ports/notices.ts'
import type { ArrivalsDeps } from './arrivals.ts'
import type { AttemptDeps } from './attempt.ts'
import { createDeliveryParts } from './delivery-parts.ts'
import type { DeliverySettings } from './delivery-settings.ts'
import type { Hosts } from './hosts.ts'
import type { SubscriptionOf } from './pace-of.ts'
import type { Unread } from './queue-name.ts'
import { createTelling } from './telling.ts'

export interface Delivery {
  /** There may be something to read. */
  wake(unread?: Unread): void
  /** These subscriptions have changed, or any, so that what rests can perhaps be told. */
  lookAgain(ids?: readonly string[]): void
  /** Begins nothing more, and returns when what was under way has ended, or has been given up after a while, and is settled. */
  close(): Promise<void>
}

export interface DeliveryDeps extends AttemptDeps, Pick<ArrivalsDeps, 'movedMs' | 'moves'> {
  readonly notices: Pick<NoticeStore, 'lateMs' | 'owed' | 'settle' | 'backlog' | 'isAnyBefore'>
  readonly subscriptionOf: SubscriptionOf
  readonly settings: DeliverySettings
  readonly hosts: Hosts
  /** Of what is owed in one queue, how much may be in memory now. */
  readonly mostBytes: () => number
  /** For reading what is owed for the first time. */
  readonly beginning: Places
}

interface DeliveryOfQueue extends DeliveryDeps {
  readonly queue: string
  readonly term: Term
  /** Called once, when it has begun its last: its time is over, or nothing has been owed for a while. */
  readonly onEnd: () => void
}

/** Milliseconds: until a queue without anything ends, for what is under way at the end. */
const IDLE_MS = 30_000
const GRACE_MS = 2_000

export function startDelivery(deps: DeliveryOfQueue): Delivery {
  const { call, queue, term, settings, beginning, onEnd } = deps
  const ending = new AbortController()
  const { signal, clear } = eitherSignal(term.signal(), ending.signal)
  let isClosing = false
  let isFailing = false
  const isOver = (): boolean => isClosing || term.signal().aborted
  const parts = createDeliveryParts(deps)
  const { window, reader, paces, host, settling, bell } = parts
  const telling = createTelling({ ...deps, signal, isOver }, parts)

  const read = async (): Promise<void> => {
    try {
      await reader.read()
      if (isFailing) call.log.info({ queue }, 'the store tells again what is owed')
      isFailing = false
    } catch (error) {
      // Its Tenant is gone, and with it what was owed.
      if (error instanceof Problem) isClosing = true
      else if (!isFailing) call.log.warn({ error, queue }, 'the store does not tell what is owed; asking again')
      isFailing = true
    }
  }
  const hostMs = (): number => (window.isAnyWaiting() && host.waitMs() > 0 ? host.waitMs() : Number.POSITIVE_INFINITY)
  const dueMs = (): number => (isFailing ? settings.retry.firstMs : Math.min(reader.dueMs(), hostMs(), IDLE_MS))
  const readFirst = async (): Promise<void> => {
    const giveBack = await beginning.take(signal).catch(() => undefined)
    if (giveBack === undefined) return
    if (!isOver()) await read()
    giveBack()
  }
  const goOn = async (): Promise<void> => {
    await readFirst()
    let idleSince = performance.now()
    while (!isOver()) {
      telling.fill()
      if (!reader.isEmpty() || telling.isAnyUnderWay()) idleSince = performance.now()
      else if (performance.now() - idleSince >= IDLE_MS) break
      await bell.wait(dueMs())
      if (!isOver()) await read()
    }
    onEnd()
    await telling.ended()
    clear()
    host.leave()
    await settling.end()
  }
  // Not at once: who starts it must have it before it ends.
  const pump = Promise.resolve().then(goOn)
  signal.addEventListener('abort', bell.ring)
  return {
    wake: (unread) => {
      reader.wake(unread)
      bell.ring()
    },
    lookAgain: (ids) => {
      // Of the others nothing has been read yet.
      const known = ids?.filter((id) => paces.of(id) !== undefined)
      if (known?.length === 0) return
      reader.wake()
      reader.lookAgain(known && new Set(known))
      bell.ring()
    },
    close: async () => {
      isClosing = true
      bell.ring()
      const late = setTimeout(() => ending.abort(), GRACE_MS)
      await pump
      clearTimeout(late)
    },
  }
}
