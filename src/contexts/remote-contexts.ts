/** Cached @contexts (5.13.1): downloaded once, kept in the store, refreshed when their time is over. */

import type { Instant } from '../core/model/entity.ts'
import { notFound, Problem } from '../core/model/problems.ts'
import { createInTurn, type InTurn } from '../duties/in-turn.ts'
import type { Outbound } from '../outbound/outbound.ts'
import { type Attempts, createAttempts } from './attempts.ts'
import type { ContextDocument } from './context-document.ts'
import { type Copies, type CopiesDeps, type Copy, createCopies, localIdOf } from './copies.ts'
import { type DownloadLimits, download, notAvailable } from './download.ts'
import type { Headers } from './freshness.ts'
import { createOncePerKey, type OncePerKey } from './once-per-key.ts'

export interface RemoteContexts {
  /** Throws LdContextNotAvailable or BadRequestData where no good copy is kept and none can be had. */
  load(url: string): Promise<ContextDocument>
  /**
   * 5.13.5.4: replaces the kept copy by a new one; throws LdContextNotAvailable, and keeps it, where that fails;
   * ResourceNotFound where there is none any more.
   */
  reload(url: string): Promise<void>
  /** Returns whether there was one. */
  remove(url: string): Promise<boolean>
  /** Forgets what is in memory, not what is in the store. */
  clear(): void
}

/** Its call is that of all downloads: each is for all who wait for it. */
interface RemoteContextsDeps extends CopiesDeps {
  readonly fetch: Outbound['fetch']
  readonly limits: DownloadLimits
  /** Called when there is one more. */
  makeRoom(): Promise<void>
}

interface Remote extends RemoteContextsDeps {
  readonly copies: Copies
  readonly attempts: Attempts
  readonly once: OncePerKey<Copy>
  /** Downloads of one URL: so an older answer is never stored over a newer one. */
  readonly inTurn: InTurn
}

/** How long a request waits for the refresh of an expired copy before it takes that copy. */
const PATIENCE_MS = 1_000

/** A download is shared by all who ask for the same URL meanwhile, and there is one of each URL at a time. */
export function createRemoteContexts(deps: RemoteContextsDeps): RemoteContexts {
  const { copies, attempts, once, inTurn }: Pick<Remote, 'copies' | 'attempts' | 'once' | 'inTurn'> = {
    copies: createCopies(deps),
    attempts: createAttempts(deps.clock),
    once: createOncePerKey(),
    inTurn: createInTurn(),
  }
  const remote: Remote = { ...deps, copies, attempts, once, inTurn }
  return {
    load: async (url) => {
      // Whoever asks after something was forgotten does not wait for what was begun before.
      const known =
        copies.recent(url) ?? (await once.run(`${copies.epoch()} ${url}`, () => findOrDownload(remote, url)))
      return documentOf(await current(remote, url, known), deps.clock.now())
    },
    reload: async (url) => {
      await once.run(`reload ${url}`, () => inTurn.run(url, () => reload(remote, url)))
    },
    remove: (url) => {
      attempts.forget(url)
      return copies.delete(url)
    },
    clear: copies.clear,
  }
}

async function findOrDownload(remote: Remote, url: string): Promise<Copy> {
  const { copies, inTurn } = remote
  const kept = await copies.find(url)
  return kept ?? (await inTurn.run(url, async () => (await copies.find(url)) ?? (await downloadFirst(remote, url))))
}

async function downloadFirst(remote: Remote, url: string): Promise<Copy> {
  remote.attempts.checkFirst(url)
  try {
    const copy = await bring(remote, url, undefined)
    await remote.makeRoom()
    return copy
  } catch (error) {
    remote.attempts.firstFailed(url, error)
    throw error
  }
}

/**
 * An expired copy is refreshed before it is used again, but nobody waits for that longer than {@link PATIENCE_MS}:
 * then the old copy is used, and the new one from when it is there.
 */
async function current(remote: Remote, url: string, copy: Copy): Promise<Copy> {
  if (isFresh(remote, copy) || !remote.attempts.mayRefresh(url)) return copy
  const refreshed = (): Promise<Copy> => remote.inTurn.run(url, () => refresh(remote, url, copy))
  return await remote.once.within(`refresh ${url}`, refreshed, PATIENCE_MS, copy)
}

/** The refreshed copy; the old one where there is no better. */
async function refresh(remote: Remote, url: string, old: Copy): Promise<Copy> {
  const copy = remote.copies.recent(url) ?? old
  // Before its turn came, a reload may have brought it.
  if (isFresh(remote, copy)) return copy
  try {
    return await bring(remote, url, copy, copy.record.headers)
  } catch (error) {
    const retryInMs = remote.attempts.refreshFailed(url)
    remote.call.log.warn({ url, error, retryInMs }, 'a @context could not be refreshed; its last good copy is used')
    return copy
  }
}

async function reload(remote: Remote, url: string): Promise<Copy> {
  const before = await remote.copies.find(url)
  if (before === undefined) throw notFound(`The @context ${url} has just been deleted.`)
  const copy = await bring(remote, url, before).catch(asNotAvailable(url))
  remote.changed(localIdOf(url))
  return copy
}

/** Downloads and keeps. With headers that are `known` it asks whether the copy `before` is still right. */
async function bring(remote: Remote, url: string, before: Copy | undefined, known?: Headers): Promise<Copy> {
  const downloaded = await download(remote.fetch, url, remote.limits, remote.call.signal(), known)
  const copy = await remote.copies.keep(url, downloaded, before)
  remote.attempts.forget(url)
  return copy
}

function isFresh({ clock }: Remote, { record: { expiresAt = 0 } }: Copy): boolean {
  return clock.now() < expiresAt
}

/** A copy that is used beyond its time is looked at again soon. */
function documentOf({ record, context, hash, bytes }: Copy, now: Instant): ContextDocument {
  return { localId: record.localId, context, hash, bytes, freshUntil: Math.max(record.expiresAt ?? 0, now + 1_000) }
}

/** 5.13.5.4: "If downloading fails, or the downloaded @context is invalid … LdContextNotAvailable shall be raised". */
function asNotAvailable(url: string): (error: unknown) => never {
  return (error) => {
    if (error instanceof Problem && error.kind === 'BadRequestData') throw notAvailable(url, error.detail)
    throw error
  }
}
