/** Reads once more, later, which Subscriptions have changed. */

/**
 * Milliseconds after which what has changed is read once more, at least; as many are gathered as change in the
 * milliseconds after. An instance says that it is going to change a Subscription and, when it has, that it did; where it
 * dies between, nobody else says when.
 */
const LATE_MS = 40_000
const GATHER_MS = 10_000

export interface LateReading {
  /** `ids`: undefined where they may be any. */
  add(tenant: string, ids: readonly string[] | undefined): void
  close(): void
}

interface LateReadingDeps {
  /** `ids`: undefined for all of the Tenant. */
  readonly read: (tenant: string, ids: readonly string[] | undefined) => Promise<void>
  /** It could not be read; it is tried again. */
  readonly failed: (tenant: string, error: unknown) => void
  readonly lateMs?: number
  readonly gatherMs?: number
}

interface Gathered {
  readonly since: number
  readonly ids: Set<string>
  isAny: boolean
}

export function createLateReading(deps: LateReadingDeps): LateReading {
  const { read, failed, lateMs = LATE_MS, gatherMs = GATHER_MS } = deps
  /** What is gathered, by Tenant. */
  const gathered = new Map<string, Gathered>()
  const timers = new Set<NodeJS.Timeout>()
  let isClosed = false

  const begin = (tenant: string): Gathered => {
    const begun: Gathered = { since: performance.now(), ids: new Set(), isAny: false }
    gathered.set(tenant, begun)
    const timer = setTimeout(() => {
      timers.delete(timer)
      if (gathered.get(tenant) === begun) gathered.delete(tenant)
      const ids = begun.isAny ? undefined : [...begun.ids]
      read(tenant, ids).catch((error: unknown) => {
        if (isClosed) return
        failed(tenant, error)
        add(tenant, ids)
      })
    }, lateMs + gatherMs).unref()
    timers.add(timer)
    return begun
  }
  const add: LateReading['add'] = (tenant, ids) => {
    const last = gathered.get(tenant)
    const into = last !== undefined && performance.now() - last.since <= gatherMs ? last : begin(tenant)
    if (ids === undefined) into.isAny = true
    else for (const id of ids) into.ids.add(id)
  }
  return {
    add,
    close: () => {
      isClosed = true
      for (const timer of timers) clearTimeout(timer)
    },
  }
}
