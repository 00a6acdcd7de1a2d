/** The room's door: puts its parts together behind the ContextResolver port. */

import type { Outbound } from '../outbound/outbound.ts'
import type { Call, Log } from '../ports/call.ts'
import type { Clock } from '../ports/clock.ts'
import type { ContextResolver, ResolvedContext } from '../ports/contexts.ts'
import type { Store } from '../ports/store.ts'
import type { ContextDocument } from './context-document.ts'
import { type ContextRecord, createContextRecords } from './context-records.ts'
import { loadCoreContext } from './core-context.ts'
import { notAvailable } from './download.ts'
import { loadFixedContexts } from './fixed-contexts.ts'
import { createHostedContexts } from './hosted-contexts.ts'
import { createManagement } from './manage.ts'
import { createOwnUrls } from './own-urls.ts'
import { createRemoteContexts } from './remote-contexts.ts'
import { createResolutions } from './resolutions.ts'
import { createCoreOnly, createResolve, type Resolve } from './resolve.ts'
import { createRevisionWatch } from './revision-watch.ts'
import { createUsageCounter, type UsageCounter } from './usage.ts'

export interface ContextSettings {
  /** The user @context of requests that bring none (5.5.5). */
  readonly default: string | undefined
  /** A list of @contexts as files, or a folder with one. */
  readonly preload: string | undefined
  /** Of one @context. */
  readonly maxBytes: number
  /** Of Cached ones; and, for each Tenant, of hosted ones. */
  readonly maxStored: number
  /** How many documents may include one another. */
  readonly maxNesting: number
  readonly timeoutMs: number
  readonly maxRedirects: number
}

export interface ContextResolverDeps {
  readonly store: Pick<Store, 'documents' | 'tenants'>
  readonly fetch: Outbound['fetch']
  readonly clock: Clock
  readonly log: Log
  readonly settings: ContextSettings
  /** The origin at which clients reach the broker, without a trailing slash. */
  readonly publicUrl: () => string
  /** Whether an origin (`http://localhost:9090`) is this broker's, too. */
  readonly ownOrigins: (origin: string) => boolean
}

export interface OpenContextResolver extends ContextResolver {
  /** Ends downloads and writes how often @contexts were used. */
  close(): Promise<void>
}

/**
 * Reads the shipped @contexts, the operator's, and the default one. Throws where one of them cannot be had: a broker
 * that expands names by another @context than it was told to would store them under wrong IRIs.
 */
export async function createContextResolver(deps: ContextResolverDeps): Promise<OpenContextResolver> {
  const { store, clock, settings, log } = deps
  const lifetime = new AbortController()
  const call: Call = { tenant: '', signal: lifetime.signal, log }
  const [core, fixed] = await Promise.all([loadCoreContext(), loadFixedContexts(settings.preload, clock)])
  const records = createContextRecords(store.documents)
  const usage = createUsageCounter(store.documents, call)
  const resolutions = createResolutions()
  const ownUrls = createOwnUrls(deps.publicUrl, deps.ownOrigins)
  const hosted = createHostedContexts(records, clock, settings)
  const changed = resolutions.drop
  const remote = createRemoteContexts({
    ...{ records, clock, call, changed, fetch: deps.fetch, limits: settings },
    evict: (cached) => evict(cached, settings.maxStored, usage, (url) => remote.remove(url)),
  })
  const load = async (caller: Call, url: string): Promise<ContextDocument> => {
    const localId = ownUrls.localIdIn(url)
    const own = fixed.load(url) ?? (localId === undefined ? undefined : await hosted.load(caller, localId))
    if (own !== undefined) return own
    if (localId !== undefined && ownUrls.isPublic(url)) throw notAvailable(url, 'this broker hosts no such @context')
    return await remote.load(url)
  }
  const look = createRevisionWatch(records, clock, call, () => {
    remote.clear()
    resolutions.clear()
  })
  const used = (localId: string): void => usage.count(localId, clock.now())
  const compile = createResolve({
    ...{ core, resolutions, clock, load, used },
    maxNesting: settings.maxNesting,
    maxBytes: settings.maxBytes,
  })
  const resolve: Resolve = async (caller, context) => {
    await look()
    return await compile(caller, context)
  }
  const fallback = await createFallback(settings.default, createCoreOnly(core), (url) => resolve(call, url), log)
  return {
    get fallback() {
      return fallback()
    },
    resolve,
    host: async (caller, context) => context.url ?? ownUrls.of(await hosted.keep(caller, context.body)),
    add: async (caller, document) => {
      if (caller.tenant !== '') await store.tenants.create(caller.tenant)
      return await hosted.add(caller, document)
    },
    ...createManagement({ fixed, records, remote, usage, ownUrls, clock, changed }),
    close: async () => {
      lifetime.abort()
      await usage.flush()
    },
  }
}

/** Keeps the default @context up to date behind a property that answers at once. */
async function createFallback(
  url: string | undefined,
  coreOnly: ResolvedContext,
  resolve: (url: string) => Promise<ResolvedContext>,
  log: Log,
): Promise<() => ResolvedContext> {
  if (url === undefined) return () => coreOnly
  let current = await resolve(url)
  return () => {
    resolve(url).then(
      (next) => {
        current = next
      },
      (error) =>
        log.warn({ url, err: error }, 'the default @context could not be looked at again; the last one is used'),
    )
    return current
  }
}

/** Least recently used first; one that was never used counts from its creation. */
async function evict(
  cached: readonly ContextRecord[],
  maxStored: number,
  usage: UsageCounter,
  remove: (url: string) => Promise<boolean>,
): Promise<void> {
  const uses = await usage.all()
  const lastUse = (record: ContextRecord): number => uses.get(record.localId)?.lastUsage ?? record.createdAt
  const oldest = [...cached].sort((a, b) => lastUse(a) - lastUse(b)).slice(0, cached.length - maxStored)
  for (const { localId, url } of oldest) {
    if (url !== undefined) await remove(url)
    await usage.forget(localId)
  }
}
