/** What is due of Subscriptions with a timeInterval and waits for a place, by host. */

import { statusOf } from '../core/subscription/subscription.ts'
import type { Clock } from '../ports/clock.ts'
import type { Hosts, UsedHost } from './hosts.ts'
import type { PeriodicEntries, PeriodicEntry } from './periodic-entries.ts'

export interface PeriodicWaiting {
  /** Returns whether it waits: what is not to be told any more does not. */
  add(entry: PeriodicEntry): boolean
  /** Takes the first of a queue that may be told now. What rests is planned again, what is not to be told any more is gone. */
  take(key: string): Taken | undefined
  /** These are all of the Tenant now. */
  keep(tenant: string, entries: readonly PeriodicEntry[]): void
  close(): void
}

export interface Taken {
  readonly entry: PeriodicEntry
  readonly host: UsedHost
}

interface PeriodicWaitingDeps {
  readonly hosts: Hosts
  readonly clock: Clock
  readonly entries: Pick<PeriodicEntries, 'isCurrent' | 'putBack'>
  /** There may be a place in a queue. */
  readonly onFree: (key: string) => void
}

/** What is told over one host. */
interface Queue {
  readonly tenant: string
  readonly host: UsedHost
  /** Due, by endpoint and id, in the order in which they came. */
  readonly waiting: Map<string, Map<string, PeriodicEntry>>
}

export function createPeriodicWaiting({ hosts, clock, entries, onFree }: PeriodicWaitingDeps): PeriodicWaiting {
  const queues = new Map<string, Queue>()
  const queueOf = ({ key, tenant }: PeriodicEntry): Queue => {
    const known = queues.get(key)
    if (known !== undefined) return known
    const waiting: Queue['waiting'] = new Map()
    const free = (): void => onFree(key)
    const host = hosts.use(key, { isWaiting: () => waiting.size > 0, onFree: free, onRecovered: free })
    const queue = { tenant, host, waiting }
    queues.set(key, queue)
    return queue
  }
  /** One that is not active is planned anew when it is another one. */
  const isToTell = (entry: PeriodicEntry): boolean =>
    statusOf(entry.known.stored.subscription, clock.now()) === 'active' && entries.isCurrent(entry)
  const putBack = (entry: PeriodicEntry, ms: number): void => {
    entry.plan = { ...entry.plan, tryAt: clock.now() + ms }
    entries.putBack([entry])
  }
  /** The first of an endpoint that may be told now; those before it are planned again, or gone. */
  const firstAt = ({ host, waiting }: Queue, uri: string): PeriodicEntry | undefined => {
    const due = waiting.get(uri)
    for (const [id, entry] of due ?? []) {
      const restMs = Math.max(host.waitMs(), host.sparedMs(entry.known.stored.subscription.endpoint))
      const isMeant = isToTell(entry)
      if (restMs === 0 && isMeant) return entry
      due?.delete(id)
      if (isMeant) putBack(entry, restMs)
    }
    waiting.delete(uri)
    return undefined
  }
  /** Where a host is given little, rather one whose endpoint has not failed. */
  const firstOf = (queue: Queue): PeriodicEntry | undefined => {
    const { host, waiting } = queue
    let first: PeriodicEntry | undefined
    for (const uri of waiting.keys()) {
      if (host.waitMs() === 0 && !host.isFree()) return undefined
      if (host.waitMs() === 0 && !host.isFreeAt(uri)) continue
      const entry = firstAt(queue, uri)
      if (entry === undefined) continue
      if (!host.isLittleKnown() || !host.endpoint(uri).hasFailed()) return entry
      first ??= entry
    }
    return first
  }
  /** The endpoint's next comes after those of the others. */
  const leave = ({ waiting }: Queue, { known }: PeriodicEntry): void => {
    const { id, endpoint } = known.stored.subscription
    const due = waiting.get(endpoint.uri)
    waiting.delete(endpoint.uri)
    if (due?.delete(id) && due.size > 0) waiting.set(endpoint.uri, due)
  }
  return {
    add: (entry) => {
      if (!isToTell(entry)) return false
      const { host, waiting } = queueOf(entry)
      const { id, endpoint } = entry.known.stored.subscription
      // The host is to know of it: what one of several is given depends on that.
      host.endpoint(endpoint.uri)
      const due = waiting.get(endpoint.uri) ?? new Map()
      waiting.set(endpoint.uri, due.set(id, entry))
      return true
    },
    take: (key) => {
      const queue = queues.get(key)
      if (queue === undefined) return undefined
      const entry = firstOf(queue)
      if (entry === undefined) return undefined
      leave(queue, entry)
      return { entry, host: queue.host }
    },
    keep: (tenant, all) => {
      const uris = urisByQueue(all)
      for (const [key, queue] of queues) {
        if (queue.tenant !== tenant) continue
        const used = uris.get(key)
        if (used !== undefined) queue.host.keep(used)
        else {
          queue.host.leave()
          queues.delete(key)
        }
      }
    },
    close: () => {
      for (const { host } of queues.values()) host.leave()
    },
  }
}

function urisByQueue(entries: readonly PeriodicEntry[]): ReadonlyMap<string, ReadonlySet<string>> {
  const uris = new Map<string, Set<string>>()
  for (const { key, known } of entries) {
    const of = uris.get(key) ?? new Set()
    uris.set(key, of.add(known.stored.subscription.endpoint.uri))
  }
  return uris
}
