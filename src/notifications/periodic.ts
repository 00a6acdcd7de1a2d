/** Subscriptions with a timeInterval (5.8.6): told when their time comes, by the instance that their queue belongs to. */

import { createPeriodicEntries, type PeriodicEntriesDeps } from './periodic-entries.ts'
import { createPeriodicTelling, type PeriodicTelling, type PeriodicTellingDeps } from './periodic-telling.ts'

export interface Periodic {
  /** Some of the Tenant may have changed. */
  subscriptionsChanged(tenant: string): void
  /** Begins nothing more, and waits for what is under way, or gives it up after a while. */
  close(): Promise<void>
}

type Deps = Omit<PeriodicEntriesDeps, 'signal' | 'onPlanned'> & Omit<PeriodicTellingDeps, 'signal'>

interface PeriodicDeps extends Deps {
  /** Milliseconds from one look at what is due to the next. */
  readonly lookMs?: number
}

/** Milliseconds for what is under way at the end. */
const GRACE_MS = 2_000

export function startPeriodic(deps: PeriodicDeps): Periodic {
  const { lookMs = 250 } = deps
  const closing = new AbortController()
  const ending = new AbortController()
  const onPlanned: PeriodicTelling['keep'] = (tenant, planned) => telling.keep(tenant, planned)
  const entries = createPeriodicEntries({ ...deps, signal: closing.signal, onPlanned })
  const telling = createPeriodicTelling({ ...deps, signal: ending.signal }, entries)
  let looking: Promise<void> | undefined

  const look = async (): Promise<void> => {
    await entries.plan()
    if (closing.signal.aborted) return
    telling.add(entries.takeDue())
    telling.look()
  }
  const timer = setInterval(() => {
    looking ??= look().finally(() => {
      looking = undefined
    })
  }, lookMs).unref()
  return {
    subscriptionsChanged: entries.changed,
    close: async () => {
      clearInterval(timer)
      closing.abort()
      await looking
      const late = setTimeout(() => ending.abort(), GRACE_MS)
      await telling.close()
      clearTimeout(late)
      ending.abort()
    },
  }
}
