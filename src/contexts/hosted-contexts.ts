/** @contexts that this broker hosts: those given to it (Hosted) and those it made of a request's (ImplicitlyCreated). */

import { randomUUID } from 'node:crypto'
import type { Json } from '../core/model/entity.ts'
import { Problem } from '../core/model/problems.ts'
import type { Call } from '../ports/call.ts'
import type { Clock } from '../ports/clock.ts'
import { canonicalJson, urnOf } from './canonical-json.ts'
import { type ContextDocument, checkContext, checkSize, contextOf, hashOfContext } from './context-document.ts'
import type { ContextRecord, ContextRecords } from './context-records.ts'
import { CORE_CONTEXT_URL, coreUrlOf } from './core-context.ts'

export interface HostedContexts {
  /** 5.13.2. Returns the local identifier. */
  add(call: Call, document: Json): Promise<string>
  /** Keeps a @context once, however often it is asked to. Returns the local identifier. */
  keep(call: Call, context: Json): Promise<string>
  /** 5.5.10: one of the call's Tenant; or of the default Tenant, which a URL without a Tenant leads to. */
  load(call: Call, localId: string): Promise<ContextDocument | undefined>
}

export interface HostedLimits {
  readonly maxBytes: number
  readonly maxStored: number
}

export function createHostedContexts(records: ContextRecords, clock: Clock, limits: HostedLimits): HostedContexts {
  const save = async (call: Call, record: ContextRecord, context: Json): Promise<string> => {
    await refuseTooMany(records, call, limits.maxStored)
    await records.save(call, record, context)
    return record.localId
  }
  return {
    add: async (call, document) => {
      const context = await checkDocument(document, limits.maxBytes)
      const localId = `urn:uuid:${randomUUID()}`
      return await save(call, { localId, kind: 'Hosted', createdAt: clock.now() }, context)
    },
    keep: async (call, context) => {
      const served = withCore(context)
      const localId = urnOf(`${call.tenant}\n${canonicalJson(served)}`)
      if ((await records.find(call, localId)) !== undefined) return localId
      return await save(call, { localId, kind: 'ImplicitlyCreated', createdAt: clock.now() }, served)
    },
    load: async (call, localId) => {
      const tenants = call.tenant === '' ? [''] : [call.tenant, '']
      for (const tenant of tenants) {
        const context = await hostedContent(records, { ...call, tenant }, localId)
        if (context === undefined) continue
        const hash = hashOfContext(context)
        return { localId, context, hash, freshUntil: Number.POSITIVE_INFINITY, ...(tenant !== '' && { tenant }) }
      }
      return undefined
    },
  }
}

async function hostedContent(records: ContextRecords, call: Call, localId: string): Promise<Json | undefined> {
  const record = await records.find(call, localId)
  return record === undefined || record.kind === 'Cached' ? undefined : await records.content(call, localId)
}

async function checkDocument(document: Json, maxBytes: number): Promise<Json> {
  const context = contextOf(document)
  if (context === undefined) {
    // 5.5.2: InvalidRequest: "is syntactically invalid or includes wrong content".
    throw new Problem('InvalidRequest', 'The body must be a JSON object with a member "@context".')
  }
  checkSize(canonicalJson(context), maxBytes)
  await checkContext(context, 'The @context')
  return context
}

async function refuseTooMany(records: ContextRecords, call: Call, maxStored: number): Promise<void> {
  const hosted = (await records.list(call)).filter(({ kind }) => kind !== 'Cached')
  if (hosted.length >= maxStored) {
    throw new Problem(
      'Conflict',
      `The broker hosts ${maxStored} @contexts already, its limit (BOYA_CONTEXT_MAX_STORED); delete one that is not used.`,
    )
  }
}

/**
 * 4.4: "the Core @context shall always be treated as if it had been originally placed in the last position, so that, if
 * needed, upstream JSON-LD processors can properly expand".
 */
function withCore(context: Json): Json {
  const members = Array.isArray(context) ? context : [context]
  const last = members.at(-1)
  return typeof last === 'string' && coreUrlOf(last) !== undefined ? members : [...members, CORE_CONTEXT_URL]
}
