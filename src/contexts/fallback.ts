/** The default @context (5.5.5), kept up to date behind a property that answers at once. */

import { Problem } from '../core/model/problems.ts'
import type { Call } from '../ports/call.ts'
import type { Clock } from '../ports/clock.ts'
import type { ResolvedContext } from '../ports/contexts.ts'
import { ContextSettingError } from './context-setting-error.ts'
import type { Resolution } from './resolutions.ts'
import type { Resolve } from './resolve.ts'

interface FallbackDeps {
  /** Of the default Tenant, and alive as long as the broker. */
  readonly call: Call
  readonly clock: Clock
  readonly resolve: Resolve
  /** To be waited for where another instance may have changed a @context; moves `epoch` on where one has. */
  upToDate(): Promise<void> | undefined
  epoch(): number
  used(localId: string): void
  readonly coreOnly: ResolvedContext
}

export interface Fallback {
  /** Answers at once, so it is older than a second for a moment after this process has stood still. */
  current(): ResolvedContext
  /** Looks at it again where something has changed, so that who asks next has it. */
  refresh(): void
  /** Local identifiers of what it is made of: without these there might be no next start. */
  documents(): readonly string[]
}

/** After a failure. A host is asked less often still: a download that failed is not tried again at once. */
const RETRY_MS = 5_000
const LOG_EVERY_MS = 60_000

/**
 * Without a URL it is the core alone. Throws ContextSettingError where it cannot be had at the start: a broker that
 * expands names by another @context than it was told to would store them under wrong IRIs.
 */
export async function createFallback(url: string | undefined, deps: FallbackDeps): Promise<Fallback> {
  if (url === undefined) return { current: () => deps.coreOnly, refresh: () => undefined, documents: () => [] }
  const epoch = deps.epoch()
  return keepUpToDate(url, epoch, await deps.resolve(deps.call, url).catch(refuse), deps)
}

function refuse(error: unknown): never {
  if (!(error instanceof Problem)) throw error
  const remedy = 'correct the URL or what is there, or give the document as a file (BOYA_CONTEXTS_PRELOAD)'
  throw new ContextSettingError([`BOYA_CONTEXT_DEFAULT: ${error.detail.replace(/\.$/, '')}; ${remedy}`], error)
}

function keepUpToDate(url: string, firstEpoch: number, first: Resolution, deps: FallbackDeps): Fallback {
  const { call, clock } = deps
  let epoch = firstEpoch
  let current = first
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
      refresh()
    })
  }
  const refresh = (): void => {
    if (!busy && epoch !== deps.epoch() && clock.now() >= waitUntil) run(lookAgain())
  }
  return {
    refresh,
    current: () => {
      const now = clock.now()
      for (const localId of current.documents) deps.used(localId)
      if (busy || now < waitUntil) return current.resolved
      if (now >= current.freshUntil || epoch !== deps.epoch()) run(lookAgain())
      else {
        const looking = deps.upToDate()
        if (looking !== undefined) run(looking)
      }
      return current.resolved
    },
    documents: () => current.documents,
  }
}
