/** When an instance looks whether another one, on the same store, has changed something that it has in memory. */

import type { DocumentStore } from '../ports/store.ts'

/** What is in memory is no older than a second when it is used: this, and a look. */
const OLDEST_MS = 900
/** Within which the store tells. */
const TOLD_MS = 500

export interface RevisionWatch {
  /**
   * To be awaited before what is in memory is used. As a rule nothing has to be waited for: the store tells of changes,
   * and of how far it may be behind with that. Only where that is too far, because it does not answer or this process
   * stood still, it is asked; and where it can look at once, whatever it tells then. Throws what `look` throws.
   */
  upToDate(): Promise<void> | undefined
  close(): Promise<void>
}

interface RevisionWatchDeps {
  readonly documents: Pick<DocumentStore, 'watch'>
  /** Of the documents that are moved on with each change. */
  readonly kind: string
  /** Reads what has changed, and draws the consequences. */
  readonly look: () => Promise<void>
  /** It could not be read when it was told; it is tried again before use. */
  readonly failed: (error: unknown) => void
}

export function watchRevisions({ documents, kind, look, failed }: RevisionWatchDeps): RevisionWatch {
  /** How often the store has told something, and how much of it has been looked at. */
  let told = 0
  let done = 0
  /** As of when what is in memory is current, where something has been told and not been looked at. */
  let currentAt = 0
  let lookedAt = performance.now()
  let underWay: Promise<void> | undefined
  let isLooking = false

  const lookNow = async (): Promise<void> => {
    const begun = performance.now()
    const upTo = told
    await look()
    lookedAt = begun
    done = upTo
    currentAt = begun
  }
  const lookOnce = (): Promise<void> => {
    underWay ??= lookNow().finally(() => {
      underWay = undefined
    })
    return underWay
  }
  /** Looks at all that has been told by now. */
  const catchUp = async (): Promise<void> => {
    const upTo = told
    while (done < upTo) await lookOnce()
  }
  /** What is told while it looks may have come too late for that. */
  const lookAtAll = async (): Promise<void> => {
    if (isLooking) return
    isLooking = true
    try {
      while (done !== told) await catchUp()
    } catch (error) {
      failed(error)
    } finally {
      isLooking = false
    }
  }
  const watch = documents.watch(kind, () => {
    // What is told late tells of what was long ago.
    if (done === told) currentAt = performance.now() - Math.max(TOLD_MS, watch.behindMs())
    told++
    void lookAtAll()
  })
  const asOf = (): number => Math.max(lookedAt, done === told ? performance.now() - watch.behindMs() : currentAt)
  /** A look that is under way may have been begun too long ago: the next one is not. */
  const lookSince = async (oldest: number): Promise<void> => {
    while (asOf() < oldest) await lookOnce()
  }
  return {
    upToDate: () => {
      watch.look?.()
      if (watch.look !== undefined && done !== told) return catchUp()
      const oldest = performance.now() - OLDEST_MS
      return asOf() < oldest ? lookSince(oldest) : undefined
    },
    close: watch.close,
  }
}
