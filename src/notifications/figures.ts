/** What became of a subscription's notifications (5.2.14.2): counted at once, written together from time to time. */

import { Problem } from '../core/model/problems.ts'
import type { StoredSubscription } from '../core/subscription/subscription.ts'
import type { Call } from '../ports/call.ts'
import type { DocumentStore } from '../ports/store.ts'
import { SUBSCRIPTION, SUBSCRIPTION_FIGURES } from '../ports/subscription-documents.ts'
import { added, type MoreFigures, NO_FIGURES, type SubscriptionFigures } from './subscription-figures.ts'

/**
 * A process that is killed loses what it has not written yet: the figures of its last second, of twice as long as the
 * store takes to write them where that is longer, and of while it does not take them. Nothing but figures is lost, for
 * what is owed is not counted by them.
 */
export interface Figures {
  /** Numbers are added, of times the later counts. */
  note(call: Call, subscription: string, more: MoreFigures): void
  /** As they are written, with what this instance has not written yet. */
  of(call: Call, subscription: string): Promise<SubscriptionFigures>
  /** Removes them, because the subscription is removed. */
  drop(call: Call, subscription: string): Promise<void>
  /** Writes what there is, and returns when it is written, or could not be and is kept. */
  flush(): Promise<void>
  /** The same with those of one, that need not wait for the others. */
  flushOne(call: Call, subscription: string): Promise<void>
  /** Writes the last of them. */
  close(): Promise<void>
}

interface FiguresDeps {
  readonly documents: Pick<DocumentStore, 'get' | 'change' | 'delete'>
  /** Milliseconds from one writing to the next. */
  readonly everyMs?: number
}

interface Unwritten {
  readonly call: Call
  readonly subscription: string
  more: MoreFigures
}

/** Subscriptions whose figures are written at a time: others use the store as well. */
const AT_A_TIME = 16

export function createFigures({ documents, everyMs = 1_000 }: FiguresDeps): Figures {
  const unwritten = new Map<string, Unwritten>()
  const underWay = new Map<string, Promise<void>>()
  let writing: Promise<void> = Promise.resolve()
  let isWriting = false
  /** How long it took last: what takes long is not done all the time. */
  let tookMs = 0
  let timer: NodeJS.Timeout | undefined

  const note: Figures['note'] = (call, subscription, more) => {
    const key = keyOf(call, subscription)
    const known = unwritten.get(key)
    if (known !== undefined) known.more = added(known.more, more)
    else unwritten.set(key, { call, subscription, more })
    schedule()
  }
  const schedule = (): void => {
    if (!isWriting) timer ??= setTimeout(flush, Math.max(everyMs, tookMs)).unref()
  }
  const change = async ({ call, subscription, more }: Unwritten): Promise<void> => {
    const isThere = async (): Promise<boolean> => {
      const stored = (await documents.get(call, SUBSCRIPTION, subscription)) as StoredSubscription | undefined
      // What one did that had the same id before is not this one's.
      return stored !== undefined && !((more.lastNotification ?? stored.createdAt) < stored.createdAt)
    }
    if (!(await isThere())) return
    const isFirst = await documents.change(call, SUBSCRIPTION_FIGURES, subscription, (current) => ({
      document: added((current as SubscriptionFigures | undefined) ?? NO_FIGURES, more),
      result: current === undefined,
    }))
    // Of one that has been deleted meanwhile, with the figures that there were, nothing shall be left.
    if (isFirst && !(await isThere())) await documents.delete(call, SUBSCRIPTION_FIGURES, subscription)
  }
  const write = async (key: string, each: Unwritten, failing: Set<string>): Promise<void> => {
    unwritten.delete(key)
    const { call } = each
    try {
      await change(each)
    } catch (error) {
      if (error instanceof Problem) return
      if (!failing.has(call.tenant))
        call.log.warn({ error, tenant: call.tenant }, 'figures of subscriptions could not be written; they are kept')
      failing.add(call.tenant)
      const later = unwritten.get(key)
      unwritten.set(key, { ...each, more: later === undefined ? each.more : added(each.more, later.more) })
    }
  }
  /** One at a time of each. Where a database does not answer it is asked again next time, not once for each. */
  const writeOne = async (key: string, failing: Set<string>): Promise<void> => {
    while (underWay.has(key)) await underWay.get(key)
    const each = unwritten.get(key)
    if (each === undefined || failing.has(each.call.tenant)) return
    const written = write(key, each, failing).finally(() => underWay.delete(key))
    underWay.set(key, written)
    await written
  }
  const writeAll = async (): Promise<void> => {
    const failing = new Set<string>()
    const keys = [...unwritten.keys()].values()
    const writeNext = async (): Promise<void> => {
      for (const key of keys) await writeOne(key, failing)
    }
    isWriting = true
    const begun = performance.now()
    await Promise.all(Array.from({ length: AT_A_TIME }, writeNext))
    tookMs = performance.now() - begun
    isWriting = false
    if (unwritten.size > 0) schedule()
  }
  const flush = (): Promise<void> => {
    clearTimeout(timer)
    timer = undefined
    writing = writing.then(writeAll)
    return writing
  }
  return {
    note,
    of: async (call, subscription) => {
      const key = keyOf(call, subscription)
      for (;;) {
        await underWay.get(key)
        const before = unwritten.get(key)
        const written = await documents.get(call, SUBSCRIPTION_FIGURES, subscription)
        // What has been taken to be written meanwhile may be in what was read, or not.
        if (underWay.has(key) || (before !== undefined && unwritten.get(key) !== before)) continue
        return added((written as SubscriptionFigures | undefined) ?? NO_FIGURES, unwritten.get(key)?.more ?? {})
      }
    },
    drop: async (call, subscription) => {
      const key = keyOf(call, subscription)
      await underWay.get(key)
      unwritten.delete(key)
      await documents.delete(call, SUBSCRIPTION_FIGURES, subscription)
    },
    flush,
    flushOne: async (call, subscription) => {
      await writeOne(keyOf(call, subscription), new Set())
      if (unwritten.size > 0) schedule()
    },
    close: async () => {
      await flush()
      clearTimeout(timer)
    },
  }
}

function keyOf({ tenant }: Call, subscription: string): string {
  return `${tenant}\n${subscription}`
}
