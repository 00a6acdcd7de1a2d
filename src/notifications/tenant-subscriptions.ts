/** The Subscriptions of one Tenant in memory, and what a change owes to them. */

import { setImmediate } from 'node:timers/promises'
import { isDeepStrictEqual } from 'node:util'
import type { EntityChange } from '../core/model/change.ts'
import type { Json } from '../core/model/entity.ts'
import { isToFold } from '../core/subscription/fold-told.ts'
import { type StoredSubscription, type Subscription, statusOf } from '../core/subscription/subscription.ts'
import { createSubscriptionIndex, type SubscriptionIndex } from '../core/subscription/subscription-index.ts'
import { type Told, tell } from '../core/subscription/tell.ts'
import { whatChanged } from '../core/subscription/what-changed.ts'
import type { NewNotice } from '../ports/notices.ts'
import { isStreamId } from '../ports/subscription-documents.ts'
import { queueOf } from './queue-name.ts'

export interface TenantSubscriptions {
  get(id: string): Subscription | undefined
  /** How many there are, streams aside. */
  count(): number
  /** Those with a timeInterval. */
  periodic(): Iterable<QueuedSubscription>
  /** It is so from now on; undefined: it is gone. */
  put(id: string, stored: StoredSubscription | undefined): void
  /** These are all. A few at a time, because there may be many; nothing is to be put meanwhile. */
  replace(all: readonly StoredSubscription[]): Promise<void>
  noticesOf(change: EntityChange): readonly NewNotice[]
  /** Milliseconds since it was put with an endpoint at another host than before; Infinity where it has not been. */
  movedMs(id: string): number
}

export interface QueuedSubscription {
  readonly stored: StoredSubscription
  readonly queue: string
}

/** A Subscription as it was when it was put; the index knows it also when it is so no more. */
interface Version extends QueuedSubscription {
  /** By a clock that only grows. */
  readonly movedAt: number
  isCurrent: boolean
}

/** Versions that are no more and that the index has to be made anew for, beside as many as there are current ones. */
const STALE = 100
/** Subscriptions that are compared in one go: some milliseconds. */
const AT_A_TIME = 200
const NONE: readonly NewNotice[] = []

export function createTenantSubscriptions(): TenantSubscriptions {
  const current = new Map<string, Version>()
  const periodic = new Map<string, Version>()
  let index: SubscriptionIndex<Version> = createSubscriptionIndex()
  let stale = 0
  let streams = 0

  const forget = (id: string, version: Version): void => {
    version.isCurrent = false
    current.delete(id)
    periodic.delete(id)
    if (isStreamId(id)) streams--
    stale++
    if (stale <= STALE + current.size) return
    index = createSubscriptionIndex()
    stale = 0
    for (const each of current.values()) addToIndex(each)
  }
  const addToIndex = (version: Version): void => {
    const { condition, timeInterval } = version.stored.subscription
    // Those are told of what there is when their time comes, whatever changes (5.8.6).
    if (timeInterval === undefined) index.add(version, condition)
  }
  const put: TenantSubscriptions['put'] = (id, stored) => {
    const before = current.get(id)
    if (isDeepStrictEqual(before?.stored, stored)) return
    if (before !== undefined) forget(id, before)
    if (stored === undefined) return
    const queue = queueOf(stored.subscription.endpoint.uri)
    const hasMoved = before !== undefined && before.queue !== queue
    const movedAt = hasMoved ? performance.now() : (before?.movedAt ?? Number.NEGATIVE_INFINITY)
    const version = { stored, queue, movedAt, isCurrent: true }
    current.set(id, version)
    if (isStreamId(id)) streams++
    if (stored.subscription.timeInterval !== undefined) periodic.set(id, version)
    addToIndex(version)
  }
  return {
    get: (id) => current.get(id)?.stored.subscription,
    count: () => current.size - streams,
    periodic: () => periodic.values(),
    put,
    movedMs: (id) => performance.now() - (current.get(id)?.movedAt ?? Number.NEGATIVE_INFINITY),
    replace: async (all) => {
      const left = new Set(current.keys())
      for (const [i, stored] of all.entries()) {
        if (i > 0 && i % AT_A_TIME === 0) await setImmediate()
        left.delete(stored.subscription.id)
        put(stored.subscription.id, stored)
      }
      for (const id of left) put(id, undefined)
    },
    noticesOf: (change) => {
      if (current.size === 0) return NONE
      const what = whatChanged(change)
      const notices: NewNotice[] = []
      for (const { stored, queue, isCurrent } of index.candidates(change, what)) {
        const { subscription } = stored
        if (!isCurrent || statusOf(subscription, change.now) !== 'active') continue
        const told = tell(subscription, change, what)
        if (told !== undefined) notices.push(noticeOf(subscription, queue, told))
      }
      return notices
    },
  }
}

function noticeOf(subscription: Subscription, queue: string, told: Told): NewNotice {
  // What is told no more often than so is told as it is then.
  const latestOnly = subscription.throttling !== undefined
  return {
    ...{ subscription: subscription.id, queue, entity: told.entity.id, content: told as unknown as Json, latestOnly },
    ...(isToFold(subscription) && { folds: true }),
  }
}
