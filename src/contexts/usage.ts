/** How often and when @contexts were used: counted in memory, written from time to time. */

import type { Instant } from '../core/model/entity.ts'
import type { Call } from '../ports/call.ts'
import type { DocumentStore } from '../ports/store.ts'

export interface ContextUse {
  readonly hits: number
  readonly lastUsage?: Instant
}

export interface UsageCounter {
  count(localId: string, now: Instant): void
  of(localId: string): Promise<ContextUse>
  all(): Promise<ReadonlyMap<string, ContextUse>>
  forget(localId: string): Promise<void>
  /** Writes what has been counted. */
  flush(): Promise<void>
}

const KIND = 'contextUsage'
const FLUSH_AFTER_MS = 10_000
const UNUSED: ContextUse = { hits: 0 }

/** `call` is of the default Tenant and lives as long as the broker. Counts of several instances add up. */
export function createUsageCounter(documents: DocumentStore, call: Call): UsageCounter {
  let counted = new Map<string, { hits: number; lastUsage: Instant }>()
  let flushing: Promise<void> = Promise.resolve()
  let timer: NodeJS.Timeout | undefined

  const stored = async (localId: string): Promise<ContextUse> => useIn(await documents.get(call, KIND, localId))

  const write = async (batch: typeof counted): Promise<void> => {
    for (const [localId, use] of batch) {
      await documents.change(call, KIND, localId, (current) => ({
        document: add(useIn(current), use),
        result: undefined,
      }))
      batch.delete(localId)
    }
  }
  const flush = (): Promise<void> => {
    clearTimeout(timer)
    timer = undefined
    const batch = counted
    counted = new Map()
    flushing = flushing
      .then(() => write(batch))
      .catch((error) => {
        call.log.warn({ error }, 'the use of @contexts could not be written; counted again later')
        for (const [localId, use] of batch) counted.set(localId, merge(counted.get(localId), use))
      })
    return flushing
  }
  return {
    count: (localId, now) => {
      const use = counted.get(localId)
      if (use === undefined) counted.set(localId, { hits: 1, lastUsage: now })
      else {
        use.hits++
        use.lastUsage = now
      }
      timer ??= setTimeout(flush, FLUSH_AFTER_MS).unref()
    },
    of: async (localId) => {
      await flushing
      return add(await stored(localId), counted.get(localId))
    },
    all: async () => {
      await flush()
      const uses = await documents.list(call, KIND)
      return new Map(uses.map(({ id, document }) => [id, document as ContextUse]))
    },
    forget: async (localId) => {
      await flushing
      counted.delete(localId)
      await documents.delete(call, KIND, localId)
    },
    flush,
  }
}

function useIn(document: unknown): ContextUse {
  return (document as ContextUse | undefined) ?? UNUSED
}

function add(use: ContextUse, more: { readonly hits: number; readonly lastUsage: Instant } | undefined): ContextUse {
  if (more === undefined) return use
  return { hits: use.hits + more.hits, lastUsage: Math.max(use.lastUsage ?? 0, more.lastUsage) }
}

function merge(
  use: { readonly hits: number; readonly lastUsage: Instant } | undefined,
  more: { readonly hits: number; readonly lastUsage: Instant },
): { hits: number; lastUsage: Instant } {
  return { hits: (use?.hits ?? 0) + more.hits, lastUsage: Math.max(use?.lastUsage ?? 0, more.lastUsage) }
}
