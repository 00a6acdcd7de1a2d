/** Cached @contexts (5.13.1): downloaded once, kept in the store, refreshed when their time is over. */

import { LRUCache } from 'lru-cache'
import type { Instant } from '../core/model/entity.ts'
import { Problem } from '../core/model/problems.ts'
import type { Outbound } from '../outbound/outbound.ts'
import type { Call } from '../ports/call.ts'
import type { Clock } from '../ports/clock.ts'
import { urnOf } from './canonical-json.ts'
import { type ContextContent, type ContextDocument, contentOf } from './context-document.ts'
import type { ContextRecord, ContextRecords } from './context-records.ts'
import { type Downloaded, type DownloadLimits, download, notAvailable } from './download.ts'
import { createOncePerKey } from './once-per-key.ts'

export interface RemoteContexts {
  /** Throws LdContextNotAvailable or BadRequestData where no good copy is kept and none can be had. */
  load(url: string): Promise<ContextDocument>
  /** 5.13.5.4: replaces the kept copy by a new one; throws LdContextNotAvailable, and keeps it, where that fails. */
  reload(url: string): Promise<void>
  remove(url: string): Promise<boolean>
  /** Forgets what is in memory, not what is in the store. */
  clear(): void
}

interface RemoteContextsDeps {
  readonly records: ContextRecords
  readonly fetch: Outbound['fetch']
  readonly clock: Clock
  readonly limits: DownloadLimits & { readonly maxStored: number }
  /** Of the default Tenant, and alive as long as the broker: a download is for all who wait for it. */
  readonly call: Call
  /** Called when the content of a @context is another than before, or gone. */
  changed(localId: string): void
  /** Called when there are more than `maxStored`: takes out so many of them. */
  evict(records: readonly ContextRecord[], count: number): Promise<void>
}

interface Copy extends ContextContent {
  readonly record: ContextRecord
}

/** A first download that failed is not tried again for so long, so that a flood of requests is none for the host. */
const FIRST_RETRY_MS = 2_000
/** How long a request waits for the refresh of an expired copy before it takes that copy. */
const PATIENCE_MS = 1_000
const REFRESH_RETRY_MS = 5_000
const LONGEST_RETRY_MS = 300_000
/** Of copies in memory. An object takes a multiple of its text. */
const MOST_BYTES = 32 * 1024 * 1024
const BYTES_PER_BYTE = 6
const COPY_BYTES = 1_000
/** So many at once are evicted, as a part of all: to find the oldest, all have to be looked at. */
const EVICTED = 0.1

export function localIdOf(url: string): string {
  return urnOf(url)
}

