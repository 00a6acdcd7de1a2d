/** All queues of all Tenants that are this instance's: begun when something is owed in them, ended when they are another's. */

import { Problem } from '../core/model/problems.ts'
import type { HeldTerm, Ownership } from '../duties/ownership.ts'
import { createPlaces } from '../outbound/places.ts'
import type { Call } from '../ports/call.ts'
import type { NoticeSource, NoticeStore } from '../ports/notices.ts'
import type { Bells } from './bells.ts'
import { type Delivery, type DeliveryDeps, startDelivery } from './delivery.ts'
import { createLooks } from './looks.ts'
import { isOfStream, queueKey, type Ring, type Unread } from './queue-name.ts'

export interface Deliverer {
  /**
   * Something is about to be committed in this queue, or is not: where nobody can say whether it was, because the store
   * did not answer, it is looked later.
   */
  owing(tenant: string, queue: string): void
  /** Notices of these queues have been committed by this instance. */
  committed: NoticeSource['committed']
  /** Another instance has committed some of a queue. */
  rung(ring: Ring): void
  /** Another one may have, of any. */
  rungForAny(): void
  /** These subscriptions of the Tenant have changed, or any, so that what rests can perhaps be told. */
  subscriptionsChanged(tenant: string, ids?: readonly string[]): void
  /** Begins nothing more; waits for what is under way, and settles it. */
  close(): Promise<void>
}

interface DelivererDeps extends Omit<DeliveryDeps, 'call' | 'notices' | 'mostBytes' | 'beginning'> {
  readonly notices: NoticeStore
  readonly ownership: Pick<Ownership, 'begin' | 'isAlone' | 'onChange'>
  /** Those that have subscriptions. */
  readonly tenants: () => readonly string[]
  /** Of a Tenant, and alive as long as the broker. */
  readonly callOf: (tenant: string) => Call
  /** Who delivers a queue of which this instance has committed something hears of it. */
  readonly bells: Pick<Bells, 'ring'>
  /** Something may be owed in a queue of a stream; returns whether its connection is here. */
  readonly wakeStream: (tenant: string, queue: string) => boolean
  /** Of what is owed, in memory: in all queues together, of which each has its share, whatever the others have. */
  readonly allBytes?: number
  /** Milliseconds from one look at what nobody told of to the next. */
  readonly turnMs?: number
}

/** Milliseconds; the second: until a store that failed is asked again. */
const TURN_MS = 10_000
const AGAIN_MS = 250

/** Of what is owed, in memory: in a queue, and in all together. */
const QUEUE_BYTES = 33_554_432
const ALL_BYTES = 268_435_456
/** Queues that begin at once: to read the first of thousands together would keep all others waiting. */
const BEGINNING = 4

export function startDeliverer(deps: DelivererDeps): Deliverer {
  const { notices, ownership, callOf, bells, wakeStream, allBytes = ALL_BYTES, turnMs = TURN_MS } = deps
  const deliveries = new Map<string, Delivery>()
  /** Those that are not begun any more, until they have ended. */
  const ending = new Set<Promise<void>>()
  let isClosed = false
  /** Where something may have been committed of which nobody told, since the last turn, and since the one before. */
  let unsure = new Map<string, Set<string>>()
  let unsureBefore = unsure

  const mostBytes = (): number => Math.min(QUEUE_BYTES, allBytes / Math.max(1, deliveries.size))
  const beginning = createPlaces(BEGINNING)

  const looks = createLooks({ ...deps, lookIn, onTurn: lookWhereUnsure, failed, turnMs, againMs: AGAIN_MS })
  /** Who would have told of something may not have lived to do so. */
  const lookAtAll = (): void => {
    for (const delivery of deliveries.values()) delivery.wake('earlier')
    looks.lookAtAll()
  }
  ownership.onChange(lookAtAll)
  looks.lookAtAll()
  return {
    owing,
    committed: (tenant, queues, mayBeEarlier) => wakeAll(tenant, queues, mayBeEarlier ? 'earlier' : 'new'),
    rung: ({ tenant, queue, unread }) => void wake(tenant, queue, unread),
    rungForAny: lookAtAll,
    subscriptionsChanged: (tenant, ids) => {
      for (const [key, delivery] of deliveries) if (key.startsWith(queueKey(tenant, ''))) delivery.lookAgain(ids)
    },
    close: async () => {
      isClosed = true
      await looks.close()
      await Promise.all([...[...deliveries.values()].map((delivery) => delivery.close()), ...ending])
    },
  }

  /** Whether it is delivered here. */
  function wake(tenant: string, queue: string, unread: Unread): boolean {
    // One that has gone elsewhere has another queue there, and gathers what is owed in this one.
    if (isOfStream(queue)) return wakeStream(tenant, queue)
    const key = queueKey(tenant, queue)
    const delivery = deliveries.get(key)
    if (delivery === undefined) return begin(tenant, queue, key)
    delivery.wake(unread)
    return true
  }

  function begin(tenant: string, queue: string, key: string): boolean {
    const term = isClosed ? undefined : ownership.begin(key)
    if (term === undefined) return false
    const delivery = startDelivery({
      ...{ ...deps, mostBytes, beginning, call: callOf(tenant) },
      ...{ queue, term },
      onEnd: () => {
        ended(key, term)
        // What was committed while it ended is its next owner's.
        if (!isClosed && term.signal().aborted) wakeAll(tenant, new Set([queue]), 'late')
      },
    })
    deliveries.set(key, delivery)
    return true
  }

  function ended(key: string, term: HeldTerm): void {
    const closing = deliveries
      .get(key)
      ?.close()
      .finally(() => {
        term.letGo()
        ending.delete(closing as Promise<void>)
      })
    if (closing !== undefined) ending.add(closing)
    deliveries.delete(key)
  }

  function owing(tenant: string, queue: string): void {
    const queues = unsure.get(tenant)
    if (queues === undefined) unsure.set(tenant, new Set([queue]))
    else queues.add(queue)
  }

  function wakeAll(tenant: string, queues: ReadonlySet<string>, unread: Unread): void {
    const others = [...queues].filter((queue) => !wake(tenant, queue, unread))
    if (others.length > 0 && !ownership.isAlone()) bells.ring(others.map((queue) => ({ tenant, queue, unread })))
  }

  /** As if it had been committed, a turn later: until then it has been, or never is. */
  function lookWhereUnsure(): void {
    for (const [tenant, queues] of unsureBefore) wakeAll(tenant, queues, 'late')
    unsureBefore = unsure
    unsure = new Map()
  }

  function failed(error: unknown): void {
    callOf('').log.warn({ error }, 'the store does not tell in which queues something is owed; asking again')
  }

  async function lookIn(tenant: string): Promise<void> {
    const queues = await notices.queues(callOf(tenant)).catch((error: unknown) => {
      // A Tenant that has gone meanwhile owes nothing.
      if (error instanceof Problem) return []
      throw error
    })
    for (const queue of queues) if (!isClosed) wake(tenant, queue, 'late')
  }
}
