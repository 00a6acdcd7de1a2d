/** Cached @contexts (5.13.1): downloaded once, kept in the store, refreshed when their time is over. */

import { LRUCache } from 'lru-cache'
import type { Instant, Json } from '../core/model/entity.ts'
import { Problem } from '../core/model/problems.ts'
import type { Outbound } from '../outbound/outbound.ts'
import type { Call } from '../ports/call.ts'
import type { Clock } from '../ports/clock.ts'
import { urnOf } from './canonical-json.ts'
import { type ContextDocument, hashOfContext } from './context-document.ts'
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

export interface RemoteContextsDeps {
  readonly records: ContextRecords
  readonly fetch: Outbound['fetch']
  readonly clock: Clock
  readonly limits: DownloadLimits & { readonly maxStored: number }
  /** Of the default Tenant, and alive as long as the broker: a download is for all who wait for it. */
  readonly call: Call
  /** Called when the content of a @context is another than before, or gone. */
  changed(localId: string): void
  /** Called when there are more than `maxStored`. */
  evict(records: readonly ContextRecord[]): Promise<void>
}

interface Copy {
  readonly record: ContextRecord
  readonly context: Json
  readonly hash: string
}

/** A first download that failed is not tried again for so long, so that a flood of requests is none for the host. */
const FIRST_RETRY_MS = 2_000
/** How long a request waits for the refresh of an expired copy before it takes that copy. */
const PATIENCE_MS = 1_000
const REFRESH_RETRY_MS = 5_000
const LONGEST_RETRY_MS = 300_000
const COPIES_IN_MEMORY = 500

export function localIdOf(url: string): string {
  return urnOf(url)
}

export function createRemoteContexts(deps: RemoteContextsDeps): RemoteContexts {
  const { records, clock, call } = deps
  const copies = new LRUCache<string, Copy>({ max: COPIES_IN_MEMORY })
  const failures = new LRUCache<string, { readonly until: Instant; readonly error: unknown }>({ max: 1_000 })
  const retries = new LRUCache<string, { readonly until: Instant; readonly waitMs: number }>({ max: 1_000 })
  const once = createOncePerKey<Copy>()
  /** Counts removals, so that a download begun before one does not bring the copy back. */
  const removals = new LRUCache<string, number>({ max: 1_000 })

  const fetchCopy = (url: string, known?: ContextRecord): Promise<Downloaded> =>
    download(deps.fetch, url, deps.limits, call.signal, known)

  const keep = async (url: string, downloaded: Downloaded, before: Copy | undefined): Promise<Copy> => {
    const copy = copyOf(url, downloaded, before, clock.now())
    if (downloaded.context === undefined) await records.update(call, copy.record)
    else await records.save(call, copy.record, copy.context)
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
      await evictBeyond(deps)
      return copy
    } catch (error) {
      failures.set(url, { until: clock.now() + FIRST_RETRY_MS, error })
      throw error
    }
  }

  const find = async (url: string): Promise<Copy | undefined> => {
    const localId = localIdOf(url)
    const record = await records.find(call, localId)
    const context = record === undefined ? undefined : await records.content(call, localId)
    if (record === undefined || context === undefined) return undefined
    const copy = { record, context, hash: hashOfContext(context) }
    copies.set(url, copy)
    return copy
  }

  /** The refreshed copy; the old one where there is no better. */
  const refresh = async (url: string, copy: Copy): Promise<Copy> => {
    const removed = removals.get(url)
    try {
      const downloaded = await fetchCopy(url, copy.record)
      return removals.get(url) === removed ? await keep(url, downloaded, copy) : copy
    } catch (error) {
      const waitMs = Math.min((retries.get(url)?.waitMs ?? REFRESH_RETRY_MS / 2) * 2, LONGEST_RETRY_MS)
      retries.set(url, { until: clock.now() + waitMs, waitMs })
      call.log.warn(
        { url, err: error, retryInMs: waitMs },
        'a @context could not be refreshed; its last good copy is used',
      )
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
      removals.set(url, (removals.get(url) ?? 0) + 1)
      const existed = await records.delete(call, localIdOf(url))
      for (const memory of [copies, failures, retries]) memory.delete(url)
      deps.changed(localIdOf(url))
      return existed
    },
    clear: () => copies.clear(),
  }
}

function copyOf(url: string, downloaded: Downloaded, before: Copy | undefined, now: Instant): Copy {
  const { context = before?.context ?? {}, freshForMs, etag, lastModified } = downloaded
  const isNew = downloaded.context !== undefined
  const record: ContextRecord = {
    localId: localIdOf(url),
    kind: 'Cached',
    url,
    // 5.13.1: "clients can check the timestamp before deciding whether to force a refresh".
    createdAt: isNew ? now : (before?.record.createdAt ?? now),
    expiresAt: now + freshForMs,
    ...(etag !== undefined && { etag }),
    ...(lastModified !== undefined && { lastModified }),
  }
  return { record, context, hash: isNew || before === undefined ? hashOfContext(context) : before.hash }
}

/** A copy that is used beyond its time is looked at again soon. */
function documentOf({ record, context, hash }: Copy, now: Instant): ContextDocument {
  return { localId: record.localId, context, hash, freshUntil: Math.max(record.expiresAt ?? 0, now + 1_000) }
}

async function evictBeyond(deps: RemoteContextsDeps): Promise<void> {
  const cached = (await deps.records.list(deps.call)).filter(({ kind }) => kind === 'Cached')
  if (cached.length > deps.limits.maxStored) await deps.evict(cached)
}

/** 5.13.5.4: "If downloading fails, or the downloaded @context is invalid … LdContextNotAvailable shall be raised". */
function asNotAvailable(url: string): (error: unknown) => never {
  return (error) => {
    if (error instanceof Problem && error.kind === 'BadRequestData') throw notAvailable(url, error.detail)
    throw error
  }
}
