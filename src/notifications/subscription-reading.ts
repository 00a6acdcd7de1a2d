/** Reads from the store which Subscriptions there are: all of a Tenant at first, later those that have changed. */

import { Problem } from '../core/model/problems.ts'
import { createInTurn } from '../duties/in-turn.ts'
import { changedSince, type NamedChanges } from '../duties/named-changes.ts'
import type { Call } from '../ports/call.ts'
import type { DocumentStore } from '../ports/store.ts'
import { ALL_TENANTS, revisionIdOf, SUBSCRIPTION_REVISION, tenantOfRevision } from '../ports/subscription-documents.ts'
import { createLateReading } from './late-reading.ts'
import { getSubscriber, listSubscribers } from './stored-subscribers.ts'
import type { TenantSubscriptions } from './tenant-subscriptions.ts'

export interface SubscriptionReading {
  /**
   * Reads what has changed since the last look, in each Tenant. A Tenant that cannot be read keeps no other from being
   * read. Throws what the store throws where it does not say what has changed, and may be called again.
   */
  look(): Promise<void>
  /** Reads a Tenant that could not be read; undefined where it could. Throws what the store throws. */
  caughtUp(tenant: string): Promise<void> | undefined
  /** Reads one that this instance has changed. */
  learn(tenant: string, id: string): Promise<void>
  close(): void
}

interface ReadingDeps {
  readonly documents: Pick<DocumentStore, 'get' | 'list'>
  readonly callOf: (tenant: string) => Call
  /** Those of a Tenant, made where there are none. */
  readonly of: (tenant: string) => TenantSubscriptions
  /** These of the Tenant may have changed; undefined: any. */
  readonly changed: (tenant: string, ids: readonly string[] | undefined) => void
  /** Of reading once more (late-reading.ts). */
  readonly lateMs?: number
  readonly gatherMs?: number
}

interface ToLearn {
  readonly ids: Set<string>
  readonly read: Promise<void>
}

type OfTenant = readonly [tenant: string, revision: NamedChanges]

const NO_CHANGES: NamedChanges = { changes: 0, last: [] }

/** Subscriptions that are read by their ids in one go. */
const AT_A_TIME = 100

export function createSubscriptionReading(deps: ReadingDeps): SubscriptionReading {
  const { documents, callOf, of, changed, ...times } = deps
  /** How many changes of each Tenant have been read. */
  const known = new Map<string, number>()
  /** How many of all Tenants. */
  let knownOfAll: number | undefined
  /** What is read later is newer. */
  const inTurn = createInTurn()
  const toLearn = new Map<string, ToLearn>()
  /** Tenants that could not be read. */
  const unread = new Set<string>()
  const notRead = (tenant: string, error: unknown): void => {
    unread.add(tenant)
    callOf(tenant).log.warn({ tenant, error }, 'subscriptions cannot be read; the Tenant is not changed until they can')
  }

  const readSome = async (tenant: string, ids: readonly string[]): Promise<void> => {
    const call = callOf(tenant)
    const found = await Promise.all(ids.map((id) => unlessGone(getSubscriber(documents, call, id))))
    const subscriptions = of(tenant)
    ids.forEach((id, i) => {
      subscriptions.put(id, found[i])
    })
  }
  const read = async (tenant: string, ids: readonly string[]): Promise<void> => {
    for (let from = 0; from < ids.length; from += AT_A_TIME) await readSome(tenant, ids.slice(from, from + AT_A_TIME))
  }
  const readAll = async (tenant: string): Promise<void> => {
    await of(tenant).replace((await unlessGone(listSubscribers(documents, callOf(tenant)))) ?? [])
  }
  const readNow = async (tenant: string, ids: readonly string[] | undefined): Promise<void> => {
    await (ids === undefined ? readAll(tenant) : read(tenant, ids))
    changed(tenant, ids)
  }
  const late = createLateReading({
    ...times,
    read: (tenant, ids) => inTurn.run(tenant, () => readNow(tenant, ids)),
    failed: (tenant, error) =>
      callOf(tenant).log.warn({ tenant, error }, 'subscriptions could not be read once more; trying again'),
  })
  const lookAt = async (tenant: string, revision: NamedChanges): Promise<void> => {
    const before = known.get(tenant)
    const ids = before === undefined ? undefined : changedSince(revision, before)
    if (ids?.length === 0) return
    await readNow(tenant, ids)
    known.set(tenant, revision.changes)
    late.add(tenant, ids)
  }
  const revisionOf = async (id: string): Promise<NamedChanges | undefined> =>
    (await documents.get(callOf(''), SUBSCRIPTION_REVISION, id)) as NamedChanges | undefined
  const allRevisions = async (): Promise<readonly OfTenant[]> =>
    (await documents.list(callOf(''), SUBSCRIPTION_REVISION)).flatMap(({ id, document }) => {
      const tenant = tenantOfRevision(id)
      return tenant === undefined ? [] : [[tenant, document as NamedChanges] as const]
    })
  /** Of Tenants in which something has changed, or what has changed could not be read. */
  const revisionsSince = async (all: NamedChanges): Promise<readonly OfTenant[]> => {
    const changed = knownOfAll === undefined ? undefined : changedSince(all, knownOfAll)
    if (changed === undefined) return await allRevisions()
    const tenants = [...new Set([...changed, ...unread])]
    return await Promise.all(
      tenants.map(async (tenant) => [tenant, (await revisionOf(revisionIdOf(tenant))) ?? NO_CHANGES] as const),
    )
  }
  /** All that is to be learnt while something else is being read is read together. */
  const learnNext = (tenant: string): ToLearn => {
    const ids = new Set<string>()
    const reading = inTurn.run(tenant, async () => {
      toLearn.delete(tenant)
      await readNow(tenant, [...ids])
    })
    const next = { ids, read: reading }
    toLearn.set(tenant, next)
    return next
  }
  return {
    look: async () => {
      const all = (await revisionOf(ALL_TENANTS)) ?? NO_CHANGES
      for (const [tenant, revision] of await revisionsSince(all)) {
        const looking = inTurn.run(tenant, () => lookAt(tenant, revision))
        await looking.then(
          () => unread.delete(tenant),
          (error: unknown) => notRead(tenant, error),
        )
      }
      knownOfAll = all.changes
    },
    caughtUp: (tenant) =>
      unread.has(tenant)
        ? inTurn.run(tenant, () => readNow(tenant, undefined)).then(() => void unread.delete(tenant))
        : undefined,
    learn: (tenant, id) => {
      const { ids, read: reading } = toLearn.get(tenant) ?? learnNext(tenant)
      ids.add(id)
      return reading
    },
    close: late.close,
  }
}

/** Undefined where the Tenant's database is gone, and with it all that was subscribed there. */
async function unlessGone<T>(reading: Promise<T>): Promise<T | undefined> {
  try {
    return await reading
  } catch (error) {
    if (error instanceof Problem && error.kind === 'NonexistentTenant') return undefined
    throw error
  }
}
