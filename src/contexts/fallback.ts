/** The default @context (5.5.5), kept up to date behind a property that answers at once. */

import type { Call } from '../ports/call.ts'
import type { Clock } from '../ports/clock.ts'
import type { ResolvedContext } from '../ports/contexts.ts'
import type { Resolve } from './resolve.ts'

interface FallbackDeps {
  /** Of the default Tenant, and alive as long as the broker. */
  readonly call: Call
  readonly clock: Clock
  readonly resolve: Resolve
  /** Looks whether another instance has changed a @context; moves `epoch` on where one has. */
  look(): Promise<void> | undefined
  epoch(): number
  used(localId: string): void
}

export interface Fallback {
  current(): ResolvedContext
  /** Local identifiers of what it is made of: without these there might be no next start. */
  documents(): readonly string[]
}

/** After a failure. A host is asked less often still: a download that failed is not tried again at once. */
const RETRY_MS = 5_000
const LOG_EVERY_MS = 60_000

/** Throws what `resolve` throws where it cannot be had at the start. */
export async function createFallback(url: string, deps: FallbackDeps): Promise<Fallback> {
  const { call, clock } = deps
  let epoch = deps.epoch()
  let current = await deps.resolve(call, url)
  let busy = false
  let waitUntil = Number.NEGATIVE_INFINITY
  let silentUntil = Number.NEGATIVE_INFINITY

  const failed = (error: unknown): void => {
    const now = clock.now()
    waitUntil = now + RETRY_MS
    if (now < silentUntil) return
    silentUntil = now + LOG_EVERY_MS
    call.log.warn({ url, error }, 'the default @context could not be looked at again; the last one is used')
  }
  const lookAgain = async (): Promise<void> => {
    const begun = deps.epoch()
    current = await deps.resolve(call, url)
    epoch = begun
  }
  const run = (work: Promise<void>): void => {
    busy = true
    work.catch(failed).finally(() => {
      busy = false
    })
  }
  return {
    current: () => {
      const now = clock.now()
      for (const localId of current.documents) deps.used(localId)
      if (busy || now < waitUntil) return current.resolved
      if (now >= current.freshUntil || epoch !== deps.epoch()) run(lookAgain())
      else {
        const looking = deps.look()
        if (looking !== undefined) run(looking)
      }
      return current.resolved
    },
    documents: () => current.documents,
  }
}
