/**
 * @contexts in the store: what is known of one, and, apart from it so that a list stays small, its content. Hosted and
 * Cached ones are of kinds of their own, so that each can be counted.
 */

import type { Instant } from '../core/model/entity.ts'
import { Problem } from '../core/model/problems.ts'
import type { Call } from '../ports/call.ts'
import type { Clock } from '../ports/clock.ts'
import type { ContextKind } from '../ports/contexts.ts'
import type { DocumentStore } from '../ports/store.ts'
import type { ContextContent } from './context-document.ts'
import { type Headers, LONGEST_MS } from './freshness.ts'

export interface ContextRecord {
  readonly localId: string
  readonly kind: ContextKind
  readonly createdAt: Instant
  /** Of a Cached one: where it was downloaded from. */
  readonly url?: string
  /** Of a Cached one: 6.3.16. */
  readonly expiresAt?: Instant
  /** Of a Cached one: those of its answer by which it is asked for again, and by which a 304 makes it fresh again. */
  readonly headers?: Headers
}

export interface ContextRecords {
  find(call: Call, localId: string): Promise<ContextRecord | undefined>
  content(call: Call, localId: string): Promise<ContextContent | undefined>
  list(call: Call): Promise<readonly ContextRecord[]>
  /** Counts without reading. */
  count(call: Call): Promise<number>
  save(call: Call, record: ContextRecord, content: ContextContent): Promise<void>
  /** As `save` where there is one still, whoever deleted it; returns whether there was. Without a content that stays. */
  replace(call: Call, record: ContextRecord, content: ContextContent | undefined): Promise<boolean>
  /** Returns whether there was one. */
  delete(call: Call, localId: string): Promise<boolean>
}

export interface StoredContexts {
  /** Hosted and ImplicitlyCreated ones, each its Tenant's. */
  readonly hosted: ContextRecords
  /** Copies of what is public: they belong to the default Tenant. */
  readonly cached: ContextRecords
}

interface Kinds {
  readonly record: string
  readonly content: string
}

const HOSTED: Kinds = { record: 'hostedContext', content: 'hostedContextContent' }
const CACHED: Kinds = { record: 'cachedContext', content: 'cachedContextContent' }

/**
 * A Tenant that does not exist has no @contexts; to write into it throws NonexistentTenant, as the store does. `moveOn` is
 * called when a content has been replaced or deleted, and before that is acknowledged.
 */
export function createStoredContexts(
  documents: DocumentStore,
  clock: Clock,
  moveOn: () => Promise<void>,
): StoredContexts {
  return {
    hosted: createRecords(documents, clock, HOSTED, moveOn),
    cached: createRecords(documents, clock, CACHED, moveOn),
  }
}

function createRecords(
  documents: DocumentStore,
  clock: Clock,
  { record: RECORD, content: CONTENT }: Kinds,
  moveOn: () => Promise<void>,
): ContextRecords {
  /** A content that is new is in nobody's memory; only what it replaces may be. */
  const putContent = async (call: Call, localId: string, content: ContextContent, must: boolean): Promise<boolean> => {
    const before = await documents.change(call, CONTENT, localId, (current) => ({
      ...((current !== undefined || !must) && { document: content }),
      result: current as ContextContent | undefined,
    }))
    if (before !== undefined && before.hash !== content.hash) await moveOn()
    return before !== undefined
  }
  return {
    find: async (call, localId) => {
      const found = (await ofTenant(() => documents.get(call, RECORD, localId))) as ContextRecord | undefined
      return found && bounded(found, clock.now())
    },
    content: async (call, localId) =>
      (await ofTenant(() => documents.get(call, CONTENT, localId))) as ContextContent | undefined,
    list: async (call) =>
      ((await ofTenant(() => documents.list(call, RECORD))) ?? []).map(({ document }) =>
        bounded(document as ContextRecord, clock.now()),
      ),
    count: async (call) => (await ofTenant(() => documents.count(call, RECORD))) ?? 0,
    save: async (call, record, content) => {
      // In this order there is no record without a content.
      await putContent(call, record.localId, content, false)
      await documents.put(call, RECORD, record.localId, record)
    },
    replace: async (call, record, content) => {
      if (content !== undefined && !(await putContent(call, record.localId, content, true))) return false
      return await documents.change(call, RECORD, record.localId, (current) =>
        current === undefined ? { result: false } : { document: record, result: true },
      )
    },
    delete: async (call, localId) => {
      const existed = await ofTenant(() => documents.delete(call, RECORD, localId))
      if (existed !== true) return false
      await documents.delete(call, CONTENT, localId)
      await moveOn()
      return true
    },
  }
}

/** A store may be older than the bound that a lifetime has where it is made. */
function bounded(record: ContextRecord, now: Instant): ContextRecord {
  const { createdAt, expiresAt = 0 } = record
  return expiresAt > now + LONGEST_MS ? { ...record, expiresAt: createdAt + LONGEST_MS } : record
}

/** Cached @contexts are copies of what is public, kept with the default Tenant; 5.5.10: all others are their Tenant's. */
export function everybody(call: Call): Call {
  return { ...call, tenant: '' }
}

/** Undefined where the Tenant does not exist. */
export async function ofTenant<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read()
  } catch (error) {
    if (error instanceof Problem && error.kind === 'NonexistentTenant') return undefined
    throw error
  }
}
