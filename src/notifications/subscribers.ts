/** Who is subscribed, in all Tenants, as every instance on the store knows it; and what changes owe to them. */

import { foldContents } from '../core/subscription/fold-told.ts'
import type { Subscription } from '../core/subscription/subscription.ts'
import { type RevisionWatch, watchRevisions } from '../duties/revision-watch.ts'
import type { Call } from '../ports/call.ts'
import type { NoticeSource } from '../ports/notices.ts'
import type { DocumentStore } from '../ports/store.ts'
import { SUBSCRIPTION_REVISION } from '../ports/subscription-documents.ts'
import { getSubscriber } from './stored-subscribers.ts'
import { createSubscriptionReading, type SubscriptionReading } from './subscription-reading.ts'
import { createTenantSubscriptions, type QueuedSubscription, type TenantSubscriptions } from './tenant-subscriptions.ts'

export interface Subscribers {
  /** What the store asks. Changes wait until it is open. */
  readonly source: NoticeSource
  /** Reads who there is. Rejects with what the store throws. */
  open(deps: SubscribersDeps): Promise<OpenSubscribers>
}

export interface OpenSubscribers {
  /** By id; undefined where it has been deleted. */
  subscriptionOf(call: Call, id: string): Promise<Subscription | undefined>
  /** Reads one that this instance has changed. */
  learn(tenant: string, id: string): Promise<void>
  /** Tenants that have had subscriptions. */
  tenants(): readonly string[]
  /** Milliseconds since this instance learnt that its endpoint is at another host; Infinity where it has not. */
  movedMs(tenant: string, id: string): number
  /** How many Subscriptions there are, streams aside. */
  count(tenant: string): number
  /** Those with a timeInterval, as they are known at the moment. */
  periodic(tenant: string): Iterable<QueuedSubscription>
  close(): Promise<void>
}

interface SubscribersDeps {
  readonly documents: Pick<DocumentStore, 'get' | 'list' | 'watch'>
  /** Of a Tenant, and alive as long as the broker. */
  readonly callOf: (tenant: string) => Call
  /** These of the Tenant may have changed; undefined: any. */
  readonly changed: (tenant: string, ids: readonly string[] | undefined) => void
  /** Something is about to be committed in this queue, or is not. */
  readonly owing: (tenant: string, queue: string) => void
  /** Notices of these queues have been committed by this instance. */
  readonly committed: NoticeSource['committed']
}

interface Opened {
  readonly watch: RevisionWatch
  readonly reading: SubscriptionReading
  readonly owing: SubscribersDeps['owing']
  readonly committed: NoticeSource['committed']
}

/** The store has to be opened with the source, and the source reads the store: so it is made first, and opened after it. */
export function createSubscribers(): Subscribers {
  const tenants = new Map<string, TenantSubscriptions>()
  let opened: Opened | undefined
  let isOpen: () => void = () => undefined
  const opening = new Promise<void>((resolve) => {
    isOpen = resolve
  })

  const of = (tenant: string): TenantSubscriptions => {
    const known = tenants.get(tenant) ?? createTenantSubscriptions()
    tenants.set(tenant, known)
    return known
  }
  const upToDate = (): Promise<void> | undefined => (opened === undefined ? opening : opened.watch.upToDate())
  const ready = (tenant: string): Promise<void> | undefined => {
    const looking = upToDate()
    return looking === undefined
      ? opened?.reading.caughtUp(tenant)
      : looking.then(() => opened?.reading.caughtUp(tenant))
  }
  return {
    source: {
      ready,
      noticesOf: (tenant, change) => {
        const notices = tenants.get(tenant)?.noticesOf(change) ?? []
        for (const { queue } of notices) opened?.owing(tenant, queue)
        return notices
      },
      ...foldContents,
      committed: (...those) => opened?.committed(...those),
    },
    open: async ({ documents, callOf, changed, owing, committed }) => {
      const reading = createSubscriptionReading({ documents, callOf, of, changed })
      const failed = (error: unknown): void =>
        callOf('').log.warn({ error }, 'what has changed of subscriptions cannot be read; tried again before use')
      const watch = watchRevisions({ documents, kind: SUBSCRIPTION_REVISION, look: reading.look, failed })
      try {
        await reading.look()
      } catch (error) {
        await watch.close()
        throw error
      }
      opened = { watch, reading, owing, committed }
      isOpen()
      return {
        subscriptionOf: async (call, id) => {
          await ready(call.tenant)
          const known = tenants.get(call.tenant)?.get(id)
          if (known !== undefined) return known
          // Another instance may have made it a moment ago: what is owed to it must not be taken for nobody's.
          return (await getSubscriber(documents, call, id))?.subscription
        },
        learn: reading.learn,
        tenants: () => [...tenants.keys()],
        movedMs: (tenant, id) => tenants.get(tenant)?.movedMs(id) ?? Number.POSITIVE_INFINITY,
        count: (tenant) => tenants.get(tenant)?.count() ?? 0,
        periodic: (tenant) => tenants.get(tenant)?.periodic() ?? [],
        close: async () => {
          reading.close()
          await watch.close()
        },
      }
    },
  }
}
