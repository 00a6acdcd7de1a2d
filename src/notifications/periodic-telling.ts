/** Tells Subscriptions with a timeInterval what is due, each host no more at once than it may be given (hosts.ts). */

import { eitherSignal } from '../duties/either-signal.ts'
import type { Call } from '../ports/call.ts'
import { type Attempt, isOwnFault } from './attempt.ts'
import { attemptPeriodic, type PeriodicAttemptDeps } from './attempt-periodic.ts'
import { BUILD_ROOM, type BuildPlace, createBuildRoom } from './build-room.ts'
import type { Figures } from './figures.ts'
import type { Hosts, UsedHost } from './hosts.ts'
import type { PeriodicEntries, PeriodicEntry } from './periodic-entries.ts'
import { planAfter, planAfterFailure } from './periodic-plan.ts'
import { createPeriodicWaiting, type Taken } from './periodic-waiting.ts'
import { type RetryPolicy, restAfter } from './retry.ts'

export interface PeriodicTelling {
  /** They are due: each is told when its host has a place, and nothing is built before. */
  add(due: readonly PeriodicEntry[]): void
  /** Looks at what waits for whom others were to come first. */
  look(): void
  /** These are all of the Tenant now. */
  keep(tenant: string, entries: readonly PeriodicEntry[]): void
  /** Begins nothing more, and waits for what is under way. */
  close(): Promise<void>
}

export interface PeriodicTellingDeps extends Omit<PeriodicAttemptDeps, 'call' | 'built'> {
  readonly callOf: (tenant: string) => Call
  readonly figures: Pick<Figures, 'note' | 'flushOne'>
  readonly hosts: Hosts
  readonly retry: RetryPolicy
  /** Gives up what is under way. */
  readonly signal: AbortSignal
}

export function createPeriodicTelling(
  deps: PeriodicTellingDeps,
  entries: Pick<PeriodicEntries, 'isCurrent' | 'putBack' | 'begin'>,
): PeriodicTelling {
  /** Queues in which something can perhaps be begun: in turn, so that none keeps the room from the others. */
  const ready = new Set<string>()
  /** Those that let others of the same host come first. */
  const yielding = new Set<string>()
  const underWay = new Set<Promise<void>>()
  let isClosed = false
  const lookAt = (key: string): void => {
    ready.add(key)
    fill()
  }
  const onFree = (key: string): void => {
    yielding.delete(key)
    lookAt(key)
  }
  const waiting = createPeriodicWaiting({ ...deps, entries, onFree })
  const room = createBuildRoom(BUILD_ROOM, lookAt)
  const tell = createTell(deps)

  const fill = (): void => {
    for (const key of ready) {
      if (isClosed || !room.isFree()) return
      ready.delete(key)
      const next = yielding.has(key) || !room.isFreeFor(key) ? undefined : waiting.take(key)
      if (next === undefined) continue
      begin(next)
      ready.add(key)
    }
  }
  const begin = ({ entry, host }: Taken): void => {
    const { key, known } = entry
    const putBack = entries.begin(entry)
    const leaveHost = host.begin(known.stored.subscription.endpoint.uri)
    const place = room.begin(key)
    const telling = tell(entry, host, place).finally(() => {
      underWay.delete(telling)
      putBack()
      // What is owed there waits for its reader, who is not as quick.
      if (host.isWanted()) yielding.add(key)
      leaveHost()
      place.end()
    })
    underWay.add(telling)
  }
  return {
    add: (due) => {
      for (const entry of due) if (waiting.add(entry)) ready.add(entry.key)
      fill()
    },
    look: () => {
      for (const key of yielding) ready.add(key)
      yielding.clear()
      fill()
    },
    keep: waiting.keep,
    close: async () => {
      isClosed = true
      await Promise.all(underWay)
      waiting.close()
    },
  }
}

type Tell = (entry: PeriodicEntry, host: UsedHost, place: BuildPlace) => Promise<void>

function createTell(deps: PeriodicTellingDeps): Tell {
  const { callOf, figures, clock } = deps
  return async (entry, host, { built }) => {
    const { subscription } = entry.known.stored
    const call = callOf(entry.tenant)
    const begun = { at: clock.now(), hostAt: host.now() }
    const { signal, clear } = eitherSignal(entry.term.signal(), deps.signal)
    const ended = await attemptPeriodic({ ...deps, call, built }, subscription, entry.plan.dueAt, signal)
    // Who has the queue next counts from what is written.
    if (ended.ok !== 'nothing') await figures.flushOne(call, subscription.id)
    if (!signal.aborted) conclude(deps, entry, host, begun, ended)
    clear()
  }
}

/** By the broker's clock, and by that of the host. */
interface Begun {
  readonly at: number
  readonly hostAt: number
}

function conclude(
  { clock, retry }: PeriodicTellingDeps,
  entry: PeriodicEntry,
  host: UsedHost,
  begun: Begun,
  ended: Attempt,
): void {
  const { subscription } = entry.known.stored
  const { endpoint } = subscription
  if (ended.ok === true || ended.ok === false) host.note(endpoint.uri, ended, begun.hostAt)
  if (ended.ok === true || ended.ok === 'nothing') entry.plan = planAfter(entry.plan, subscription, begun.at)
  else {
    const restMs = restAfter(entry.plan.failures + 1, isOwnFault(ended), Math.random(), retry)
    const failed = { begunAt: begun.at, endedAt: clock.now(), restMs, sparedMs: host.sparedMs(endpoint) }
    entry.plan = planAfterFailure(entry.plan, subscription, failed)
  }
}
