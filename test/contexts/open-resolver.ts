import { afterAll } from 'vitest'
import {
  type ContextSettings,
  createContextResolver,
  type OpenContextResolver,
} from '../../src/contexts/context-resolver.ts'
import { createOutbound } from '../../src/outbound/outbound.ts'
import type { Call, Log } from '../../src/ports/call.ts'
import type { Store } from '../../src/ports/store.ts'
import { openSqliteStore } from '../../src/stores/sqlite/open.ts'

export const silent: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
}

export function callOf(tenant = ''): Call {
  return { tenant, signal: () => new AbortController().signal, log: silent }
}

const stores: Store[] = []

/** To be called by each file of tests that opens stores here: a process loads this module once for many. */
export function closesStores(): void {
  afterAll(() => Promise.all(stores.splice(0).map((store) => store.close())))
}

/** It outlives the resolvers that are opened on it, as on the disk of a broker that is started again. */
export async function openStore({ tenants = 100, directory = ':memory:' } = {}): Promise<Store> {
  const limits = { tenantLength: 64, tenants, entityBytes: 1_000_000, pageBytes: 10_000_000 }
  const where = { directory, synchronous: 'normal' } as const
  const store = await openSqliteStore({ ...where, ...limits, clock: Date, log: silent })
  stores.push(store)
  return store
}

export interface Opened {
  readonly resolver: OpenContextResolver
  readonly store: Store
  /** Moves the broker's clock. */
  pass(ms: number): void
  close(): Promise<void>
}

export interface OpenOptions extends Partial<ContextSettings> {
  readonly store?: Store
  readonly policy?: 'public' | 'private'
  readonly log?: Log
}

export async function openResolver(options: OpenOptions = {}): Promise<Opened> {
  const { store = await openStore(), policy = 'private', log = silent, ...settings } = options
  const outbound = createOutbound({ policy: { mode: policy, networks: [] }, concurrency: 64, log: silent })
  let passed = 0
  const resolver = await createContextResolver({
    store,
    fetch: outbound.fetch,
    clock: { now: () => Date.now() + passed },
    log,
    settings: {
      ...{ default: undefined, preload: undefined, maxBytes: 100_000, maxStored: 50, maxNesting: 5 },
      ...{ timeoutMs: 2_000, maxRedirects: 3, maxMembers: 100, maxDepth: 64, maxUrlLength: 2_048 },
      ...settings,
    },
    publicUrl: () => 'https://broker.example',
  })
  return {
    resolver,
    store,
    pass: (ms) => {
      passed += ms
    },
    close: async () => {
      await resolver.close()
      await outbound.close()
    },
  }
}
