/** What became of a subscription's notifications (5.2.14.2): counted at once, written together from time to time. */

import type { Instant } from '../core/model/entity.ts'
import { Problem } from '../core/model/problems.ts'
import type { DeliveryFigures } from '../core/subscription/render-subscription.ts'
import type { Call } from '../ports/call.ts'
import type { DeliveryAttempt } from '../ports/notifier.ts'
import type { DocumentStore } from '../ports/store.ts'
import { SUBSCRIPTION, SUBSCRIPTION_FIGURES } from '../ports/subscription-documents.ts'

export interface SubscriptionFigures extends DeliveryFigures {
  /** The last of them, in order. */
  readonly attempts?: readonly DeliveryAttempt[]
  /** When what has failed is tried again; null where nothing has. */
  readonly nextAttempt?: Instant | null
}

export interface Figures {
  /** Numbers are added, the rest takes the place of what was. */
  note(call: Call, subscription: string, more: Partial<SubscriptionFigures>): void
  /** As they are written, with what this instance has not written yet. */
  of(call: Call, subscription: string): Promise<SubscriptionFigures>
  /** Writes what there is, and returns when it is written, or could not be and is kept. */
  flush(): Promise<void>
  /** Writes the last of them. */
  close(): Promise<void>
}

interface FiguresDeps {
  readonly documents: Pick<DocumentStore, 'get' | 'change'>
  /** Milliseconds from one writing to the next. */
  readonly everyMs?: number
}

interface Unwritten {
  readonly call: Call
  readonly subscription: string
  readonly more: Partial<SubscriptionFigures>
}

/** Attempts that are remembered. */
const ATTEMPTS = 20
const NONE: SubscriptionFigures = { timesSent: 0, timesFailed: 0 }

export function createFigures({ documents, everyMs = 1_000 }: FiguresDeps): Figures {
  let unwritten = new Map<string, Unwritten>()
  /** How often it has been written: who reads meanwhile would count twice, or not at all. */
  let writings = 0
  let writing: Promise<void> = Promise.resolve()
  let timer: NodeJS.Timeout | undefined

  const note: Figures['note'] = (call, subscription, more) => {
    const key = keyOf(call, subscription)
    unwritten.set(key, { call, subscription, more: added(unwritten.get(key)?.more ?? {}, more) })
    timer ??= setTimeout(flush, everyMs).unref()
  }
  const write = async (each: Unwritten): Promise<void> => {
    const { call, subscription, more } = each
    try {
      // Of one that has been deleted meanwhile nothing shall be left.
      if ((await documents.get(call, SUBSCRIPTION, subscription)) === undefined) return
      await documents.change(call, SUBSCRIPTION_FIGURES, subscription, (current) => ({
        document: added((current as SubscriptionFigures | undefined) ?? NONE, more),
        result: undefined,
      }))
    } catch (error) {
      if (error instanceof Problem) return
      call.log.warn({ error, subscription }, 'figures of a subscription could not be written; they are kept')
      const key = keyOf(call, subscription)
      unwritten.set(key, { ...each, more: added(more, unwritten.get(key)?.more ?? {}) })
      timer ??= setTimeout(flush, everyMs).unref()
    }
  }
  const flush = (): Promise<void> => {
    clearTimeout(timer)
    timer = undefined
    writing = writing.then(async () => {
      const all = [...unwritten.values()]
      unwritten = new Map()
      writings++
      await Promise.all(all.map(write))
    })
    return writing
  }
  return {
    note,
    of: async (call, subscription) => {
      for (;;) {
        await writing
        const before = writings
        const written = (await documents.get(call, SUBSCRIPTION_FIGURES, subscription)) as
          | SubscriptionFigures
          | undefined
        const more = unwritten.get(keyOf(call, subscription))?.more ?? {}
        if (writings === before) return { ...NONE, ...added(written ?? NONE, more) }
      }
    },
    flush,
    close: async () => {
      await flush()
      clearTimeout(timer)
    },
  }
}

function keyOf({ tenant }: Call, subscription: string): string {
  return `${tenant}\n${subscription}`
}

function added(one: Partial<SubscriptionFigures>, more: Partial<SubscriptionFigures>): Partial<SubscriptionFigures> {
  const attempts = [...(one.attempts ?? []), ...(more.attempts ?? [])].slice(-ATTEMPTS)
  return {
    ...one,
    ...more,
    timesSent: (one.timesSent ?? 0) + (more.timesSent ?? 0),
    timesFailed: (one.timesFailed ?? 0) + (more.timesFailed ?? 0),
    ...(attempts.length > 0 && { attempts }),
  }
}
