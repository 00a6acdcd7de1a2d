/** Copies of remote @contexts: in the store, and those lately used in memory, too. */

import { LRUCache } from 'lru-cache'
import type { Instant } from '../core/model/entity.ts'
import type { Call } from '../ports/call.ts'
import type { Clock } from '../ports/clock.ts'
import { urnOf } from './canonical-json.ts'
import { type ContextContent, contentOf } from './context-document.ts'
import type { ContextRecord, ContextRecords } from './context-records.ts'
import type { Downloaded } from './download.ts'

export interface Copy extends ContextContent {
  readonly record: ContextRecord
}

export interface Copies {
  /** One that is in memory. */
  recent(url: string): Copy | undefined
  find(url: string): Promise<Copy | undefined>
  /** What a download makes of the copy `before` it. Where that has been deleted meanwhile, the new one is not stored. */
  keep(url: string, downloaded: Downloaded, before: Copy | undefined): Promise<Copy>
  /** Returns whether there was one. */
  delete(url: string): Promise<boolean>
  /** Forgets what is in memory, not what is in the store. */
  clear(): void
  /** Moves on when something is forgotten: what was begun before may be what was forgotten. */
  epoch(): number
}

export interface CopiesDeps {
  readonly records: ContextRecords
  readonly clock: Clock
  /** Of the default Tenant, and alive as long as the broker. */
  readonly call: Call
  /** Called when the content of a @context is another than before, or gone. */
  changed(localId: string): void
}

/** Of copies in memory. An object takes a multiple of its text. */
const MOST_BYTES = 32 * 1024 * 1024
const BYTES_PER_BYTE = 6
const COPY_BYTES = 1_000

/** The local identifier (5.13.1) of a Cached @context: the same on every broker. */
export function localIdOf(url: string): string {
  return urnOf(url)
}

/** What is kept here may be deleted or replaced by another instance: see `clear`. */
export function createCopies({ records, clock, call, changed }: CopiesDeps): Copies {
  const memory = new LRUCache<string, Copy>({
    maxSize: MOST_BYTES,
    sizeCalculation: ({ bytes }) => COPY_BYTES + BYTES_PER_BYTE * bytes,
  })
  let epoch = 0
  /** What was begun before something was forgotten may be that, or newer than what is remembered: it is read again. */
  const remember = (url: string, copy: Copy, begun: number): void => {
    if (begun === epoch) memory.set(url, copy)
    else memory.delete(url)
  }
  const store = async ({ record, ...content }: Copy, before: Copy | undefined, isNew: boolean): Promise<boolean> => {
    if (before !== undefined) return await records.replace(call, record, isNew ? content : undefined)
    await records.save(call, record, content)
    return true
  }
  return {
    recent: (url) => memory.get(url),
    find: async (url) => {
      const begun = epoch
      const copy = memory.get(url) ?? (await read(records, call, localIdOf(url)))
      if (copy !== undefined) remember(url, copy, begun)
      return copy
    },
    keep: async (url, downloaded, before) => {
      const begun = epoch
      const copy = copyOf(url, downloaded, before, clock.now())
      // Deleted meanwhile, here or elsewhere: that does not bring it back.
      if (!(await store(copy, before, downloaded.context !== undefined))) return copy
      remember(url, copy, begun)
      if (before !== undefined && before.hash !== copy.hash) changed(copy.record.localId)
      return copy
    },
    delete: async (url) => {
      const existed = await records.delete(call, localIdOf(url))
      epoch++
      memory.delete(url)
      changed(localIdOf(url))
      return existed
    },
    clear: () => {
      epoch++
      memory.clear()
    },
    epoch: () => epoch,
  }
}

async function read(records: ContextRecords, call: Call, localId: string): Promise<Copy | undefined> {
  const record = await records.find(call, localId)
  const content = record === undefined ? undefined : await records.content(call, localId)
  return record === undefined || content === undefined ? undefined : { record, ...content }
}

function copyOf(url: string, downloaded: Downloaded, before: Copy | undefined, now: Instant): Copy {
  const { freshForMs, headers } = downloaded
  const content = downloaded.context === undefined ? before : contentOf(downloaded.context)
  const { context, hash, bytes } = content ?? contentOf({})
  const record: ContextRecord = {
    localId: localIdOf(url),
    kind: 'Cached',
    url,
    // 5.13.1: "clients can check the timestamp before deciding whether to force a refresh".
    createdAt: downloaded.context === undefined ? (before?.record.createdAt ?? now) : now,
    expiresAt: now + freshForMs,
    headers,
  }
  return { record, context, hash, bytes }
}
