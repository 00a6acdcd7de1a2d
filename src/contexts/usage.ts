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
  const tally = createTally()
  let flushing: Promise<void> = Promise.resolve()
  let timer: NodeJS.Timeout | undefined

  const flush = (): Promise<void> => {
    clearTimeout(timer)
    timer = undefined
    const batch = tally.take()
    flushing = flushing
      .then(() => write(documents, call, batch))
      .catch((error) => {
        call.log.warn({ error }, 'the use of @contexts could not be written; counted again later')
        for (const [localId, { hits, lastUsage }] of batch) tally.add(localId, hits, lastUsage)
      })
    return flushing
  }
  return {
    count: (localId, now) => {
      tally.add(localId, 1, now)
      timer ??= setTimeout(flush, FLUSH_AFTER_MS).unref()
    },
    of: async (localId) => {
      await flushing
      return sum(await useOf(documents, call, localId), tally.of(localId))
    },
    all: async () => {
      await flush()
      const uses = await documents.list(call, KIND)
      return new Map(uses.map(({ id, document }) => [id, document as ContextUse]))
    },
    forget: async (localId) => {
      await flushing
      tally.forget(localId)
      await documents.delete(call, KIND, localId)
    },
    flush,
  }
}

/** How often a @context was used, as far as it is written. `call` is of the default Tenant. */
export async function useOf(documents: DocumentStore, call: Call, localId: string): Promise<ContextUse> {
  return useIn(await documents.get(call, KIND, localId))
}

/** Keeps what is known of the use of a @context that comes from elsewhere. `call` is of the default Tenant. */
export function keepUse(documents: DocumentStore, call: Call, localId: string, use: ContextUse): Promise<void> {
  return documents.put(call, KIND, localId, use)
}

/** Takes out of the batch what is written. */
async function write(documents: DocumentStore, call: Call, batch: Map<string, Counted>): Promise<void> {
  for (const [localId, use] of batch) {
    await documents.change(call, KIND, localId, (current) => ({
      document: sum(useIn(current), use),
      result: undefined,
    }))
    batch.delete(localId)
  }
}

interface Counted {
  hits: number
  lastUsage: Instant
}

interface Tally {
  add(localId: string, hits: number, lastUsage: Instant): void
  of(localId: string): Counted | undefined
  forget(localId: string): void
  /** Hands out all, and begins anew. */
  take(): Map<string, Counted>
}

/** What has been counted and not been written. Each request counts: nothing is made anew for one that is known. */
function createTally(): Tally {
  let counted = new Map<string, Counted>()
  return {
    add: (localId, hits, lastUsage) => {
      const use = counted.get(localId)
      if (use === undefined) counted.set(localId, { hits, lastUsage })
      else {
        use.hits += hits
        use.lastUsage = Math.max(use.lastUsage, lastUsage)
      }
    },
    of: (localId) => counted.get(localId),
    forget: (localId) => counted.delete(localId),
    take: () => {
      const taken = counted
      counted = new Map()
      return taken
    },
  }
}

function useIn(document: unknown): ContextUse {
  return (document as ContextUse | undefined) ?? UNUSED
}

function sum(use: ContextUse, more: Counted | undefined): ContextUse {
  if (more === undefined) return use
  return { hits: use.hits + more.hits, lastUsage: Math.max(use.lastUsage ?? 0, more.lastUsage) }
}
