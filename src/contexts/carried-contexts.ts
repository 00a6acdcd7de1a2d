/** @contexts as they are carried from one store to another: what is known of one, its content, and how often it was used. */

import type { Instant, Json, JsonObject } from '../core/model/entity.ts'
import { isDeeperThan } from '../core/model/json-depth.ts'
import { isObject } from '../core/model/json-object.ts'
import { badRequest } from '../core/model/problems.ts'
import { show } from '../core/model/show.ts'
import { isUri } from '../core/model/uri.ts'
import type { Call } from '../ports/call.ts'
import type { Clock } from '../ports/clock.ts'
import type { ContextKind } from '../ports/contexts.ts'
import type { DocumentStore } from '../ports/store.ts'
import { checkContext, checkSize, contentOf } from './context-document.ts'
import { type ContextRecord, type ContextRecords, createStoredContexts, everybody } from './context-records.ts'
import { localIdOf } from './copies.ts'
import type { Headers } from './freshness.ts'
import type { ContextLimits } from './limits.ts'
import { type ContextUse, useOf } from './usage.ts'

export interface CarriedContext {
  readonly record: ContextRecord
  readonly context: Json
  /** Absent where it was never used. */
  readonly use?: ContextUse
}

/**
 * Those of a Tenant, ordered by kind and local identifier. Cached ones are everybody's and kept with the default Tenant,
 * so they come with it.
 */
export async function* carriedContexts(
  documents: DocumentStore,
  clock: Clock,
  call: Call,
): AsyncGenerator<CarriedContext> {
  const { hosted, cached } = createStoredContexts(documents, clock, nothingMoved)
  yield* carriedOf(hosted, documents, call)
  if (call.tenant === '') yield* carriedOf(cached, documents, call)
}

/** Nothing is written. */
async function nothingMoved(): Promise<void> {}

async function* carriedOf(
  records: ContextRecords,
  documents: DocumentStore,
  call: Call,
): AsyncGenerator<CarriedContext> {
  const all = await records.list(call)
  for (const record of all.toSorted((a, b) => (a.localId < b.localId ? -1 : 1))) {
    const content = await records.content(call, record.localId)
    // Deleted since it was listed.
    if (content === undefined) continue
    const use = await useOf(documents, everybody(call), record.localId)
    yield { record, context: content.context, ...(use.hits > 0 && { use }) }
  }
}

/** What stands in an export. Hash and size are made of the content again where it is read. */
export function carriedJson({ record, context, use }: CarriedContext): JsonObject {
  const { localId, kind, createdAt, url, expiresAt, headers } = record
  return {
    localId,
    kind,
    createdAt,
    ...(url !== undefined && { url }),
    ...(expiresAt !== undefined && { expiresAt }),
    ...(headers !== undefined && { headers }),
    ...(use !== undefined && { use: { hits: use.hits, lastUsage: use.lastUsage ?? createdAt } }),
    content: context,
  }
}

/** The opposite of {@link carriedJson}. Throws BadRequestData where it is no @context that Boya could keep. */
export async function readCarried(json: Json, limits: ContextLimits): Promise<CarriedContext> {
  if (!isObject(json)) throw badRequest(`expected an @context with what is known of it, found ${show(json)}`)
  const { content, use, ...known } = json
  if (content === undefined) throw badRequest('the @context has no content')
  const record = recordOf(known, limits)
  const where = `The @context ${record.localId}`
  if (isDeeperThan(limits.maxDepth, content)) {
    throw badRequest(`${where} is more than ${limits.maxDepth} objects and arrays deep (BOYA_MAX_JSON_DEPTH).`)
  }
  checkSize(contentOf(content).bytes, limits.maxBytes)
  await checkContext(content, where, limits)
  return { record, context: content, ...(use !== undefined && { use: useIn(use) }) }
}

const KINDS: readonly ContextKind[] = ['Hosted', 'ImplicitlyCreated', 'Cached']

function recordOf(json: JsonObject, { maxUrlLength }: ContextLimits): ContextRecord {
  const { localId, kind, createdAt, url, expiresAt, headers, ...others } = json
  for (const name in others) throw badRequest(`"${name}" is nothing that is known of an @context`)
  if (typeof localId !== 'string' || !isUri(localId)) throw badRequest(`${show(localId)} is no localId of an @context`)
  const found = KINDS.find((each) => each === kind)
  if (found === undefined) throw badRequest(`${show(kind)} is no kind of @context; there are ${KINDS.join(', ')}`)
  const record = { localId, kind: found, createdAt: instantOf('createdAt', createdAt) }
  if (found !== 'Cached') return record
  if (typeof url !== 'string' || url.length > maxUrlLength || localIdOf(url) !== localId)
    throw badRequest(`${localId} is not the localId of ${show(url)}`)
  return {
    ...record,
    url,
    ...(expiresAt !== undefined && { expiresAt: instantOf('expiresAt', expiresAt) }),
    ...(headers !== undefined && { headers: headersOf(headers) }),
  }
}

function instantOf(name: string, json: Json | undefined): Instant {
  if (typeof json === 'number' && Number.isSafeInteger(json) && json >= 0) return json
  throw badRequest(`the ${name} of an @context is a number of milliseconds since 1970, not ${show(json)}`)
}

function headersOf(json: Json | undefined): Headers {
  if (isObject(json) && Object.values(json).every((value) => typeof value === 'string')) return json as Headers
  throw badRequest(`the headers of a Cached @context are texts by their names, not ${show(json)}`)
}

function useIn(json: Json): ContextUse {
  const { hits, lastUsage } = isObject(json) ? json : {}
  return { hits: instantOf('hits', hits), lastUsage: instantOf('lastUsage', lastUsage) }
}
