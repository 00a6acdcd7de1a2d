/** @contexts that this broker hosts: those given to it (Hosted) and those it made of a request's (ImplicitlyCreated). */

import { randomUUID } from 'node:crypto'
import type { Json } from '../core/model/entity.ts'
import { Problem } from '../core/model/problems.ts'
import { createInTurn } from '../duties/in-turn.ts'
import type { Call } from '../ports/call.ts'
import type { Clock } from '../ports/clock.ts'
import type { TenantStore } from '../ports/store.ts'
import { canonicalJson, urnOf } from './canonical-json.ts'
import {
  type ContextContent,
  type ContextDocument,
  checkContext,
  checkSize,
  contentOf,
  contextOf,
} from './context-document.ts'
import type { ContextRecord, ContextRecords } from './context-records.ts'
import { CORE_CONTEXT_URL, coreUrlOf } from './core-context.ts'
import type { ContextLimits } from './limits.ts'

export interface HostedContexts {
  /**
   * 5.13.2. Returns the local identifier. Makes the Tenant, where there is none, of a @context that is kept only: what is
   * refused leaves nothing.
   */
  add(call: Call, document: Json): Promise<string>
  /** Keeps a @context once, however often it is asked to. Returns the local identifier. */
  keep(call: Call, context: Json): Promise<string>
  /** 5.5.10: one of the call's Tenant; or of the default Tenant, which a URL without a Tenant leads to. */
  load(call: Call, localId: string): Promise<ContextDocument | undefined>
}

interface HostedLimits extends ContextLimits {
  readonly maxStored: number
}

interface HostedContextsDeps {
  readonly records: ContextRecords
  readonly tenants: Pick<TenantStore, 'create'>
  readonly clock: Clock
  readonly limits: HostedLimits
}

/** Each belongs to the Tenant of the call that brings it (5.5.10), and `maxStored` is for each Tenant. */
export function createHostedContexts({ records, tenants, clock, limits }: HostedContextsDeps): HostedContexts {
  const inTurn = createInTurn()
  /** In turn, for between the count and what it allows there must be no other. `makeReady` when all else is checked. */
  const save = (call: Call, record: ContextRecord, content: ContextContent, makeReady?: () => Promise<void>) =>
    inTurn.run(call.tenant, async () => {
      await refuseTooMany(records, call, limits.maxStored)
      await makeReady?.()
      await records.save(call, record, content)
      return record.localId
    })
  return {
    add: async (call, document) => {
      const content = await checkDocument(document, limits)
      const record: ContextRecord = { localId: `urn:uuid:${randomUUID()}`, kind: 'Hosted', createdAt: clock.now() }
      return await save(call, record, content, async () => {
        if (call.tenant !== '') await tenants.create(call.tenant)
      })
    },
    keep: async (call, context) => {
      const served = withCore(context)
      const localId = urnOf(`${call.tenant}\n${canonicalJson(served)}`)
      if ((await records.find(call, localId)) !== undefined) return localId
      return await save(call, { localId, kind: 'ImplicitlyCreated', createdAt: clock.now() }, contentOf(served))
    },
    load: async (call, localId) => {
      const tenants = call.tenant === '' ? [''] : [call.tenant, '']
      for (const tenant of tenants) {
        const content = await hostedContent(records, { ...call, tenant }, localId)
        if (content === undefined) continue
        return { localId, ...content, freshUntil: Number.POSITIVE_INFINITY, ...(tenant !== '' && { tenant }) }
      }
      return undefined
    },
  }
}

async function hostedContent(
  records: ContextRecords,
  call: Call,
  localId: string,
): Promise<ContextContent | undefined> {
  return (await records.find(call, localId)) === undefined ? undefined : await records.content(call, localId)
}

async function checkDocument(document: Json, limits: ContextLimits): Promise<ContextContent> {
  const context = contextOf(document)
  if (context === undefined) {
    // 5.5.2: InvalidRequest: "is syntactically invalid or includes wrong content".
    throw new Problem('InvalidRequest', 'The body must be a JSON object with a member "@context".')
  }
  const content = contentOf(context)
  checkSize(content.bytes, limits.maxBytes)
  await checkContext(context, 'The @context', limits)
  return content
}

async function refuseTooMany(records: ContextRecords, call: Call, maxStored: number): Promise<void> {
  if ((await records.count(call)) >= maxStored) {
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
