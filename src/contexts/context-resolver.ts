/** The room's door: puts its parts together behind the ContextResolver port. */

import { setMaxListeners } from 'node:events'
import { watchRevisions } from '../duties/revision-watch.ts'
import type { Outbound } from '../outbound/outbound.ts'
import type { Call, Log } from '../ports/call.ts'
import type { Clock } from '../ports/clock.ts'
import type { ContextResolver } from '../ports/contexts.ts'
import type { Store } from '../ports/store.ts'
import type { ContextDocument } from './context-document.ts'
import { createStoredContexts } from './context-records.ts'
import { loadCoreContext } from './core-context.ts'
import { notAvailable } from './download.ts'
import { createEviction } from './eviction.ts'
import { createFallback, type Fallback } from './fallback.ts'
import { type FixedContexts, loadFixedContexts } from './fixed-contexts.ts'
import { createHostedContexts, type HostedContexts } from './hosted-contexts.ts'
import { createLeftContexts } from './left-contexts.ts'
import type { ContextLimits } from './limits.ts'
import { createManagement } from './manage.ts'
import { createOwnUrls, type OwnUrls } from './own-urls.ts'
import { createRemoteContexts, type RemoteContexts } from './remote-contexts.ts'
import { createResolutions } from './resolutions.ts'
import { createCoreOnly, createResolve, type Resolve } from './resolve.ts'
import { openRevisions, REVISION, STORED } from './revisions.ts'
import { createUsageCounter } from './usage.ts'

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
 * latter cannot be had.
 */
export async function createContextResolver(deps: ContextResolverDeps): Promise<OpenContextResolver> {
  const { store, clock, settings } = deps
  const { call, end } = createLifetime(deps.log)
  const [core, fixed] = await Promise.all([loadCoreContext(), loadFixedContexts(settings.preload, settings, clock)])
  const revisions = await openRevisions(store.documents, call, (id) => (id === STORED ? forget() : reread(id)))
  const stored = createStoredContexts(store.documents, clock, () => revisions.moveOn(STORED))
  const usage = createUsageCounter(store.documents, call)
  const resolutions = createResolutions()
  const ownUrls = createOwnUrls(deps.publicUrl)
  const hosted = createHostedContexts({ records: stored.hosted, tenants: store.tenants, clock, limits: settings })
  const { documents, tenants } = store
  const left = createLeftContexts({ documents, tenants, hosted: stored.hosted, ownUrls })
  // What is downloaded during the start is what the default is made of.
  let fallback: Fallback | undefined
  const changed = (localId: string): void => {
    resolutions.drop(localId)
    fallback?.refresh()
  }
  const remote: RemoteContexts = createRemoteContexts({
    ...{ records: stored.cached, clock, call, changed, fetch: deps.fetch, limits: settings },
    makeRoom: createEviction({
      ...{ records: stored.cached, usage, call, maxStored: settings.maxStored },
      needed: () => fallback?.documents(),
      remove: (url) => remote.remove(url),
    }),
  })
  const forget = (): void => {
    remote.clear()
    resolutions.clear()
  }
  const reread = createReread(fixed, call, resolutions.drop)
  const look = async (): Promise<void> => {
    await revisions.look()
    fallback?.refresh()
  }
  const { upToDate, close } = watchRevisions({
    documents: store.documents,
    kind: REVISION,
    look,
    failed: notRead(call),
  })
  const used = (localId: string): void => usage.count(localId, clock.now())
  const load = createLoad({ fixed, hosted, remote, ownUrls })
  const compile = createResolve({ core, resolutions, clock, load, used, limits: settings })
  const resolve: Resolve = async (caller, context) => {
    await upToDate()
    return await compile(caller, context)
  }
  const watched = { call, clock, resolve, upToDate, used, epoch: resolutions.epoch, coreOnly: createCoreOnly(core) }
  const byDefault = await createFallback(settings.default, watched)
  fallback = byDefault
  const { moveOn: reloaded } = revisions
  return {
    get fallback() {
      return byDefault.current()
    },
    resolve: async (caller, context) => (await resolve(caller, context)).resolved,
    host: async (caller, context) => context.url ?? ownUrls.of(await hosted.keep(caller, context.body)),
    add: hosted.add,
    left: left.find,
    ...createManagement({
      fixed,
      stored,
      remote,
      usage,
      ownUrls,
      clock,
      leave: left.leave,
      changed,
      reloaded,
      needed: byDefault.documents,
    }),
    close: async () => {
      end()
      await close()
      await usage.flush()
    },
  }
}

function notRead({ log }: Call) {
  return (error: unknown): void =>
    log.warn({ error }, 'what other instances have changed of @contexts cannot be read; tried again before use')
}

/** For a file that another instance has been told to read again. */
function createReread(fixed: FixedContexts, call: Call, drop: (localId: string) => void) {
  return async (localId: string): Promise<void> => {
    const context = fixed.find(localId)
    if (context === undefined) return
    try {
      await fixed.reload(context)
      drop(localId)
    } catch (error) {
      call.log.warn(
        { url: context.url, error },
        'a file of an @context could not be read again; what was read last is used',
      )
    }
  }
}

/** The call of the broker's own work: of the default Tenant, and alive until the end. */
function createLifetime(log: Log): { readonly call: Call; end(): void } {
  const lifetime = new AbortController()
  // Each download under way listens, and there may be more than the ten at which Node suspects a leak.
  setMaxListeners(0, lifetime.signal)
  return { call: { tenant: '', signal: () => lifetime.signal, log }, end: () => lifetime.abort() }
}

interface Sources {
  readonly fixed: FixedContexts
  readonly hosted: HostedContexts
  readonly remote: RemoteContexts
  readonly ownUrls: OwnUrls
}

/** Where a document is looked for: among the files, among those hosted here, then where its URL leads. */
function createLoad({
  fixed,
  hosted,
  remote,
  ownUrls,
}: Sources): (call: Call, url: string) => Promise<ContextDocument> {
  return async (call, url) => {
    const localId = ownUrls.localIdIn(url)
    const own = fixed.load(url) ?? (localId === undefined ? undefined : await hosted.load(call, localId))
    if (own !== undefined) return own
    if (localId !== undefined && ownUrls.isPublic(url)) throw notAvailable(url, 'this broker hosts no such @context')
    return await remote.load(url)
  }
}
