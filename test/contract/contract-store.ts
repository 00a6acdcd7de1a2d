/** What the contract's tests have in common: a store with a clock that they set, and Tenants of their own. */

import { afterAll, beforeAll } from 'vitest'
import type { AttributeInstance, Entity, Instant, Json } from '../../src/core/model/entity.ts'
import type { EntityFilter, EntityQuery } from '../../src/core/query/ast.ts'
import type { Call, Log } from '../../src/ports/call.ts'
import type { Clock } from '../../src/ports/clock.ts'
import type { HistoryPolicy } from '../../src/ports/history.ts'
import type { NoticeSource } from '../../src/ports/notices.ts'
import type { Store, Written } from '../../src/ports/store.ts'

export const quietLog: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }

/** What every store under test is opened with. */
export const LIMITS = {
  tenantLength: 200,
  tenants: 100,
  entityBytes: 4_000_000,
  pageBytes: 9_000_000,
  requestMs: 30_000,
} as const

/** For tests that write much and ask nothing of what was. */
export const NO_HISTORY: HistoryPolicy = { isRecorded: () => false, afterDeletion: 'keep' }

export const NOW = Date.UTC(2026, 0, 1)

/**
 * Opens an empty store that reads the time from the clock; `close` also removes what it kept. `another` opens the same
 * database as another instance would; it is absent where nobody else can reach it.
 */
export type OpenStore = (
  clock: Clock,
  notices?: NoticeSource,
) => Promise<{ readonly store: Store; close(): Promise<void>; another?(): Promise<Store> }>

export interface Bench {
  /** The store under test. */
  store(): Store
  /** Another instance on the same database, for the test to close; undefined where there can be none. */
  another(): Promise<Store | undefined>
  /** A call in a new Tenant. */
  fresh(): Promise<Call>
  setClock(now: Instant): void
}

/** One store for the tests of a describe block, opened before them and closed after them. */
export function setUp(open: OpenStore, notices?: NoticeSource): Bench {
  let now = NOW
  let tenants = 0
  let opened: Awaited<ReturnType<OpenStore>> | undefined
  beforeAll(async () => {
    opened = await open({ now: () => now }, notices)
  })
  afterAll(async () => opened?.close())
  const store = (): Store => {
    if (opened === undefined) throw new Error('the store is not open')
    return opened.store
  }
  return {
    store,
    another: async () => opened?.another?.(),
    fresh: async () => {
      now = NOW
      const tenant = `tenant-${++tenants}`
      await store().tenants.create(tenant)
      return callIn(tenant)
    },
    setClock: (instant) => {
      now = instant
    },
  }
}

export function callIn(tenant: string): Call {
  return { tenant, signal: () => new AbortController().signal, log: quietLog }
}

export function property(value: Json, more: Partial<AttributeInstance> = {}): AttributeInstance {
  return { type: 'Property', value, createdAt: NOW, modifiedAt: NOW, ...more }
}

export function entity(id: string, more: Partial<Entity> = {}): Entity {
  return {
    id,
    types: ['https://example.org/Road'],
    createdAt: NOW,
    modifiedAt: NOW,
    attributes: { 'https://example.org/n': [property(0)] },
    ...more,
  }
}

/** A change that makes the entity this one, whatever was there. */
export function become(next: Entity | null): () => Written<void> {
  return () => ({ entity: next, result: undefined })
}

export async function put(store: Store, call: Call, ...entities: readonly Entity[]): Promise<void> {
  const settled = await store.entities.writeMany(
    call,
    entities.map((next) => ({ id: next.id, change: become(next) })),
  )
  for (const outcome of settled) if (!outcome.ok) throw outcome.problem
}

/** A page with its entities read. */
export async function pageOf(
  store: Store,
  call: Call,
  query: EntityQuery,
): Promise<{ readonly entities: readonly Entity[]; readonly total?: number }> {
  const { entities, total } = await store.entities.query(call, query)
  return { entities: entities.map((found) => found.read()), ...(total !== undefined && { total }) }
}

export async function idsOf(store: Store, call: Call, filter: EntityFilter): Promise<readonly string[]> {
  const { entities } = await pageOf(store, call, { filter, limit: 1_000, offset: 0, count: false })
  return entities.map(({ id }) => id)
}

export function at(offset: number): string {
  return new Date(NOW + offset).toISOString()
}
