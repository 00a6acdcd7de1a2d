/** @contexts in the store: what is known of one, and, apart from it so that a list stays small, its content. */

import { randomUUID } from 'node:crypto'
import type { Instant, Json } from '../core/model/entity.ts'
import { Problem } from '../core/model/problems.ts'
import type { Call } from '../ports/call.ts'
import type { ContextKind } from '../ports/contexts.ts'
import type { DocumentStore } from '../ports/store.ts'

export interface ContextRecord {
  readonly localId: string
  readonly kind: ContextKind
  readonly createdAt: Instant
  /** Of a Cached one: where it was downloaded from. */
  readonly url?: string
  /** Of a Cached one: 6.3.16. */
  readonly expiresAt?: Instant
  readonly etag?: string
  readonly lastModified?: string
}

const RECORD = 'context'
const CONTENT = 'contextContent'
const REVISION = 'contextRevision'
const REVISION_ID = 'contexts'

export interface ContextRecords {
  find(call: Call, localId: string): Promise<ContextRecord | undefined>
  /** The `@context` alone. */
  content(call: Call, localId: string): Promise<Json | undefined>
  list(call: Call): Promise<readonly ContextRecord[]>
  save(call: Call, record: ContextRecord, content: Json): Promise<void>
  /** Replaces what is known of it; its content stays. */
  update(call: Call, record: ContextRecord): Promise<void>
  /** Returns whether there was one. */
  delete(call: Call, localId: string): Promise<boolean>
  /** Whether another instance has changed a content since this was last asked. */
  changedElsewhere(call: Call): Promise<boolean>
}

/** A Tenant that does not exist has no @contexts; to write into it throws NonexistentTenant, as the store does. */
export function createContextRecords(documents: DocumentStore): ContextRecords {
  let revision: unknown
  const everybody = (call: Call): Call => ({ ...call, tenant: '' })
  let missed = false
  const lookAtRevision = async (call: Call): Promise<void> => {
    const found = (await documents.get(everybody(call), REVISION, REVISION_ID)) ?? undefined
    missed ||= found !== revision
    revision = found
  }
  const moveOn = async (call: Call): Promise<void> => {
    await lookAtRevision(call)
    revision = randomUUID()
    await documents.put(everybody(call), REVISION, REVISION_ID, revision)
  }
  return {
    find: async (call, localId) =>
      (await ofTenant(() => documents.get(call, RECORD, localId))) as ContextRecord | undefined,
    content: async (call, localId) => (await ofTenant(() => documents.get(call, CONTENT, localId))) as Json | undefined,
    list: async (call) =>
      ((await ofTenant(() => documents.list(call, RECORD))) ?? []).map(({ document }) => document as ContextRecord),
    save: async (call, record, content) => {
      // In this order there is no record without a content.
      await documents.put(call, CONTENT, record.localId, content)
      await documents.put(call, RECORD, record.localId, record)
      await moveOn(call)
    },
    update: (call, record) => documents.put(call, RECORD, record.localId, record),
    delete: async (call, localId) => {
      const existed = await ofTenant(() => documents.delete(call, RECORD, localId))
      if (existed !== true) return false
      await documents.delete(call, CONTENT, localId)
      await moveOn(call)
      return true
    },
    changedElsewhere: async (call) => {
      await lookAtRevision(call)
      const changed = missed
      missed = false
      return changed
    },
  }
}

async function ofTenant<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read()
  } catch (error) {
    if (error instanceof Problem && error.kind === 'NonexistentTenant') return undefined
    throw error
  }
}
