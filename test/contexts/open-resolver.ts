import {
  type ContextSettings,
  createContextResolver,
  type OpenContextResolver,
} from '../../src/contexts/context-resolver.ts'
import { createOutbound } from '../../src/outbound/outbound.ts'
import type { Call, Log } from '../../src/ports/call.ts'
import { createMemoryStore } from './memory-documents.ts'

export const silent: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
}

export function callOf(tenant = ''): Call {
  return { tenant, signal: () => new AbortController().signal, log: silent }
}

export interface Opened {
  readonly resolver: OpenContextResolver
  readonly store: ReturnType<typeof createMemoryStore>
  /** Moves the broker's clock. */
  pass(ms: number): void
  close(): Promise<void>
}

export interface OpenOptions extends Partial<ContextSettings> {
  readonly store?: ReturnType<typeof createMemoryStore>
  readonly policy?: 'public' | 'private'
  readonly log?: Log
}

export async function openResolver(options: OpenOptions = {}): Promise<Opened> {
  const { store = createMemoryStore(), policy = 'private', log = silent, ...settings } = options
  const outbound = createOutbound({ policy: { mode: policy, networks: [] }, log: silent })
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
