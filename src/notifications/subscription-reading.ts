/** Reads from the store which Subscriptions there are: all of a Tenant at first, later those that have changed. */

import { changedSince, type SubscriptionRevision } from '../core/subscription/subscription-revision.ts'
import { createInTurn } from '../duties/in-turn.ts'
import type { Call } from '../ports/call.ts'
import type { DocumentStore } from '../ports/store.ts'
import { SUBSCRIPTION_REVISION, tenantOfRevision } from '../ports/subscription-documents.ts'
import { getSubscriber, listSubscribers } from './stored-subscribers.ts'
import type { TenantSubscriptions } from './tenant-subscriptions.ts'

export interface SubscriptionReading {
  /** Reads what has changed since the last look. Throws what the store throws, and may be called again. */
  look(): Promise<void>
  /** Reads one that this instance has changed. */
  learn(tenant: string, id: string): Promise<void>
  close(): void
}

interface ReadingDeps {
  readonly documents: Pick<DocumentStore, 'get' | 'list'>
  readonly callOf: (tenant: string) => Call
  /** Those of a Tenant, made where there are none. */
  readonly of: (tenant: string) => TenantSubscriptions
  /** Some of the Tenant may have changed. */
  readonly changed: (tenant: string) => void
}

/**
 * Milliseconds after which what has changed is read once more. An instance says that it is going to change a Subscription
 * and, when it has, that it did; where it dies between, nobody else says when.
 */
const LATE_MS = 40_000

export function createSubscriptionReading({ documents, callOf, of, changed }: ReadingDeps): SubscriptionReading {
  /** How many changes of each Tenant have been read. */
  const known = new Map<string, number>()
  /** What is read later is newer. */
  const inTurn = createInTurn()
  const late = new Set<NodeJS.Timeout>()

  const read = async (tenant: string, ids: readonly string[]): Promise<void> => {
    const call = callOf(tenant)
    const found = await Promise.all(ids.map((id) => getSubscriber(documents, call, id)))
    const subscriptions = of(tenant)
    ids.forEach((id, i) => {
      subscriptions.put(id, found[i])
    })
  }
  const readAll = async (tenant: string): Promise<void> => {
    of(tenant).replace(await listSubscribers(documents, callOf(tenant)))
  }
  const readLate = (tenant: string, ids: readonly string[] | undefined): void => {
    const again = (): Promise<void> => (ids === undefined ? readAll(tenant) : read(tenant, ids))
    const timer = setTimeout(() => {
      late.delete(timer)
      inTurn.run(tenant, again).catch((error: unknown) => {
        callOf(tenant).log.warn({ error }, 'subscriptions could not be read once more; trying again')
        readLate(tenant, ids)
      })
    }, LATE_MS).unref()
    late.add(timer)
  }
  const lookAt = async (tenant: string, revision: SubscriptionRevision): Promise<void> => {
    const before = known.get(tenant)
    const ids = before === undefined ? undefined : changedSince(revision, before)
    if (ids?.length === 0) return
    await (ids === undefined ? readAll(tenant) : read(tenant, ids))
    known.set(tenant, revision.changes)
    readLate(tenant, ids)
    changed(tenant)
  }
  return {
    look: async () => {
      for (const { id, document } of await documents.list(callOf(''), SUBSCRIPTION_REVISION)) {
        const tenant = tenantOfRevision(id)
        await inTurn.run(tenant, () => lookAt(tenant, document as SubscriptionRevision))
      }
    },
    learn: async (tenant, id) => {
      await inTurn.run(tenant, () => read(tenant, [id]))
      changed(tenant)
    },
    close: () => {
      for (const timer of late) clearTimeout(timer)
    },
  }
}
