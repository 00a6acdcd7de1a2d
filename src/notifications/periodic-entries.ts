/** Which Subscriptions with a timeInterval are this instance's to tell, and when each is due. */

import type { Ownership } from '../duties/ownership.ts'
import type { Term } from '../duties/term.ts'
import type { Call } from '../ports/call.ts'
import type { Clock } from '../ports/clock.ts'
import { createDuePlan } from './due-plan.ts'
import type { Figures } from './figures.ts'
import { firstPlan, type PeriodicPlan } from './periodic-plan.ts'
import { queueKey } from './queue-name.ts'
import type { QueuedSubscription } from './tenant-subscriptions.ts'

/** What is known of one of them while its queue is this instance's. */
export interface PeriodicEntry {
  readonly tenant: string
  /** Its version; another one is planned anew. */
  readonly known: QueuedSubscription
  /** Its queue, as it is known among all instances. */
  readonly key: string
  /** Who gets its queue back asks anew when it was told last, for others may have told it. */
  readonly term: Term
  /** It does not change while the entry is in the plan. */
  plan: PeriodicPlan
}

export interface PeriodicEntries {
  /** Some of the Tenant may have changed, or who tells them. */
  changed(tenant: string): void
  /** Plans what has changed. Never rejects: a Tenant that cannot be read is logged, and tried again next time. */
  plan(): Promise<void>
  /** Takes out of the plan what is due. */
  takeDue(): readonly PeriodicEntry[]
  /** Puts back what was taken, to be tried when its plan says. */
  putBack(entries: readonly PeriodicEntry[]): void
  /** Whether it is still to be told: it has not been changed, and its queue is this instance's. */
  isCurrent(entry: PeriodicEntry): boolean
  /** It is being told: it is planned anew only when what it returns is called, which puts it back. */
  begin(entry: PeriodicEntry): () => void
}

export interface PeriodicEntriesDeps {
  readonly tenants: () => readonly string[]
  readonly periodic: (tenant: string) => Iterable<QueuedSubscription>
  readonly callOf: (tenant: string) => Call
  readonly ownership: Pick<Ownership, 'term' | 'forget' | 'onChange'>
  readonly figures: Pick<Figures, 'of'>
  readonly clock: Clock
  /** Ends planning. */
  readonly signal: AbortSignal
  /** These are all of the Tenant now. */
  readonly onPlanned: (tenant: string, entries: readonly PeriodicEntry[]) => void
}

type OfTenant = Map<string, PeriodicEntry>

/** Of which it is not known yet when they were told last. */
type NewEntry = Pick<PeriodicEntry, 'known' | 'key' | 'term'>

/** Entries that are no more and that the plan is cleared of, beside as many as there are current ones. */
const STALE = 100

/** Figures that are read together. */
const AT_A_TIME = 50

export function createPeriodicEntries(deps: PeriodicEntriesDeps): PeriodicEntries {
  const { tenants, periodic, callOf, ownership, clock, signal, onPlanned } = deps
  /** By Tenant and id. */
  const entries = new Map<string, OfTenant>()
  const plan = createDuePlan<PeriodicEntry>((entry) => entry.plan.tryAt)
  const toPlan = new Set<string>(tenants())
  const failing = new Set<string>()
  const underWay = new Set<PeriodicEntry>()
  /** Those that became others while they were being told. */
  const outdated = new Set<PeriodicEntry>()
  const isKnown = (entry: PeriodicEntry): boolean => entries.get(entry.tenant)?.get(idOf(entry.known)) === entry

  /** What is being told is planned anew when it is known what came of it. */
  const keptOf = (entry: PeriodicEntry | undefined, known: QueuedSubscription, term: Term) => {
    if (entry === undefined || (entry.known.stored === known.stored && entry.term === term)) return entry
    if (!underWay.has(entry)) return undefined
    outdated.add(entry)
    return entry
  }
  /** At once: what is another now, or gone, is not told any more as it was. */
  const keep = (tenant: string): { readonly kept: OfTenant; readonly changed: readonly NewEntry[] } => {
    const before: OfTenant = entries.get(tenant) ?? new Map()
    const [kept, changed, keys] = [new Map<string, PeriodicEntry>(), [] as NewEntry[], new Set<string>()]
    for (const known of periodic(tenant)) {
      const key = queueKey(tenant, known.queue)
      const term = ownership.term(key)
      if (term === undefined) continue
      keys.add(key)
      const entry = keptOf(before.get(idOf(known)), known, term)
      if (entry === undefined) changed.push({ known, key, term })
      else kept.set(idOf(known), entry)
    }
    entries.set(tenant, kept)
    for (const { key } of kept.values()) keys.add(key)
    for (const { key } of before.values()) if (!keys.has(key)) ownership.forget(key)
    return { kept, changed }
  }
  const planIn = async (tenant: string): Promise<void> => {
    const { kept, changed } = keep(tenant)
    for (let from = 0; from < changed.length && !signal.aborted; from += AT_A_TIME) {
      const some = changed.slice(from, from + AT_A_TIME).map((entry) => newEntry(deps, tenant, entry))
      const made = await Promise.all(some)
      for (const entry of made) kept.set(idOf(entry.known), entry)
      plan.add(made)
    }
    if (signal.aborted) return
    clear()
    onPlanned(tenant, [...kept.values()])
  }
  const clear = (): void => {
    const current = [...entries.values()].reduce((sum, { size }) => sum + size, 0)
    if (plan.size > STALE + 2 * current) plan.keep(isKnown)
  }
  const failed = (tenant: string, error: unknown): void => {
    toPlan.add(tenant)
    if (!failing.has(tenant))
      callOf(tenant).log.warn({ tenant, error }, 'periodic notifications could not be planned; trying again')
    failing.add(tenant)
  }
  ownership.onChange(() => {
    for (const tenant of tenants()) toPlan.add(tenant)
  })
  return {
    changed: (tenant) => void toPlan.add(tenant),
    plan: async () => {
      for (const tenant of [...toPlan]) {
        toPlan.delete(tenant)
        await planIn(tenant).then(
          () => failing.delete(tenant),
          (error: unknown) => failed(tenant, error),
        )
      }
    },
    takeDue: () => plan.takeDue(clock.now()),
    putBack: plan.add,
    isCurrent: (entry) => {
      if (!isKnown(entry)) return false
      if (ownership.term(entry.key) === entry.term) return true
      toPlan.add(entry.tenant)
      return false
    },
    begin: (entry) => {
      underWay.add(entry)
      return () => {
        underWay.delete(entry)
        if (outdated.delete(entry)) toPlan.add(entry.tenant)
        plan.add([entry])
      }
    },
  }
}

async function newEntry(
  { callOf, figures }: PeriodicEntriesDeps,
  tenant: string,
  { known, key, term }: NewEntry,
): Promise<PeriodicEntry> {
  const { lastNotification } = await figures.of(callOf(tenant), idOf(known))
  return { tenant, known, key, term, plan: firstPlan(known.stored, lastNotification) }
}

function idOf({ stored }: QueuedSubscription): string {
  return stored.subscription.id
}
