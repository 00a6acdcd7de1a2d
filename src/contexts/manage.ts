/** 5.13.3–5.13.5: listing, serving, deleting and reloading stored @contexts. */

import { fromInstant } from '../core/model/date-time.ts'
import type { Json } from '../core/model/entity.ts'
import { badRequest, notFound, Problem } from '../core/model/problems.ts'
import type { Call } from '../ports/call.ts'
import type { Clock } from '../ports/clock.ts'
import type { ContextKind, ContextMetadata, ContextResolver } from '../ports/contexts.ts'
import { type ContextRecord, everybody, type StoredContexts } from './context-records.ts'
import { localIdOf } from './copies.ts'
import type { FixedContext, FixedContexts } from './fixed-contexts.ts'
import type { OwnUrls } from './own-urls.ts'
import type { RemoteContexts } from './remote-contexts.ts'
import type { ContextUse, UsageCounter } from './usage.ts'

interface ManageDeps {
  readonly fixed: FixedContexts
  readonly stored: StoredContexts
  readonly remote: RemoteContexts
  readonly usage: UsageCounter
  readonly ownUrls: OwnUrls
  readonly clock: Clock
  /** Local identifiers of what the default @context is made of. */
  needed(): readonly string[]
  /** Called before a hosted one is deleted. */
  leave(call: Call, localId: string): Promise<void>
  /** Called when a @context has been deleted or replaced. */
  changed(localId: string): void
  /** Has other instances read a file again. */
  reloaded(localId: string): Promise<void>
}

type Found = { readonly fixed: FixedContext } | { readonly record: ContextRecord }

/** The methods of the port that are about what is stored: their contract stands there. */
export function createManagement(deps: ManageDeps): Pick<ContextResolver, 'list' | 'serve' | 'describe' | 'remove'> {
  return {
    list: (call, kind) => list(deps, call, kind),
    serve: async (call, id) => {
      const found = await find(deps, call, id)
      deps.usage.count(idOf(found), deps.clock.now())
      return await contentOf(deps, call, found)
    },
    describe: async (call, id) => {
      const found = await find(deps, call, id)
      const metadata = metadataOf(deps, found, await deps.usage.of(idOf(found)))
      // 5.13.3.5: "number of times the @context was found in the storage", this time not counted yet.
      deps.usage.count(idOf(found), deps.clock.now())
      return metadata
    },
    remove: (call, id, reload) => remove(deps, call, id, reload),
  }
}

async function list(deps: ManageDeps, call: Call, kind?: ContextKind): Promise<readonly ContextMetadata[]> {
  const found: Found[] = [
    ...deps.fixed.list().map((fixed) => ({ fixed })),
    ...(await deps.stored.cached.list(everybody(call))).map(asFound),
    ...(await deps.stored.hosted.list(call)).map(asFound),
  ]
  const wanted = found.filter((each) => kind === undefined || kindOf(each) === kind)
  const uses = await deps.usage.all()
  return wanted.map((each) => metadataOf(deps, each, uses.get(idOf(each)) ?? { hits: 0 }))
}

function asFound(record: ContextRecord): Found {
  return { record }
}

async function find(deps: ManageDeps, call: Call, id: string): Promise<Found> {
  const fixed = deps.fixed.find(id)
  if (fixed !== undefined) return { fixed }
  const own = await deps.stored.hosted.find(call, id)
  if (own !== undefined) return { record: own }
  // 5.13.4.3: "For @contexts of kind "Cached" this can also be the original URL".
  for (const localId of [id, localIdOf(id)]) {
    const record = await deps.stored.cached.find(everybody(call), localId)
    if (record !== undefined) return { record }
  }
  throw notFound(`There is no @context ${id}; GET /ngsi-ld/v1/jsonldContexts lists those that there are.`)
}

async function contentOf(deps: ManageDeps, call: Call, found: Found): Promise<Json> {
  if (kindOf(found) === 'Cached') {
    // 5.13.4.4: "It shall give back OperationNotSupported error if it is of kind "Cached"".
    throw new Problem(
      'OperationNotSupported',
      `The broker does not serve its copy of ${urlOf(deps, found)}; fetch it there, or ask with details=true about the copy.`,
    )
  }
  const content = await deps.stored.hosted.content(call, idOf(found))
  if (content === undefined) throw notFound(`The @context ${idOf(found)} has just been deleted.`)
  return { '@context': content.context }
}

async function remove(deps: ManageDeps, call: Call, id: string, reload: boolean): Promise<void> {
  const found = await find(deps, call, id)
  if ('fixed' in found) return await removeFixed(deps, found.fixed, reload)
  const { record } = found
  if (!reload && deps.needed().includes(record.localId)) {
    throw badRequest(
      `${urlOf(deps, found)} cannot be deleted: the default @context of the broker, which its operator names in BOYA_CONTEXT_DEFAULT, is made of it.`,
    )
  }
  if (record.kind === 'Cached' && record.url !== undefined) {
    if (reload) return await deps.remote.reload(record.url)
    await deps.remote.remove(record.url)
  } else {
    if (reload) {
      throw badRequest(`Only Cached @contexts can be reloaded; ${id} is ${record.kind}. Delete it without reload.`)
    }
    await deps.leave(call, record.localId)
    await deps.stored.hosted.delete(call, record.localId)
    deps.changed(record.localId)
  }
  await deps.usage.forget(record.localId)
}

async function removeFixed(deps: ManageDeps, fixed: FixedContext, reload: boolean): Promise<void> {
  if (!reload) {
    const whose = fixed.isCore ? 'a core @context, which always applies (4.4)' : 'given to the broker by its operator'
    throw badRequest(`${fixed.url} cannot be deleted: it is ${whose}.`)
  }
  await deps.fixed.reload(fixed)
  deps.changed(fixed.localId)
  if (!fixed.isCore) await deps.reloaded(fixed.localId)
}

function metadataOf(deps: ManageDeps, found: Found, use: ContextUse): ContextMetadata {
  const { createdAt } = 'fixed' in found ? found.fixed : found.record
  const expiresAt = 'fixed' in found ? undefined : found.record.expiresAt
  return {
    URL: urlOf(deps, found),
    localId: idOf(found),
    kind: kindOf(found),
    createdAt: fromInstant(createdAt),
    ...(expiresAt !== undefined && { expiresAt: fromInstant(expiresAt) }),
    ...(use.lastUsage !== undefined && { lastUsage: fromInstant(use.lastUsage) }),
    numberOfHits: use.hits,
    ...('fixed' in found && { extraInfo: found.fixed.isCore ? 'shipped with the broker' : 'given by the operator' }),
  }
}

function idOf(found: Found): string {
  return 'fixed' in found ? found.fixed.localId : found.record.localId
}

function kindOf(found: Found): ContextKind {
  return 'fixed' in found ? 'Cached' : found.record.kind
}

function urlOf(deps: ManageDeps, found: Found): string {
  return 'fixed' in found ? found.fixed.url : (found.record.url ?? deps.ownUrls.of(found.record.localId))
}