export function createRemoteContexts(deps: RemoteContextsDeps): RemoteContexts {
  const { records, clock, call } = deps
  const copies = new LRUCache<string, Copy>({
    maxSize: MOST_BYTES,
    sizeCalculation: ({ bytes }) => COPY_BYTES + BYTES_PER_BYTE * bytes,
  })
  const failures = new LRUCache<string, { readonly until: Instant; readonly error: unknown }>({ max: 1_000 })
  const retries = new LRUCache<string, { readonly until: Instant; readonly waitMs: number }>({ max: 1_000 })
  const once = createOncePerKey<Copy>()
  const evictBeyond = createEviction(deps)

  const fetchCopy = (url: string, known?: ContextRecord): Promise<Downloaded> =>
    download(deps.fetch, url, deps.limits, call.signal(), known?.headers)

  const keep = async (url: string, downloaded: Downloaded, before: Copy | undefined): Promise<Copy> => {
    const { record, ...content } = copyOf(url, downloaded, before, clock.now())
    const copy = { record, ...content }
    if (before === undefined) await records.save(call, record, content)
    // Deleted meanwhile, here or elsewhere: that does not bring it back.
    else if (!(await records.replace(call, record, downloaded.context === undefined ? undefined : content))) return copy
    copies.set(url, copy)
    failures.delete(url)
    retries.delete(url)
    if (before !== undefined && before.hash !== copy.hash) deps.changed(copy.record.localId)
    return copy
  }

  const downloadFirst = async (url: string): Promise<Copy> => {
    const failure = failures.get(url)
    if (failure !== undefined && clock.now() < failure.until) throw failure.error
    try {
      const copy = await keep(url, await fetchCopy(url), undefined)
      await evictBeyond()
      return copy
    } catch (error) {
      failures.set(url, { until: clock.now() + FIRST_RETRY_MS, error })
      throw error
    }
  }

  const find = async (url: string): Promise<Copy | undefined> => {
    const localId = localIdOf(url)
    const record = await records.find(call, localId)
    const content = record === undefined ? undefined : await records.content(call, localId)
    if (record === undefined || content === undefined) return undefined
    const copy = { record, ...content }
    copies.set(url, copy)
    return copy
  }

  /** The refreshed copy; the old one where there is no better. */
  const refresh = async (url: string, copy: Copy): Promise<Copy> => {
    try {
      return await keep(url, await fetchCopy(url, copy.record), copy)
    } catch (error) {
      const waitMs = Math.min((retries.get(url)?.waitMs ?? REFRESH_RETRY_MS / 2) * 2, LONGEST_RETRY_MS)
      retries.set(url, { until: clock.now() + waitMs, waitMs })
      call.log.warn({ url, error, retryInMs: waitMs }, 'a @context could not be refreshed; its last good copy is used')
      return copy
    }
  }

  /**
   * An expired copy is refreshed before it is used again, but nobody waits for that longer than {@link PATIENCE_MS}:
   * then the old copy is used, and the new one from when it is there.
   */
  const current = async (url: string, copy: Copy): Promise<Copy> => {
    const { expiresAt = 0 } = copy.record
    if (clock.now() < expiresAt || clock.now() < (retries.get(url)?.until ?? 0)) return copy
    return await once.within(`refresh ${url}`, () => refresh(url, copy), PATIENCE_MS, copy)
  }

  return {
    load: async (url) => {
      const known =
        copies.get(url) ?? (await once.run(url, async () => (await find(url)) ?? (await downloadFirst(url))))
      return documentOf(await current(url, known), clock.now())
    },
    reload: async (url) => {
      const before = copies.get(url) ?? (await find(url))
      await keep(url, await fetchCopy(url).catch(asNotAvailable(url)), before)
      deps.changed(localIdOf(url))
    },
    remove: async (url) => {
      const existed = await records.delete(call, localIdOf(url))
      for (const memory of [copies, failures, retries]) memory.delete(url)
      deps.changed(localIdOf(url))
      return existed
    },
    clear: () => copies.clear(),
  }
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

/** A copy that is used beyond its time is looked at again soon. */
function documentOf({ record, context, hash, bytes }: Copy, now: Instant): ContextDocument {
  return { localId: record.localId, context, hash, bytes, freshUntil: Math.max(record.expiresAt ?? 0, now + 1_000) }
}

/** Makes room where there are more than may be; callers at once wait for the same. */
function createEviction({ records, call, limits, evict }: RemoteContextsDeps): () => Promise<void> {
  const once = createOncePerKey<void>()
  const evictSome = async (): Promise<void> => {
    const beyond = (await records.count(call)) - limits.maxStored
    if (beyond > 0) await evict(await records.list(call), beyond + Math.floor(limits.maxStored * EVICTED))
  }
  return () => once.run('', evictSome)
}

/** 5.13.5.4: "If downloading fails, or the downloaded @context is invalid … LdContextNotAvailable shall be raised". */
function asNotAvailable(url: string): (error: unknown) => never {
  return (error) => {
    if (error instanceof Problem && error.kind === 'BadRequestData') throw notAvailable(url, error.detail)
    throw error
  }
}
