/** The room's door: puts its parts together behind the ContextResolver port. */

import { setMaxListeners } from 'node:events'
import { Problem } from '../core/model/problems.ts'
import type { Outbound } from '../outbound/outbound.ts'
import type { Call, Log } from '../ports/call.ts'
import type { Clock } from '../ports/clock.ts'
import type { ContextResolver } from '../ports/contexts.ts'
import type { Store } from '../ports/store.ts'
import type { ContextDocument } from './context-document.ts'
import { type ContextRecord, createStoredContexts } from './context-records.ts'
import { ContextSettingError } from './context-setting-error.ts'
import { loadCoreContext } from './core-context.ts'
import { notAvailable } from './download.ts'
import { createFallback, type Fallback } from './fallback.ts'
import { loadFixedContexts } from './fixed-contexts.ts'
import { createHostedContexts } from './hosted-contexts.ts'
import type { ContextLimits } from './limits.ts'
import { createManagement } from './manage.ts'
import { createOwnUrls } from './own-urls.ts'
import { createRemoteContexts } from './remote-contexts.ts'
import { createResolutions } from './resolutions.ts'
import { createCoreOnly, createResolve, type Resolve } from './resolve.ts'
import { createRevisionWatch } from './revision-watch.ts'
import { createUsageCounter, type UsageCounter } from './usage.ts'

export interface ContextSettings extends ContextLimits {
  /** The user @context of requests that bring none (5.5.5). */
  readonly default: string | undefined
  /** A list of @contexts as files, or a folder with one. */
  readonly preload: string | undefined
  /** Of Cached ones; and, for each Tenant, of hosted ones. */
  readonly maxStored: number
  readonly timeoutMs: number
  readonly maxRedirects: number
}

interface ContextResolverDeps {
  readonly store: Pick<Store, 'documents' | 'tenants'>
  readonly fetch: Outbound['fetch']
  readonly clock: Clock
  readonly log: Log
  readonly settings: ContextSettings
  /** The origin at which clients reach the broker, without a trailing slash. */
  readonly publicUrl: () => string
}

export interface OpenContextResolver extends ContextResolver {
  /** Ends downloads and writes how often @contexts were used. */
  close(): Promise<void>
}

/**
 * Reads the shipped @contexts, the operator's, and the default one. Throws ContextSettingError where one of the
 * latter cannot be had: a broker that expands names by another @context than it was told to would store them under wrong IRIs.
 */
export async function createContextResolver(deps: ContextResolverDeps): Promise<OpenContextResolver> {
  const { store, clock, settings, log } = deps
  const lifetime = new AbortController()
  // Each download under way listens, and there may be more than the ten at which Node suspects a leak.
  setMaxListeners(0, lifetime.signal)
  const call: Call = { tenant: '', signal: () => lifetime.signal, log }
  const [core, fixed] = await Promise.all([loadCoreContext(), loadFixedContexts(settings.preload, settings, clock)])
  const stored = createStoredContexts(store.documents, clock)
  const usage = createUsageCounter(store.documents, call)
  const resolutions = createResolutions()
  const ownUrls = createOwnUrls(deps.publicUrl)
  const hosted = createHostedContexts({ records: stored.hosted, tenants: store.tenants, clock, limits: settings })
  const changed = resolutions.drop
  let needed: Fallback['documents'] | undefined
  const remote = createRemoteContexts({
    ...{ records: stored.cached, clock, call, changed, fetch: deps.fetch, limits: settings },
    evict: async (cached, count) => {
      // What is downloaded during the start is what the default is made of.
      if (needed === undefined) return
      const kept = needed()
      const dispensable = cached.filter(({ localId }) => !kept.includes(localId))
      await evict(dispensable, count, usage, (url) => remote.remove(url))
    },
  })
  const load = async (caller: Call, url: string): Promise<ContextDocument> => {
    const localId = ownUrls.localIdIn(url)
    const own = fixed.load(url) ?? (localId === undefined ? undefined : await hosted.load(caller, localId))
    if (own !== undefined) return own
    if (localId !== undefined && ownUrls.isPublic(url)) throw notAvailable(url, 'this broker hosts no such @context')
    return await remote.load(url)
  }
  const look = createRevisionWatch(stored, clock, call, () => {
    remote.clear()
    resolutions.clear()
  })
  const used = (localId: string): void => usage.count(localId, clock.now())
  const compile = createResolve({ core, resolutions, clock, load, used, limits: settings })
  const resolve: Resolve = async (caller, context) => {
    await look()
    return await compile(caller, context)
  }
  const coreOnly = createCoreOnly(core)
  const fallback: Fallback =
    settings.default === undefined
      ? { current: () => coreOnly, documents: () => [] }
      : await createFallback(settings.default, { call, clock, resolve, look, used, epoch: resolutions.epoch }).catch(
          refuseDefault,
        )
  needed = fallback.documents
  return {
    get fallback() {
      return fallback.current()
    },
    resolve: async (caller, context) => (await resolve(caller, context)).resolved,
    host: async (caller, context) => context.url ?? ownUrls.of(await hosted.keep(caller, context.body)),
    add: hosted.add,
    ...createManagement({ fixed, stored, remote, usage, ownUrls, clock, changed, needed }),
    close: async () => {
      lifetime.abort()
      await usage.flush()
    },
  }
}

function refuseDefault(error: unknown): never {
  if (!(error instanceof Problem)) throw error
  const remedy = 'correct the URL or what is there, or give the document as a file (BOYA_CONTEXTS_PRELOAD)'
  throw new ContextSettingError([`BOYA_CONTEXT_DEFAULT: ${error.detail.replace(/\.$/, '')}; ${remedy}`], error)
}

/** Least recently used first; one that was never used counts from its creation. */
async function evict(
  cached: readonly ContextRecord[],
  count: number,
  usage: UsageCounter,
  remove: (url: string) => Promise<boolean>,
): Promise<void> {
  const uses = await usage.all()
  const lastUse = (record: ContextRecord): number => uses.get(record.localId)?.lastUsage ?? record.createdAt
  const oldest = [...cached].sort((a, b) => lastUse(a) - lastUse(b)).slice(0, count)
  for (const { localId, url } of oldest) {
    if (url !== undefined) await remove(url)
    await usage.forget(localId)
  }
}
