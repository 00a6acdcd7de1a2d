/**
 * What hosted @contexts said that have been deleted (5.13.5) though Subscriptions have them as their jsonldContext: "the
 * @context to be used is the one specified in the jsonldContext field of the corresponding Subscription" (5.8.6). Nobody
 * else has them any more.
 */

import type { Json } from '../core/model/entity.ts'
import { isObject } from '../core/model/json-object.ts'
import type { Call } from '../ports/call.ts'
import type { DocumentStore, TenantStore } from '../ports/store.ts'
import { STREAM, type StoredStream, SUBSCRIPTION } from '../ports/subscription-documents.ts'
import { type ContextRecords, ofTenant } from './context-records.ts'
import type { OwnUrls } from './own-urls.ts'

export interface LeftContexts {
  /**
   * To be called before a hosted @context of the call's Tenant is deleted: keeps what it says where a Subscription leads to
   * it, and no longer what none leads to any more.
   */
  leave(call: Call, localId: string): Promise<void>
  /**
   * What a hosted @context says, with what the deleted ones among it said in their place; undefined where nothing is known
   * of it.
   */
  find(call: Call, url: string): Promise<Json | undefined>
}

interface LeftContextsDeps {
  readonly documents: Pick<DocumentStore, 'get' | 'put' | 'list' | 'delete'>
  readonly tenants: Pick<TenantStore, 'list'>
  readonly hosted: Pick<ContextRecords, 'content'>
  readonly ownUrls: OwnUrls
}

const LEFT = 'leftContext'
/** Of @contexts in one another: those that are used are no deeper (BOYA_CONTEXT_MAX_NESTING). */
const DEEPEST = 20

export function createLeftContexts({ documents, tenants, hosted, ownUrls }: LeftContextsDeps): LeftContexts {
  /** 5.5.10: of the call's Tenant, or of the default one. */
  const lookUp = async (call: Call, look: (of: Call) => Promise<Json | undefined>): Promise<Json | undefined> =>
    (await look(call)) ?? (call.tenant === '' ? undefined : await look({ ...call, tenant: '' }))
  const isThere = (call: Call, localId: string) =>
    lookUp(call, async (of) => (await hosted.content(of, localId))?.context)
  const isLeft = (call: Call, localId: string) =>
    lookUp(call, async (of) => (await documents.get(of, LEFT, localId)) as Json | undefined)

  /** Local identifiers of all that these lead to. */
  const gather = async (call: Call, urls: Iterable<string>, found: Set<string>, depth = 0): Promise<void> => {
    for (const url of urls) {
      const localId = ownUrls.localIdIn(url)
      if (localId === undefined || found.has(localId) || depth > DEEPEST) continue
      found.add(localId)
      const context = (await isThere(call, localId)) ?? (await isLeft(call, localId))
      await gather(call, urlsIn(context), found, depth + 1)
    }
  }
  const usedIn = async (call: Call): Promise<ReadonlySet<string>> => {
    const used = new Set<string>()
    // One of the default Tenant is there for all.
    const names = call.tenant === '' ? ['', ...(await tenants.list())] : [call.tenant]
    for (const tenant of names) await gather({ ...call, tenant }, await urlsOf({ ...call, tenant }), used)
    return used
  }
  const urlsOf = async (call: Call): Promise<ReadonlySet<string>> => {
    const list = async (kind: string) => (await ofTenant(() => documents.list(call, kind))) ?? []
    const subscriptions = (await list(SUBSCRIPTION)) as readonly Listed<StoredStream['stored']>[]
    const streams = (await list(STREAM)) as readonly Listed<StoredStream>[]
    const all = [...subscriptions.map((each) => each.document), ...streams.map((each) => each.document.stored)]
    return new Set(all.map(({ subscription }) => subscription.jsonldContext))
  }
  const restored = async (call: Call, context: Json, depth: number): Promise<Json> => {
    if (Array.isArray(context)) {
      const members = await Promise.all(context.map((member) => restored(call, member, depth)))
      return members.flat()
    }
    const localId = typeof context === 'string' && depth <= DEEPEST ? ownUrls.localIdIn(context) : undefined
    if (localId === undefined || (await isThere(call, localId)) !== undefined) return context
    const left = await isLeft(call, localId)
    return left === undefined ? context : await restored(call, left, depth + 1)
  }
  return {
    leave: async (call, localId) => {
      const used = await usedIn(call)
      const content = used.has(localId) ? await hosted.content(call, localId) : undefined
      if (content !== undefined) await documents.put(call, LEFT, localId, content.context)
      for (const { id } of await documents.list(call, LEFT)) if (!used.has(id)) await documents.delete(call, LEFT, id)
    },
    find: async (call, url) => {
      const localId = ownUrls.localIdIn(url)
      if (localId === undefined) return undefined
      const context = (await isThere(call, localId)) ?? (await isLeft(call, localId))
      return context === undefined ? undefined : await restored(call, context, 0)
    },
  }
}

interface Listed<Document> {
  readonly document: Document
}

function urlsIn(context: Json | undefined): readonly string[] {
  if (Array.isArray(context)) return context.flatMap(urlsIn)
  if (typeof context === 'string') return [context]
  return isObject(context) && typeof context['@import'] === 'string' ? [context['@import']] : []
}
